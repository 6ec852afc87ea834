import { IconFileInvoice, IconMessage2, IconPackage, IconServer2, IconStack2, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ask, type PaletteHit } from '@/ipc';
import type { StateArea } from '@/components/states';
import type { PaletteRecord } from './commands';

const kinds = {
  client: { icon: IconUser, area: 'client', path: '/clients/$id' },
  server: { icon: IconServer2, area: 'server', path: '/servers/$id' },
  service: { icon: IconPackage, area: 'service', path: '/clients' },
  invoice: { icon: IconFileInvoice, area: 'invoice', path: '/invoices' },
  ticket: { icon: IconMessage2, area: 'ticket', path: '/tickets' },
  action: { icon: IconStack2, area: 'action', path: '/queue' },
} as const;

const MOST = 8;
const TYPING_MS = 60;

export interface Found {
  records: PaletteRecord[];
  ms: number | null;
  searching: boolean;
}

/** Asks the store for records; what was found before stays until the new answer is there. */
export function useRecords(text: string): Found {
  const navigate = useNavigate();
  const wanted = text.trim();
  const [found, setFound] = useState<{ text: string; hits: PaletteHit[]; ms: number | null }>({ text: '', hits: [], ms: null });
  useEffect(() => {
    if (wanted === '') return;
    let current = true;
    const timer = setTimeout(() => {
      const began = performance.now();
      const keep = (hits: PaletteHit[], ms: number | null) => current && setFound({ text: wanted, hits, ms });
      ask('paletteSearch', { text: wanted, limit: MOST }).then(
        (hits) => keep(hits, Math.max(1, Math.round(performance.now() - began))),
        () => keep([], null),
      );
    }, TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  const hits = wanted === '' ? [] : found.hits;
  const records = hits.map((hit): PaletteRecord => {
    const kind = kinds[hit.kind as keyof typeof kinds] ?? kinds.server;
    const paged = kind.path.endsWith('$id');
    return {
      id: `${hit.kind}-${hit.id}`,
      icon: kind.icon,
      title: hit.title,
      aside: hit.aside,
      hits: hit.hits,
      state: hit.state ? { area: kind.area as StateArea, word: hit.state } : undefined,
      open: () => void navigate((paged ? { to: kind.path, params: { id: String(hit.id) } } : { to: kind.path, search: { o: String(hit.id) } }) as never),
    };
  });
  return { records, ms: wanted === '' ? null : found.ms, searching: wanted !== '' && found.text !== wanted };
}
