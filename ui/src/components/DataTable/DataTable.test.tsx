import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import type { Rows, Sort } from '@/ipc';
import { expectAccessible, show } from '@/test/render';
import { BulkBar, type Column, DataTable, TableTools } from '.';

interface Server {
  id: number;
  name: string;
  region: string;
}

const servers: Server[] = Array.from({ length: 60 }, (_, id) => ({ id, name: `vps-${id}`, region: id % 2 ? 'EU' : 'SIN' }));
const columns: readonly Column<Server>[] = [
  { id: 'name', header: 'Server', width: 160, fixed: true, tone: 'name', sort: 'up', cell: (r) => r.name },
  { id: 'region', header: 'Region', width: 90, cell: (r) => r.region },
  { id: 'id', header: 'Number', width: 90, align: 'end', sort: 'down', cell: (r) => r.id },
];
const ready = (rows: readonly Server[], more: Partial<Rows<Server>> = {}): Rows<Server> => ({
  rows, state: 'ready', error: null, refreshing: false, more: false, loadingMore: false, loadMore: () => undefined, again: () => undefined, ...more,
});

function Page({ source = ready(servers), onOpen, onSort }: { source?: Rows<Server>; onOpen?: (row: Server) => void; onSort?: (sort: Sort) => void }) {
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <TableTools id="test" columns={columns} />
      <DataTable
        id="test" label="Servers" columns={columns} source={source} rowKey={(r) => String(r.id)} rowLabel={(r) => r.name}
        sort={{ column: 'name', descending: false }} {...(onSort ? { onSort } : {})} selection={selection} onSelection={setSelection}
        openKey={open}
        onOpen={(row) => {
          setOpen(String(row.id));
          onOpen?.(row);
        }}
        bulk={selection.size > 0 && <BulkBar count={selection.size} total={60} onSelectAll={() => undefined} onClear={() => setSelection(new Set())}>{null}</BulkBar>}
        totals={{ label: '60 servers' }}
        empty={<p>No servers yet</p>}
      />
    </>
  );
}

const chosen = () => screen.getAllByRole('row').filter((row) => row.getAttribute('aria-selected') === 'true').map((row) => within(row).getAllByRole('gridcell')[1]?.textContent);

it('is a grid that a screen reader understands', async () => {
  show(<Page />);
  const grid = screen.getByRole('grid', { name: 'Servers' });
  expect(grid.getAttribute('aria-rowcount')).toBe('61');
  expect(grid.getAttribute('aria-multiselectable')).toBe('true');
  expect(screen.getByRole('columnheader', { name: 'Server' }).getAttribute('aria-sort')).toBe('ascending');
  expect(screen.getAllByRole('row')[1]?.getAttribute('aria-rowindex')).toBe('2');
  await expectAccessible();
});

it('draws only what is near the screen', () => {
  show(<Page source={ready(Array.from({ length: 5000 }, (_, id) => ({ id, name: `vps-${id}`, region: 'EU' })))} />);
  expect(screen.getAllByRole('row').length).toBeLessThan(80);
});

it('moves, selects and opens by keys', async () => {
  const opened = vi.fn();
  const user = userEvent.setup();
  show(<Page onOpen={opened} />);
  // Whoever opens a list can use the keys at once.
  expect(document.activeElement).toBe(screen.getByRole('grid'));
  await user.keyboard('{ArrowDown}{ArrowDown} ');
  expect(chosen()).toEqual(['vps-1']);
  await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
  expect(chosen()).toEqual(['vps-1', 'vps-2', 'vps-3']);
  const active = screen.getByRole('grid').getAttribute('aria-activedescendant') ?? '';
  expect(document.getElementById(active)?.textContent).toContain('vps-3');
  await user.keyboard('{Enter}');
  expect(opened).toHaveBeenLastCalledWith(servers[3]);
  await user.keyboard('j');
  expect(opened).toHaveBeenLastCalledWith(servers[4]);
  await user.keyboard('kk');
  expect(opened).toHaveBeenLastCalledWith(servers[2]);
});

it('selects a range with shift, all with the head, none with Escape', async () => {
  const user = userEvent.setup();
  show(<Page />);
  const boxes = () => screen.getAllByRole('checkbox').filter((box) => box.getAttribute('aria-label')?.startsWith('vps'));
  await user.click(boxes()[2] as Element);
  await user.keyboard('{Shift>}');
  await user.click(boxes()[5] as Element);
  await user.keyboard('{/Shift}');
  expect(chosen()).toEqual(['vps-2', 'vps-3', 'vps-4', 'vps-5']);
  expect(screen.getByRole('toolbar').textContent).toContain('4 selected');
  await expectAccessible();
  await user.keyboard('{Escape}');
  expect(chosen()).toEqual([]);
  expect(screen.queryByRole('toolbar')).toBeNull();
  await user.click(screen.getByRole('checkbox', { name: 'Select all rows' }));
  expect(screen.getByRole('toolbar').textContent).toContain('All 60 selected');
});

it('asks the core to sort, first in the direction of the column', async () => {
  const onSort = vi.fn();
  const user = userEvent.setup();
  show(<Page onSort={onSort} />);
  await user.click(screen.getByRole('button', { name: 'Server' }));
  expect(onSort).toHaveBeenLastCalledWith({ column: 'name', descending: true });
  await user.click(screen.getByRole('button', { name: 'Number' }));
  expect(onSort).toHaveBeenLastCalledWith({ column: 'id', descending: true });
  expect(screen.queryByRole('button', { name: 'Region' })).toBeNull();
});

it('hides a column and keeps the choice, but never the one that names the row', async () => {
  const user = userEvent.setup();
  const view = show(<Page />);
  await user.click(screen.getByRole('button', { name: 'Columns' }));
  expect((await screen.findByRole('menuitemcheckbox', { name: 'Server' })).hasAttribute('disabled')).toBe(true);
  await user.click(screen.getByRole('menuitemcheckbox', { name: 'Region' }));
  expect(screen.queryByRole('columnheader', { name: 'Region' })).toBeNull();
  view.unmount();
  show(<Page />);
  expect(screen.queryByRole('columnheader', { name: 'Region' })).toBeNull();
});

it('widens a column by keys', async () => {
  const user = userEvent.setup();
  show(<Page onSort={() => undefined} />);
  const head = () => screen.getByRole('columnheader', { name: 'Number' });
  screen.getByRole('button', { name: 'Number' }).focus();
  await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
  expect(head().style.flex).toBe('0 0 106px');
});

it('loads on before the end is reached', async () => {
  const loadMore = vi.fn();
  show(<Page source={ready(servers.slice(0, 30), { more: true, loadMore })} />);
  await waitFor(() => expect(loadMore).toHaveBeenCalled());
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('-1');
});

it('shows bones first, and says what would be here when there is nothing', async () => {
  const view = show(<Page source={ready([], { state: 'loading' })} />);
  expect(screen.getByRole('rowgroup', { name: 'Loading rows' })).toBeDefined();
  expect(screen.getByRole('columnheader', { name: 'Server' })).toBeDefined();
  await expectAccessible();
  view.unmount();
  show(<Page source={ready([])} />);
  expect(screen.getByText('No servers yet')).toBeDefined();
  await expectAccessible();
});
