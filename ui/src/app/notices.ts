import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { type ActionRow, useCommand } from '@/ipc';
import { phraseText } from '@/components/phrase';
import { wordOf } from '@/components/word';
import { useT } from './i18n';
import { toast } from './toasts/toasts';

/** More results at once than this are told in one sentence. */
const ONE_BY_ONE = 2;
const LOOKED_AT = 100;

export const actionName = (row: Pick<ActionRow, 'kind' | 'target'>): string => `${wordOf(`phrases:kind.${row.kind}`, row.kind)}: ${row.target.name || row.target.id}`;

/** Actions that wait for a person, newest first. */
export function useNeedsYou(): readonly ActionRow[] {
  const query = useMemo(
    () => ({ text: '', filters: [{ field: 'state', op: 'is' as const, values: ['unknown', 'failed'] }, { field: 'updated', op: 'within' as const, values: ['24h'] }], sort: { column: 'updated', descending: true }, after: null, limit: 8 }),
    [],
  );
  return useCommand('queueWindow', query).data?.rows ?? [];
}

/** Tells how actions end, wherever in the program somebody is: the proof, the failure, or that a person is needed. */
export function useNotices(): void {
  const t = useT('shell');
  const navigate = useNavigate();
  const query = useMemo(
    () => ({ text: '', filters: [{ field: 'updated', op: 'within' as const, values: ['1h'] }], sort: { column: 'updated', descending: true }, after: null, limit: LOOKED_AT }),
    [],
  );
  const rows = useCommand('queueWindow', query).data?.rows;
  const seen = useRef<Map<number, ActionRow['state']> | null>(null);
  useEffect(() => {
    if (!rows) return;
    const before = seen.current;
    seen.current = new Map([...(before ?? []), ...rows.map((row) => [row.id, row.state] as const)]);
    // What ended before this window looked is no news.
    if (!before) return;
    const moved = rows.filter((row) => before.get(row.id) !== row.state);
    const show = (row: ActionRow) => ({ label: t('notice.show'), run: () => void navigate({ to: '/queue', search: { o: String(row.id) } } as never) });
    const tell = (state: 'succeeded' | 'failed' | 'unknown', look: 'done' | 'failed' | 'unknown') => {
      const these = moved.filter((row) => row.state === state);
      if (these.length > ONE_BY_ONE) {
        toast({ look, title: t(`notice.${state}Many`, { count: these.length }), detail: t(`notice.${state}Detail`), action: { label: t('notice.show'), run: () => void navigate({ to: '/queue', search: { f: [`state.is.${state}`] } } as never) } });
        return;
      }
      for (const row of these) toast({ look, title: t(`notice.${state}`, { what: actionName(row) }), detail: row.waits ? phraseText(row.waits) : t(`notice.${state}Detail`), action: show(row) });
    };
    tell('succeeded', 'done');
    tell('failed', 'failed');
    tell('unknown', 'unknown');
    // Rows are what changes; the rest only speaks.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rows]);
}
