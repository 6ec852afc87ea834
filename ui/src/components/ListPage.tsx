import type { Icon } from '@tabler/icons-react';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useSession } from '@/app/session';
import { useT } from '@/app/i18n';
import { ask, type ColumnSum, type Facet, type Filter, type ListKind, type ListTotals, type Rows, type Sort, useCommand, useCounts } from '@/ipc';
import { BulkBar, type Column, DataTable, TableTools } from './DataTable';
import { Drawer, WithDrawer } from './Drawer';
import type { FilterField } from './filters';
import { FilterBar } from './FilterBar';
import { formatCount } from './format';
import { Freshness } from './Freshness';
import { EmptyState, ErrorStrip, NothingMatches } from './ListStates';
import { MoneySum } from './Money';
import { PageHeader } from './PageHeader';
import { RefreshButton } from './RefreshButton';
import { SavedViews } from './SavedViews';
import type { ListState, ListView } from './useListState';

export interface ListPageProps<R> {
  /** Name in the preferences, and the list's name in the core. */
  id: string;
  kind: ListKind;
  /** Which provider the rows come from, for their age; without one the rows are this computer's own. */
  provider?: 'whmcs' | 'contabo';
  title: string;
  /** Rows in the middle of a sentence, by their number: "server", "servers". */
  things: (count: number) => string;
  placeholder: string;
  columns: readonly Column<R>[];
  /** Filters; choices come from the list's own values. */
  fields: (facet: (field: string) => FilterField['options']) => readonly FilterField[];
  views?: readonly ListView[];
  /** Keeps the present question under a name. */
  onSaveView?: (name: string) => void;
  onRemoveView?: (view: ListView) => void;
  list: ListState;
  /** Always in force and never shown as a chip: the client of a client's page. */
  fixed?: readonly Filter[];
  source: Rows<R>;
  rowKey: (row: R) => string;
  rowLabel: (row: R) => string;
  onOpen?: (row: R) => void;
  empty: { icon: Icon; title: string; text: string };
  /** Actions on what is selected; leaving it out takes the checkboxes away. */
  bulk?: (keys: readonly string[], clear: () => void) => ReactNode;
  bulkAbout?: (rows: readonly R[]) => ReactNode;
  /** The open row, from the right. */
  drawer?: { of: R; title: ReactNode; state?: ReactNode; about?: ReactNode; body: ReactNode; footer?: ReactNode; width?: number } | undefined;
  /** Inside another page: no header of its own. */
  embedded?: boolean;
  actions?: ReactNode;
  /** Instead of the number of rows beside the title. */
  count?: ReactNode;
  /** Instead of the provider's age. */
  fresh?: ReactNode;
  /** Between the header and the filters: tiles, a histogram, a strip. */
  above?: ReactNode;
  /** Instead of “n of m” in the filter bar. */
  note?: ReactNode;
  /** Full-text search instead of a quick filter. */
  search?: { ms?: number | undefined };
  rowHeight?: number;
  /** Rows that came while somebody reads. */
  waiting?: { count: number; show: () => void };
}

/** A list page: header, views, filters, table, totals and drawer. A new one is columns, fields and a query. */
export function ListPage<R>(props: ListPageProps<R>) {
  const { list, source, fixed, kind, fields: fieldsOf } = props;
  const t = useT('common');
  const session = useSession();
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const question = useMemo(() => ({ ...list.query, filters: [...(fixed ?? []), ...list.query.filters], after: null, limit: 0 }), [list.query, fixed]);
  const totals = useCommand('listTotals', { list: kind, query: question });
  const facets = totals.data?.facets;
  const fields = useMemo(() => fieldsOf((field) => options(facets, field, !fixed)), [facets, fieldsOf, fixed]);
  const freshness = session.status?.freshness.find((f) => f.provider === props.provider);
  // Before the first copy is whole nobody can say that there is nothing.
  const copying = freshness !== undefined && freshness.as_of === null && freshness.syncing && source.state === 'ready' && source.rows.length === 0;
  // Nor how many there are.
  const known = copying ? undefined : totals.data;
  const clear = useCallback(() => setSelection(new Set()), []);
  const selectAll = useCallback(() => {
    void ask('listIds', { list: kind, query: question }).then((ids) => setSelection(new Set(ids.map(String))));
  }, [kind, question]);
  const filtered = list.filters.length > 0 || list.text !== '';
  const matching = totals.data?.matching;

  const table = (
    <>
      {!props.embedded && (
        <PageHeader
          title={props.title}
          {...(props.count !== undefined ? { count: props.count } : known ? { count: formatCount(known.all) } : {})}
          fresh={
            props.fresh ??
            (freshness && (
              <>
                <Freshness of={freshness} />
                <RefreshButton of={freshness} />
              </>
            ))
          }
          actions={props.actions}
        />
      )}
      {props.above}
      {props.views && <SavedViews views={counted(props.views, known)} current={list.view} onChoose={list.setView} {...(props.onSaveView ? { onSave: props.onSaveView } : {})} onRemove={props.onRemoveView} />}
      <FilterBar
        text={list.text}
        onText={list.setText}
        placeholder={props.placeholder}
        fields={fields}
        filters={list.filters}
        onFilters={list.setFilters}
        // A part of a list is not measured against the whole.
        count={known && !fixed ? { matching: known.matching, all: known.all } : undefined}
        note={props.note ?? (known && fixed ? formatCount(known.matching) : undefined)}
        {...(props.search ? { search: props.search } : {})}
        tools={<TableTools id={props.id} columns={props.columns} />}
      />
      {source.error && <ErrorStrip error={source.error} onRetry={source.again} />}
      {/* A provider that cannot be reached is told once, above the page. */}
      {!source.error && props.provider && freshness?.error && !freshness.offline && (
        <ErrorStrip
          error={freshness.error}
          rowsFrom={freshness.as_of ? { provider: t(`states:provider.${props.provider}`), at: freshness.as_of } : undefined}
          nextTry={freshness.next_try}
          onRetry={() => void ask('syncNow', { kinds: [] })}
        />
      )}
      <DataTable
        id={props.id}
        label={props.title}
        columns={props.columns}
        source={copying ? { ...source, state: 'loading' } : source}
        rowKey={props.rowKey}
        rowLabel={props.rowLabel}
        sort={list.sort}
        onSort={list.setSort}
        {...(props.bulk ? { selection, onSelection: setSelection, onSelectAll: selectAll } : {})}
        {...(props.onOpen ? { onOpen: props.onOpen } : {})}
        openKey={list.open}
        {...(props.rowHeight ? { rowHeight: props.rowHeight } : {})}
        {...(props.waiting ? { waiting: props.waiting } : {})}
        dim={source.state === 'error' || (freshness?.offline ?? false)}
        bulk={
          props.bulk && selection.size > 0 ? (
            <BulkBar
              count={selection.size}
              about={props.bulkAbout?.(source.rows.filter((row) => selection.has(props.rowKey(row))))}
              {...(matching !== undefined ? { total: matching } : {})}
              onSelectAll={selectAll}
              onClear={clear}
            >
              {props.bulk([...selection], clear)}
            </BulkBar>
          ) : undefined
        }
        {...(matching !== undefined && matching > 0
          ? { totals: { label: `${formatCount(matching)} ${props.things(matching)}`, cells: sums(totals.data?.sums ?? []) } }
          : {})}
        empty={
          filtered ? (
            <Nothing things={props.things(totals.data?.all ?? 0)} all={totals.data?.all} kind={kind} fields={fields} list={list} fixed={fixed} />
          ) : (
            <EmptyState {...props.empty} />
          )
        }
      />
    </>
  );
  return <WithDrawer drawer={props.drawer && <RowDrawer drawer={props.drawer} props={props} />}>{table}</WithDrawer>;
}

