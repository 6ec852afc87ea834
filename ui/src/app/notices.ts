import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { type ActionRow, useCommand } from '@/ipc';
import { phraseText } from '@/components/phrase';
import { wordOf } from '@/components/word';
import { useT } from './i18n';
import { keepPromise, toast } from './toasts/toasts';

/** More results at once than this are told in one sentence. */
const ONE_BY_ONE = 2;
const LOOKED_AT = 100;
const ended: ReadonlySet<ActionRow['state']> = new Set(['succeeded', 'failed', 'cancelled', 'unknown'] as const);

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
    for (const row of moved) if (ended.has(row.state)) keepPromise(row.id);
    const show = (row: ActionRow) => ({ label: t('notice.show'), run: () => void navigate({ to: '/queue', search: { o: String(row.id) } } as never) });
    const tell = (state: 'succeeded' | 'failed' | 'unknown', look: 'done' | 'failed' | 'unknown', but: ReadonlySet<number> = new Set()) => {
      const these = moved.filter((row) => row.state === state && !but.has(row.id));
      if (these.length > ONE_BY_ONE) {
        toast({ look, title: t(`notice.${state}Many`, { count: these.length }), detail: t(`notice.${state}Detail`), action: { label: t('notice.show'), run: () => void navigate({ to: '/queue', search: { f: [`state.is.${state}`] } } as never) } });
        return;
      }
      for (const row of these) toast({ look, title: t(`notice.${state}`, { what: actionName(row) }), detail: row.waits ? phraseText(row.waits) : t(`notice.${state}Detail`), action: show(row) });
    };
    // A plan of many is told once, when the last of its actions has ended.
    const many = new Map<number, ActionRow[]>();
    for (const row of rows) if (row.plan_id !== null) many.set(row.plan_id, [...(many.get(row.plan_id) ?? []), row]);
    const told = new Set<number>();
    for (const row of moved) {
      const all = row.plan_id === null ? [] : (many.get(row.plan_id) ?? []);
      if (row.state !== 'succeeded' || all.length <= ONE_BY_ONE) continue;
      told.add(row.id);
      if (row.plan_id === null || told.has(-row.plan_id) || all.some((one) => !ended.has(one.state))) continue;
      told.add(-row.plan_id);
      const done = all.filter((one) => one.state === 'succeeded').length;
      toast({ look: 'done', title: t('notice.planDone', { done, all: all.length, kind: wordOf(`phrases:kind.${row.kind}`, row.kind) }), detail: t('notice.succeededDetail'), action: { label: t('notice.show'), run: () => void navigate({ to: '/queue', search: { f: [`plan.is.${row.plan_id}`] } } as never) } });
    }
    tell('succeeded', 'done', told);
    tell('failed', 'failed');
    tell('unknown', 'unknown');
    // Rows are what changes; the rest only speaks.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rows]);
}
