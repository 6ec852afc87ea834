import { IconAlertTriangle, IconDatabase } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { type T, useT } from '@/app/i18n';
import type { ToastInput } from '@/app/toasts/toasts';
import { by, type Column, Day, errorText, type FilterField, formatCount, formatDecimal, formatPercent, ListPage, type ListView, ReadNow, RelativeTime, Strip, useListState, wordOf } from '@/components';
import { ask, type UsageRow, type UsageState, useCommand, useWindow } from '@/ipc';
import classes from './usage.module.css';

const size = (t: T<'usage'>, tb: string | null): string => (tb === null ? '—' : t('tb', { n: formatDecimal(tb) }));
const statusWord = (status: string): string => wordOf(`usage:status.${status.toLowerCase()}`, status.toLowerCase());
const growth = (t: T<'usage'>, row: UsageRow): string => (row.scaling === 'enabled' ? size(t, row.limit_tb) : wordOf(`usage:scaling.${row.scaling}`, row.scaling) || '—');

function columnsOf(t: T<'usage'>): readonly Column<UsageRow>[] {
  return [
    { id: 'name', header: t('column.name'), width: 220, grow: 2, sort: 'up', tone: 'name', fixed: true, cell: (r) => <span title={r.storage_id}>{r.name || r.storage_id}</span> },
    { id: 'day', header: t('column.day'), width: 112, sort: 'down', fixed: true, cell: (r) => <Day at={r.day} /> },
    { id: 'used_tb', header: t('column.used'), width: 104, align: 'end', sort: 'down', cell: (r) => <span className="rd-num">{size(t, r.used_tb)}</span> },
    { id: 'percent', header: t('column.percent'), width: 84, align: 'end', sort: 'down', cell: (r) => <span className="rd-num">{r.percent === null ? '—' : formatPercent(r.percent)}</span> },
    { id: 'bought_tb', header: t('column.bought'), width: 104, align: 'end', sort: 'down', tone: 'second', cell: (r) => <span className="rd-num">{size(t, r.bought_tb)}</span> },
    { id: 'objects', header: t('column.objects'), width: 104, align: 'end', sort: 'down', tone: 'second', cell: (r) => <span className="rd-num">{formatCount(r.objects)}</span> },
    { id: 'limit_tb', header: t('column.grows'), width: 124, align: 'end', sort: 'down', tone: 'second', cell: (r) => growth(t, r) },
    { id: 'region', header: t('column.region'), width: 140, grow: 1, sort: 'up', tone: 'second', cell: (r) => r.region || '—' },
    { id: 'data_center', header: t('column.center'), width: 140, hidden: true, sort: 'up', tone: 'second', cell: (r) => r.data_center || '—' },
    { id: 'status', header: t('column.status'), width: 112, sort: 'up', tone: 'second', cell: (r) => statusWord(r.status) },
    { id: 'read_at', header: t('column.read'), width: 112, align: 'end', sort: 'down', tone: 'third', cell: (r) => <RelativeTime at={r.read_at} /> },
  ];
}

/** What Contabo's object storages hold, day by day. */
export function UsagePage() {
  const t = useT('usage');
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('day', true) });
  const source = useWindow('usageWindow', list.query);
  const state = useCommand('usageState').data;
  const columns = useMemo(() => columnsOf(t), [t]);
  const fields = useFields(state);
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      { id: 'latest', label: t('view.latest'), filters: [{ field: 'latest', op: 'is', values: ['true'] }], sort: by('name') },
      { id: 'full', label: t('view.full'), filters: [{ field: 'latest', op: 'is', values: ['true'] }, { field: 'percent', op: 'over', values: ['80'] }], sort: by('percent', true) },
    ],
    [t],
  );
  return (
    <ListPage
      id="usage"
      kind="usage"
      title={t('title')}
      things={(count) => t('things', { count })}
      placeholder={t('placeholder')}
      columns={columns}
      fields={fields}
      views={views}
      list={list}
      source={source}
      rowKey={(r) => String(r.id)}
      rowLabel={(r) => `${r.name} ${r.day}`}
      onOpen={(r) => list.setFilters([{ field: 'storage_id', op: 'is', values: [r.storage_id] }])}
      fresh={
        state?.asked_at && (
          <span className={classes.state}>
            {t('asked')} <RelativeTime at={state.asked_at} />
          </span>
        )
      }
      above={state && <Unread state={state} />}
      actions={<ReadNow id="usage" keys={t('keys')} label={t('readNow')} icon={IconDatabase} ask={() => readAll(t)} />}
      empty={{ icon: IconDatabase, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}

/** Asks every storage at once, as the daily job does. */
async function readAll(t: T<'usage'>): Promise<ToastInput> {
  const run = await ask('scheduleRun', { job: 'usage' });
  const kept = run.counts.find((c) => c.value === 'storages')?.count ?? 0;
  return { look: run.error ? 'failed' : 'done', title: t('read', { count: kept }), ...(run.error ? { detail: errorText(run.error).title } : {}) };
}

/** Which storages did not answer, and why: their last day is older than the others'. */
function Unread({ state }: { state: UsageState }) {
  const t = useT('usage');
  const failed = state.storages.flatMap((s) => (s.error ? [{ name: s.name || s.storage_id, error: s.error }] : []));
  if (failed.length === 0) return null;
  return <Strip icon={IconAlertTriangle} title={t('failed', { count: failed.length })} text={failed.map((f) => t('unread', { name: f.name, why: errorText(f.error).title })).join(' ')} />;
}

function useFields(state: UsageState | undefined) {
  const t = useT('usage');
  return useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => [
      { field: 'storage_id', label: t('column.name'), kind: 'choice', pinned: true, options: state?.storages.map((s) => ({ value: s.storage_id, label: s.name || s.storage_id })) ?? [] },
      { field: 'latest', label: t('filter.latest'), kind: 'choice', options: [{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }] },
      { field: 'region', label: t('column.region'), kind: 'choice', options: facet('region') ?? [] },
      { field: 'status', label: t('column.status'), kind: 'choice', options: (facet('status') ?? []).map((o) => Object.assign({}, o, { label: statusWord(o.value) })) },
      { field: 'percent', label: t('column.percent'), kind: 'number', unit: '%' },
      { field: 'used_tb', label: t('column.used'), kind: 'number', unit: 'TB' },
      { field: 'day', label: t('column.day'), kind: 'date' },
    ],
    [t, state],
  );
}
