import { IconStack2 } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { type T, useT } from '@/app/i18n';
import { useCommands } from '@/app/palette/commands';
import { by, ClockTime, type Column, CopyId, type FilterField, formatCount, icon14, ListPage, phraseText, RelativeTime, StatePill, stateName, useListState, wordOf } from '@/components';
import { type ActionRow, type ActionState, type QueueBoard, useCommand, useWindow, type WorkerState } from '@/ipc';
import { useActionDrawer } from './ActionDrawer';
import { BulkVerbs } from './BulkVerbs';
import { Lanes, LaneStrips } from './Lanes';
import { ModuleQueue } from './ModuleQueue';
import { NobodyStrip, Switches, SwitchStrip } from './Switches';
import { kindWord, TargetLink } from './target';
import { Tiles } from './Tiles';
import { Waiting } from './Waiting';
import classes from './queue.module.css';

function columnsOf(t: T<'queue'>): readonly Column<ActionRow>[] {
  return [
    { id: 'state', header: t('column.state'), width: 112, grow: 0, fixed: true, sort: 'up', cell: (r) => <StatePill area="action" state={r.state} /> },
    { id: 'kind', header: t('column.kind'), width: 112, grow: 1, fixed: true, tone: 'text', sort: 'up', cell: (r) => kindWord(r.kind) },
    { id: 'target', header: t('column.target'), width: 120, grow: 1, tone: 'second', sort: 'up', cell: (r) => <TargetLink row={r} quiet /> },
    { id: 'waits', header: t('column.waits'), width: 170, grow: 3, tone: 'second', cell: (r) => (r.waits ? <Why text={phraseText(r.waits)} /> : '—') },
    { id: 'client', header: t('column.client'), width: 140, grow: 1, tone: 'second', hidden: true, cell: (r) => r.target.client_name ?? '—' },
    { id: 'by', header: t('column.by'), width: 90, tone: 'third', hidden: true, cell: (r) => r.by },
    { id: 'next_try', header: t('column.nextTry'), width: 84, grow: 0, align: 'end', sort: 'up', cell: (r) => (r.next_try ? <ClockTime at={r.next_try} seconds /> : '—') },
    { id: 'updated', header: t('column.updated'), width: 96, align: 'end', sort: 'down', tone: 'second', hidden: true, cell: (r) => <RelativeTime at={r.updated_at} /> },
    { id: 'created', header: t('column.created'), width: 96, align: 'end', sort: 'down', tone: 'second', hidden: true, cell: (r) => <RelativeTime at={r.created_at} /> },
    { id: 'tries', header: t('column.tries'), width: 56, grow: 0, align: 'end', sort: 'down', cell: (r) => formatCount(r.tries) },
    { id: 'id', header: t('column.id'), width: 84, mono: true, tone: 'third', sort: 'down', hidden: true, cell: (r) => <CopyId value={t('number', { id: r.id })} withIcon={false} tabStop={false} /> },
  ];
}

/** A sentence may be longer than its column: the whole of it on resting. */
const Why = ({ text }: { text: string }) => <span data-tip={text}>{text}</span>;