interface NothingProps {
  things: string;
  all: number | undefined;
  kind: ListKind;
  fields: readonly FilterField[];
  list: ListState;
  fixed: readonly Filter[] | undefined;
}

/** Counts what each filter hides, by asking the list without it. */
function Nothing({ things, all, kind, fields, list, fixed = [] }: NothingProps) {
  const inForce = list.filters.filter((f) => f.values.length > 0);
  const without = useCounts(
    kind,
    [...inForce.map((filter) => ({ text: list.text, filters: [...fixed, ...inForce.filter((f) => f !== filter)] })), ...(list.text === '' ? [] : [{ text: '', filters: [...fixed, ...inForce] }])],
  );
  const told = inForce.flatMap((filter, at) => (without[at] === undefined ? [] : [[filter.field, without[at]] as const]));
  return (
    <NothingMatches
      things={things}
      all={fixed.length > 0 ? undefined : all}
      fields={fields}
      filters={inForce}
      text={list.text}
      without={Object.fromEntries(told)}
      withoutText={list.text === '' ? undefined : without[inForce.length]}
      onDrop={(filter) => list.setFilters(list.filters.filter((f) => f !== filter))}
      onDropText={() => list.setText('')}
      onClear={list.clear}
    />
  );
}

function RowDrawer<R>({ drawer, props }: { drawer: NonNullable<ListPageProps<R>['drawer']>; props: ListPageProps<R> }) {
  const { list, source, rowKey } = props;
  const at = source.rows.findIndex((row) => rowKey(row) === list.open);
  const go = (to: number) => {
    const row = source.rows[to];
    return at >= 0 && row ? () => list.setOpen(rowKey(row)) : undefined;
  };
  return (
    <Drawer place={list.open} title={drawer.title} state={drawer.state} about={drawer.about} footer={drawer.footer} onClose={() => list.setOpen(null)} onNext={go(at + 1)} onPrevious={go(at - 1)} {...(drawer.width ? { width: drawer.width } : {})}>
      {drawer.body}
    </Drawer>
  );
}

/** Counts of the views that are one choice of one column; the others say nothing rather than something slow. */
function counted(views: readonly ListView[], totals: ListTotals | undefined): readonly (ListView & { count?: number | undefined })[] {
  return views.map((view) => {
    const [only, more] = view.filters ?? [];
    if (!totals || view.text || more) return view;
    if (!only) return { ...view, count: totals.all };
    const facet = totals.facets.find((f) => f.field === only.field);
    if (!facet || only.op !== 'is') return view;
    return { ...view, count: facet.values.filter((v) => only.values.includes(v.value)).reduce((sum, v) => sum + v.count, 0) };
  });
}

/** Choices of a column; their counts are over the whole list, and so not told of a part. */
function options(facets: readonly Facet[] | undefined, field: string, counts: boolean): FilterField['options'] {
  return facets?.find((f) => f.field === field)?.values.map((v) => ({ value: v.value, label: v.value, ...(counts ? { count: v.count } : {}) })) ?? [];
}

function sums(columns: readonly ColumnSum[]): Record<string, ReactNode> {
  return Object.fromEntries(columns.map((c) => [c.column, <MoneySum key={c.column} values={c.sums} />]));
}

/** A sort as pages write it. */
export const by = (column: string, descending = false): Sort => ({ column, descending });
