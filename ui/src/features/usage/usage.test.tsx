import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { Toasts } from '@/app/toasts/Toasts';
import type { UsageRow } from '@/ipc';
import { fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { UsagePage } from './UsagePage';

const row = (id: number, more: Partial<UsageRow>): UsageRow => ({
  id, storage_id: 'b943b25a-c8b5-4570-9135-4bbaa7615b81', name: 'backups-eu', region: 'European Union', data_center: 'EU1', status: 'READY', day: '2026-11-20', read_at: '2026-11-20T03:30:00Z',
  used_tb: '0.8125', percent: '32.5', objects: 97_500, bought_tb: '2.5', scaling: 'enabled', limit_tb: '5', latest: true, ...more,
});

const storage = (more: object) => ({ storage_id: 'b943b25a-c8b5-4570-9135-4bbaa7615b81', name: 'backups-eu', region: 'European Union', read_at: '2026-11-20T03:30:00Z', error: null, gone_at: null, ...more });

const Page = () => (
  <main data-testid="page">
    <UsagePage />
    <Toasts />
  </main>
);

function core(more: Record<string, (input: never) => unknown> = {}) {
  return fakeCore({
    ...answers(),
    usage_window: () => ({ rows: [row(2, {}), row(1, { storage_id: 'other', name: 'media-sin', status: 'UPGRADING', used_tb: '1', objects: 12, percent: null, bought_tb: null, scaling: 'disabled', limit_tb: null })], next: null }),
    usage_state: () => ({ asked_at: '2026-11-20T03:30:00Z', storages: [storage({}), storage({ storage_id: 'other', name: 'media-sin' })] }),
    ...more,
  });
}

it('a storage’s days are shown exactly, and what nobody said is not made up', async () => {
  const asked = core();
  const user = userEvent.setup();
  await showAt('/usage', Page);
  expect(await screen.findByText('0.8125 TB')).toBeDefined();
  expect(screen.getByText('32.5%')).toBeDefined();
  expect(screen.getByText('97,500')).toBeDefined();
  expect(screen.getByText('5 TB')).toBeDefined();
  expect(screen.getByText('does not grow')).toBeDefined();
  expect(screen.getByText('growing')).toBeDefined();
  expect(screen.getAllByText('—')).toHaveLength(2);
  await expectAccessible();
  await user.click(screen.getByText('backups-eu'));
  const filtered = { field: 'storage_id', op: 'is', values: ['b943b25a-c8b5-4570-9135-4bbaa7615b81'] };
  await waitFor(() => expect(asked.asked.filter((a) => a.command === 'usage_window').at(-1)?.input).toMatchObject({ filters: [filtered] }));
});

it('a storage that did not answer is named with its reason, and can be read again', async () => {
  const error = { code: 'unreadable', message: '', hint: null, retryable: true, requestId: null, params: { provider: 'Contabo', path: 'data[0].usedSpaceTB' } };
  const run = { id: 1, job: 'usage', due_at: null, by: 'ana', place: 'app', began_at: '2026-11-20T03:30:00Z', ended_at: '2026-11-20T03:30:01Z', ms: 900, outcome: 'done', counts: [{ value: 'storages', count: 2 }], error: null };
  const asked = core({ usage_state: () => ({ asked_at: '2026-11-20T03:30:00Z', storages: [storage({ error })] }), schedule_run: () => run });
  const user = userEvent.setup();
  await showAt('/usage', Page);
  expect(await screen.findByText('1 storage could not be read the last time')).toBeDefined();
  expect(screen.getByText(/^backups-eu: /)).toBeDefined();
  await user.click(screen.getByRole('button', { name: /Read the storages now/ }));
  await waitFor(() => expect(asked.asked.find((a) => a.command === 'schedule_run')?.input).toEqual({ job: 'usage' }));
  expect(await screen.findByText('2 storages read')).toBeDefined();
});

it('before the first reading the page says what will come, and that servers have no usage', async () => {
  core({ usage_window: () => ({ rows: [], next: null }), usage_state: () => ({ asked_at: null, storages: [] }), list_totals: () => ({ matching: 0, all: 0, sums: [], facets: [] }) });
  await showAt('/usage', Page);
  expect(await screen.findByText('No usage was read yet')).toBeDefined();
  expect(screen.getByText(/For servers Contabo tells no usage/)).toBeDefined();
});