export function QueuePage() {
  const t = useT('queue');
  const list = useListState({ sort: by('state') });
  const source = useWindow('queueWindow', list.query);
  const board = useCommand('queueBoard').data;
  useCrumbs([{ label: t('title'), ...(list.open ? { to: '/queue' } : {}) }, ...(list.open ? [{ label: t('number', { id: list.open }) }] : [])]);
  const columns = useMemo(() => columnsOf(t), [t]);
  const fields = useFields(list.filters.find((f) => f.field === 'plan')?.values, source.rows);
  const drawer = useActionDrawer(list.open === null ? null : Number(list.open), source.rows);
  const states = list.filters.find((f) => f.field === 'state');
  const chosen = states?.op === 'is' ? states.values : [];
  const choose = (state: ActionState) => {
    const others = list.filters.filter((f) => f.field !== 'state');
    const after = chosen.includes(state) ? chosen.filter((s) => s !== state) : [...chosen, state];
    list.setFilters(after.length === 0 ? others : [...others, { field: 'state', op: 'is', values: after }]);
  };
  useCommands([{ id: 'queue-unknown', title: t('drawer.truth'), icon: IconStack2, run: () => list.setFilters([{ field: 'state', op: 'is', values: ['unknown', 'failed'] }]) }]);
  return (
    <ListPage
      id="queue"
      kind="actions"
      title={t('title')}
      things={(count) => t('things', { count })}
      placeholder={t('placeholder')}
      count=""
      note={board ? counted(t, board) : undefined}
      fresh={board && <Worker board={board} />}
      actions={<Switches board={board} />}
      above={
        <>
          <SwitchStrip board={board} />
          <NobodyStrip board={board} />
          <LaneStrips board={board} />
          <Waiting />
          <ModuleQueue />
          {board && <Tiles counts={board.counts} chosen={chosen} onChoose={choose} />}
        </>
      }
      columns={columns}
      fields={fields}
      list={list}
      source={source}
      rowKey={(r) => String(r.id)}
      rowLabel={(r) => `${kindWord(r.kind)}: ${r.target.name}`}
      onOpen={(r) => list.setOpen(String(r.id))}
      drawer={drawer}
      bulk={(keys, clear) =>
        <BulkVerbs keys={keys} onDone={clear} />
      }
      empty={{ icon: IconStack2, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}

const ended: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

function counted(t: T<'queue'>, board: QueueBoard): string {
  const sum = (of: (state: string) => boolean) => board.counts.filter((c) => of(c.state)).reduce((n, c) => n + c.count, 0);
  return t('openDone', { open: formatCount(sum((s) => !ended.has(s))), done: formatCount(sum((s) => s === 'succeeded')) });
}

/** Choices from the rows at hand: a queue has more targets and clients than a menu can hold. */
function choicesOf(rows: readonly ActionRow[], of: (row: ActionRow) => { value: number | null; label: string | null }): FilterField['options'] {
  const found = new Map<string, { label: string; count: number }>();
  for (const row of rows) {
    const { value, label } = of(row);
    if (value === null) continue;
    const key = String(value);
    found.set(key, { label: label || `#${key}`, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found].map(([value, { label, count }]) => ({ value, label, count })).sort((a, b) => b.count - a.count).slice(0, 50);
}

function useFields(plans: readonly string[] | undefined, rows: readonly ActionRow[]) {
  const t = useT('queue');
  const states = useT('states');
  return useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => [
      { field: 'state', label: t('column.state'), kind: 'choice', options: (facet('state') ?? []).map((o) => Object.assign({}, o, { label: states(`action.${stateName(o.value)}` as 'action.ready') })), pinned: true },
      { field: 'lane', label: t('filter.lane'), kind: 'choice', options: (facet('lane') ?? []).map((o) => Object.assign({}, o, { label: wordOf(`states:provider.${o.value}`, o.value) })), pinned: true },
      { field: 'kind', label: t('column.kind'), kind: 'choice', options: (facet('kind') ?? []).map((o) => Object.assign({}, o, { label: kindWord(o.value) })) },
      { field: 'target_id', label: t('filter.target'), kind: 'choice', options: choicesOf(rows, (r) => ({ value: r.target.id, label: r.target.name })) },
      { field: 'client_id', label: t('column.client'), kind: 'choice', options: choicesOf(rows, (r) => ({ value: r.target.client_id, label: r.target.client_name })) },
      { field: 'service_id', label: t('filter.service'), kind: 'choice', options: choicesOf(rows, (r) => ({ value: r.target.service_id, label: r.target.service_id === null ? null : t('drawer.service', { id: r.target.service_id }) })) },
      { field: 'open', label: t('filter.open'), kind: 'choice', options: [{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }] },
      { field: 'by', label: t('filter.by'), kind: 'choice', options: facet('by') ?? [] },
      { field: 'created', label: t('filter.created'), kind: 'duration' },
      ...(plans ? [{ field: 'plan', label: t('filter.plan'), kind: 'choice' as const, options: plans.map((value) => ({ value, label: t('planNumber', { id: value }) })) }] : []),
    ],
    [t, states, plans, rows],
  );
}

const workerTone: Record<WorkerState, 'ok' | 'warn'> = { here: 'ok', elsewhere: 'warn', nobody: 'warn' };

/** Who works the queue, and how fast the providers are called. */
function Worker({ board }: { board: QueueBoard }) {
  const t = useT('queue');
  return (
    <span className={classes.worker}>
      <span className={classes.workerState} data-tone={workerTone[board.worker]}>
        <IconStack2 {...icon14} />
        {t(`worker.${board.worker}`)}
      </span>
      <Lanes board={board} />
    </span>
  );
}
