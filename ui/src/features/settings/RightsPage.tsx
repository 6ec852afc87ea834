import { IconPlayerStop, IconRefresh, IconShieldCheck } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { type T, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import {
  ageText, ActionButton, by, type Column, DataTable, EmptyState, errorText, ErrorStrip, FilterBar, type FilterField, formatCount, type ListView, matchesFilters,
  NothingMatches, PageHeader, RelativeTime, SavedViews, StatePill, TableTools, useListState, wordOf,
} from '@/components';
import { progress, type RightRow, type RightsReport, useCommand } from '@/ipc';
import { useStore } from '@/store';
import { checkRights, stopRights } from '@/components/rights';
import classes from './rights.module.css';

const keyOf = (row: RightRow): string => `${row.provider}.${row.operation}`;

/** How a right is known; of an unknown one, why nobody was asked. */
function sourceWords(t: T<'rights'>, row: RightRow): string {
  if (row.error) return t('why.failed', { why: errorText(row.error).title });
  if (row.source !== 'not_tried') return t(`source.${row.source}`);
  return `${t('source.not_tried')}: ${t(row.effect === 'read' ? 'why.needsId' : 'why.writes')}`;
}

function columnsOf(t: T<'rights'>): readonly Column<RightRow>[] {
  return [
    { id: 'operation', header: t('column.operation'), width: 250, grow: 2, tone: 'name', fixed: true, sort: 'up', cell: (r) => r.operation },
    { id: 'provider', header: t('column.provider'), width: 84, sort: 'up', tone: 'second', cell: (r) => wordOf(`states:provider.${r.provider}`, r.provider) },
    { id: 'area', header: t('column.area'), width: 132, grow: 1, sort: 'up', tone: 'second', cell: (r) => r.area },
    { id: 'effect', header: t('column.effect'), width: 100, sort: 'up', tone: 'second', cell: (r) => wordOf(`rights:effect.${r.effect}`, r.effect) },
    { id: 'state', header: t('column.state'), width: 132, fixed: true, sort: 'up', cell: (r) => <StatePill area="right" state={r.state} /> },
    { id: 'source', header: t('column.source'), width: 170, grow: 2, tone: 'second', sort: 'up', cell: (r) => <span title={sourceWords(t, r)}>{sourceWords(t, r)}</span> },
    { id: 'needs', header: t('column.needs'), width: 240, grow: 2, tone: 'third', mono: true, sort: 'up', cell: (r) => <span title={r.needs}>{r.needs}</span> },
    { id: 'path', header: t('column.path'), width: 240, tone: 'third', mono: true, sort: 'up', hidden: true, cell: (r) => r.path },
  ];
}

const order: Record<RightRow['state'], string> = { denied: '0', on_tagged: '1', unknown: '2', allowed: '3' };

function sortValue(row: RightRow, column: string): string {
  return column === 'state' ? order[row.state] : String(row[column as keyof RightRow] ?? '');
}

/** Which operations of both providers these credentials may call. */
export function RightsPage() {
  const t = useT('rights');
  const settings = useT('settings');
  const navigate = useNavigate();
  useCrumbs([{ label: settings('title'), to: '/settings' }, { label: t('title') }]);
  const reading = useCommand('rightsReport');
  const report = reading.data;
  const list = useListState({ sort: by('state') });
  const columns = useMemo(() => columnsOf(t), [t]);
  const fields = useFields(report);
  const all = useMemo(() => report?.rows ?? [], [report]);
  const { query } = list;
  const rows = useMemo(() => matching(all, query), [all, query]);
  const views = useViews(all);
  const again = report?.at ? t('again') : t('check');
  useKeys(t('keys'), [
    { keys: 'r', label: again, run: checkRights, disabled: report?.running ?? true },
    { keys: 'Escape', label: t('back'), run: () => void navigate({ to: '/settings' }) },
  ]);
  useCommands([{ id: 'rights-check', title: t('command'), aside: t('commandAside'), icon: IconShieldCheck, effect: 'read', keys: 'r', run: checkRights }]);
  const job = useStore(progress).get('rights');
  const without = (filter: (typeof list.filters)[number]) => matching(all, { ...query, filters: query.filters.filter((f) => f !== filter) }).length;
  return (
    <>
      <PageHeader
        title={t('title')}
        count={all.length > 0 ? formatCount(all.length) : ''}
        fresh={report && <Found report={report} />}
        actions={
          report?.running ? (
            <ActionButton action={{ id: 'stop', label: t('stop'), icon: IconPlayerStop, run: stopRights }} />
          ) : (
            <ActionButton look={report?.at ? 'plain' : 'primary'} action={{ id: 'check', label: again, icon: IconRefresh, keys: 'r', run: checkRights }} />
          )
        }
      />
      <SavedViews views={views} current={list.view} onChoose={list.setView} />
      <FilterBar
        text={list.text}
        onText={list.setText}
        placeholder={t('placeholder')}
        fields={fields}
        filters={list.filters}
        onFilters={list.setFilters}
        count={all.length > 0 ? { matching: rows.length, all: all.length } : undefined}
        tools={<TableTools id="rights" columns={columns} />}
      />
      {reading.error && <ErrorStrip error={reading.error} onRetry={reading.again} />}
      <DataTable
        id="rights"
        label={t('title')}
        columns={columns}
        source={{
          rows, state: reading.error && !report ? 'error' : reading.loading || (report?.running === true && all.length === 0) ? 'loading' : 'ready',
          error: reading.error, refreshing: reading.refreshing, more: false, loadingMore: false, loadMore: () => undefined, again: reading.again,
        }}
        rowKey={keyOf}
        rowLabel={(r) => r.operation}
        sort={list.sort}
        onSort={list.setSort}
        progress={report?.running ? (job?.total ? job.done / job.total : true) : false}
        empty={
          all.length > 0 ? (
            <NothingMatches
              things={t('things', { count: all.length })}
              all={all.length}
              fields={fields}
              filters={query.filters}
              text={list.text}
              without={Object.fromEntries(query.filters.map((f) => [f.field, without(f)]))}
              withoutText={list.text === '' ? undefined : matching(all, { ...query, text: '' }).length}
              onDrop={(filter) => list.setFilters(list.filters.filter((f) => f !== filter))}
              onDropText={() => list.setText('')}
              onClear={list.clear}
            />
          ) : (
            <EmptyState
              icon={IconShieldCheck}
              title={t('empty.title')}
              text={t('empty.text')}
              actions={<ActionButton action={{ id: 'first', label: t('check'), icon: IconRefresh, run: checkRights }} />}
            />
          )
        }
      />
    </>
  );
}

function matching(all: readonly RightRow[], query: ReturnType<typeof useListState>['query']): readonly RightRow[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((row) => {
    const held = `${row.operation} ${row.area} ${row.path} ${row.needs}`.toLowerCase();
    return words.every((word) => held.includes(word)) && matchesFilters({ ...row }, query.filters);
  });
  if (!query.sort) return found;
  const { column, descending } = query.sort;
  const way = descending ? -1 : 1;
  return found.toSorted((a, b) => way * sortValue(a, column).localeCompare(sortValue(b, column)));
}

function useViews(all: readonly RightRow[]): readonly (ListView & { count?: number })[] {
  const t = useT('rights');
  return useMemo(() => {
    const of = (id: 'allowed' | 'denied' | 'tagged' | 'unknown', state: RightRow['state']) => ({
      id, label: t(`view.${id}`), filters: [{ field: 'state', op: 'is' as const, values: [state] }], ...(all.length > 0 ? { count: all.filter((r) => r.state === state).length } : {}),
    });
    return [{ id: 'all', label: t('view.all'), ...(all.length > 0 ? { count: all.length } : {}) }, of('denied', 'denied'), of('tagged', 'on_tagged'), of('unknown', 'unknown'), of('allowed', 'allowed')];
  }, [all, t]);
}

function useFields(report: RightsReport | undefined): readonly FilterField[] {
  const t = useT('rights');
  return useMemo(() => {
    const values = (of: (row: RightRow) => string, word: (value: string) => string) => {
      const counts = new Map<string, number>();
      for (const row of report?.rows ?? []) counts.set(of(row), (counts.get(of(row)) ?? 0) + 1);
      return [...counts].map(([value, count]) => ({ value, label: word(value), count })).sort((a, b) => b.count - a.count);
    };
    return [
      { field: 'provider', label: t('column.provider'), kind: 'choice', pinned: true, options: values((r) => r.provider, (v) => wordOf(`states:provider.${v}`, v)) },
      { field: 'state', label: t('column.state'), kind: 'choice', options: values((r) => r.state, (v) => wordOf(`states:right.${v}`, v)) },
      { field: 'area', label: t('column.area'), kind: 'choice', options: values((r) => r.area, (v) => v) },
      { field: 'effect', label: t('column.effect'), kind: 'choice', options: values((r) => r.effect, (v) => wordOf(`rights:effect.${v}`, v)) },
      { field: 'source', label: t('column.source'), kind: 'choice', options: values((r) => r.source, (v) => wordOf(`rights:source.${v}`, v)) },
    ];
  }, [report, t]);
}

/** When it was found out, or how far it is; and whose rights they are. */
function Found({ report }: { report: RightsReport }) {
  const t = useT('rights');
  const common = useT('common');
  const job = useStore(progress).get('rights');
  if (report.running) {
    return (
      <span className={classes.found} role="status">
        {job?.total ? t('busy', { done: formatCount(job.done), total: formatCount(job.total) }) : common('record.loading')}
        {job?.secondsLeft != null && <span>{t('left', { time: ageText(common, job.secondsLeft * 1000) })}</span>}
        <span>{t('reads')}</span>
      </span>
    );
  }
  if (!report.at) return <span className={classes.found}>{t('reads')}</span>;
  return (
    <span className={classes.found}>
      {report.user && <span data-foreign>{t('user', { name: report.user })}</span>}
      {report.roles.length > 0 && <span data-foreign>{t('roles', { names: report.roles.join(', ') })}</span>}
      {report.partial && <span data-partial>{t('partial')}</span>}
      <span>
        {t('at')} <RelativeTime at={report.at} />
      </span>
    </span>
  );
}
