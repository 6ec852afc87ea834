import { type Icon, IconFileInvoice, IconMessage2, IconPackage, IconServer2, IconShoppingCartPlus, IconStack2, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useT } from '@/app/i18n';
import { phraseText } from '@/components/phrase';
import { powers } from '@/components/power';
import type { Effect } from '@/components/states';
import { wordOf } from '@/components/word';
import { ask, type PaletteHit } from '@/ipc';
import { openKind, openPowerPlan } from '../plans';
import type { StateArea } from '@/components/states';
import type { PaletteCommand, PaletteRecord } from './commands';

const kinds = {
  client: { icon: IconUser, area: 'client', path: '/clients/$id' },
  server: { icon: IconServer2, area: 'server', path: '/servers/$id' },
  service: { icon: IconPackage, area: 'service', path: '/services/$id' },
  invoice: { icon: IconFileInvoice, area: 'invoice', path: '/invoices' },
  ticket: { icon: IconMessage2, area: 'ticket', path: '/tickets' },
  action: { icon: IconStack2, area: 'action', path: '/queue' },
} as const;

const MOST = 8;
const TYPING_MS = 60;

/** What can stand in front of a name, and on which records it is offered. */
interface Verb {
  kind: string;
  on: string;
  icon: Icon;
  effect: Effect;
  run: (hit: PaletteHit) => void;
}

const verbsOfAll: readonly Verb[] = [
  ...powers.map((power): Verb => ({ kind: power.kind, on: 'server', icon: power.icon, effect: power.effect, run: (hit) => void openPowerPlan({ kind: power.kind, instance_ids: [hit.id], origin: 'palette' }) })),
  { kind: 'server.create', on: 'service', icon: IconShoppingCartPlus, effect: 'money', run: (hit) => void openKind('service', 'server.create', { id: hit.id, name: hit.title }, 'palette') },
];

/** A verb in front of a name: "restart dana" looks for Dana and offers to restart what it finds. */
function splitVerb(typed: string, verbs: readonly { action: Verb; word: string }[]): { action: Verb | null; rest: string } {
  const lower = typed.toLowerCase();
  for (const { action, word } of verbs) {
    const verb = word.toLowerCase();
    if (lower.startsWith(`${verb} `) && lower.length > verb.length + 1) return { action, rest: typed.slice(verb.length + 1).trim() };
  }
  return { action: null, rest: typed };
}

export interface Found {
  records: PaletteRecord[];
  /** What the verb in front would do to the servers found. */
  commands: PaletteCommand[];
  ms: number | null;
  searching: boolean;
}

/** Asks the store for records; what was found before stays until the new answer is there. */
export function useRecords(text: string): Found {
  const navigate = useNavigate();
  const t = useT('shell');
  const verbs = verbsOfAll.map((action) => ({ action, word: wordOf(`phrases:kind.${action.kind}`, action.kind) }));
  const { action, rest: wanted } = splitVerb(text.trim(), verbs);
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
  const commands = hits.flatMap((hit): PaletteCommand[] => {
    if (!action || hit.kind !== action.on) return [];
    return [
      {
        id: `${action.kind}-${hit.id}`,
        title: phraseText({ code: `plan.${action.kind}`, params: { count: '1', name: hit.title } }),
        aside: hit.aside,
        icon: action.icon,
        effect: action.effect,
        consequence: { lead: t('palette.plansFirst'), rest: t('palette.nothingYet') },
        run: () => action.run(hit),
      },
    ];
  });
  return { commands, records, ms: wanted === '' ? null : found.ms, searching: wanted !== '' && found.text !== wanted };
}
