import { IconPlus, IconPower, IconRefresh, IconServer2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { openPowerPlan } from '@/app/plans';
import {
  ActionButton, BulkAction, BulkBar, type Column, CopyId, DataTable, Day, Drawer, EmptyState, ErrorStrip, FilterBar, type FilterField, formatCount,
  KeyValue, Money, MoneySum, PageHeader, SavedViews, Section, StatePill, TableTools, useListState, WithDrawer,
} from '@/components';
import { type ServerRow, useCommand, useWindow } from '@/ipc';

const columns: readonly Column<ServerRow>[] = [
  { id: 'name', header: 'Server', width: 160, tone: 'name', fixed: true, sort: 'up', cell: (r) => <span>{r.name} <span className="rd-mono" style={{ color: 'var(--rd-text3)', fontWeight: 400 }}>{r.service_id}</span></span> },
  { id: 'client', header: 'Client', width: 128, tone: 'second', sort: 'up', cell: (r) => r.client_name },
  { id: 'state', header: 'State', width: 116, sort: 'up', cell: (r) => <StatePill area="server" state={r.state} /> },
  { id: 'region', header: 'Region', width: 88, tone: 'second', cell: (r) => r.region },
  { id: 'size', header: 'Size', width: 116, tone: 'second', cell: (r) => r.size },
  { id: 'ipv4', header: 'IPv4', width: 120, cell: (r) => (r.ipv4 ? <CopyId value={r.ipv4} withIcon={false} tabStop={false} /> : '—') },
  { id: 'next_due', header: 'Next invoice', width: 96, align: 'end', sort: 'up', cell: (r) => <Day at={r.next_due} /> },
  { id: 'price', header: 'Price / mo', width: 96, align: 'end', sort: 'down', cell: (r) => <Money value={r.price} /> },
];

const fields: readonly FilterField[] = [
  { field: 'region', label: 'Region', kind: 'choice', options: ['EU', 'UK', 'SIN', 'JPN'].map((value) => ({ value, label: value })) },
  { field: 'state', label: 'State', kind: 'choice', options: [{ value: 'running', label: 'running' }] },
  { field: 'price', label: 'Cost', kind: 'money', unit: 'EUR' },
];

/** A whole list page of sample rows; only in development builds, so its words are not translated. */
export function PartsTablePage() {
  useCrumbs([{ label: 'Servers' }]);
  const list = useListState({ sort: { column: 'name', descending: false } });
  const source = useWindow('serversWindow', list.query);
  const totals = useCommand('listTotals', { list: 'servers', query: { ...list.query, after: null, limit: 0 } });
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const open = source.rows.find((r) => String(r.id) === list.open);
  const views = useMemo(() => [{ id: 'all', label: 'All servers', count: 1284 }, { id: 'needs', label: 'Needs a person', count: 7 }, { id: 'sin', label: 'Singapore', count: 118, filters: [{ field: 'region', op: 'is' as const, values: ['SIN'] }] }], []);
  const restart = () => void openPowerPlan({ kind: 'power.restart', instance_ids: [...selection].map(Number), origin: 'servers' });
  return (
    <WithDrawer
      drawer={
        open && (
          <Drawer title={open.name} state={<StatePill area="server" state={open.state} tinted />} about={<span>Instance <span className="rd-mono">{open.id}</span></span>} onClose={() => list.setOpen(null)}>
            <Section title="Facts">
              <KeyValue facts={[{ label: 'Client', value: open.client_name }, { label: 'IPv4', value: open.ipv4 ? <CopyId value={open.ipv4} /> : '—' }]} />
            </Section>
          </Drawer>
        )
      }
    >
      <PageHeader title="Servers" count={formatCount(1284)} actions={<ActionButton look="primary" action={{ id: 'new', label: 'New server…', icon: IconPlus, keys: 'n', run: () => undefined }} />} />
      <SavedViews views={views} current={list.view} onChoose={list.setView} onSave={() => undefined} />
      <FilterBar
        text={list.text} onText={list.setText} placeholder="Name, IP, client, tag" fields={fields} filters={list.filters} onFilters={list.setFilters}
        count={totals.data && { matching: totals.data.matching, all: totals.data.all }}
        tools={<TableTools id="parts" columns={columns} />}
      />
      {source.error && <ErrorStrip error={source.error} rowsFrom={{ provider: 'Contabo', at: '2026-11-20T11:04:00Z' }} onRetry={source.again} />}
      <DataTable
        id="parts" label="Servers" columns={columns} source={source} rowKey={(r) => String(r.id)} rowLabel={(r) => r.name}
        sort={list.sort} onSort={list.setSort} selection={selection} onSelection={setSelection}
        onOpen={(r) => list.setOpen(String(r.id))} openKey={list.open} dim={source.state === 'error'}
        bulk={
          selection.size > 0 && (
            <BulkBar count={selection.size} about="3 customers · €47.60 / mo" total={1284} onSelectAll={() => undefined} onClear={() => setSelection(new Set())}>
              <BulkAction action={{ id: 'r', label: 'Restart…', icon: IconRefresh, run: restart }} />
              <BulkAction action={{ id: 's', label: 'Shut down…', icon: IconPower, run: restart }} />
            </BulkBar>
          )
        }
        totals={{ label: <>1,284 servers</>, cells: { price: <MoneySum values={totals.data?.sums[0]?.sums ?? []} /> } }}
        empty={<EmptyState icon={IconServer2} title="No servers yet" text="Servers of this Contabo account appear here by themselves." />}
      />
    </WithDrawer>
  );
}
