import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { Toasts } from '@/app/toasts/Toasts';
import { progress } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { answers, calls, logEntry } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { LogPage } from './LogPage';

const Page = () => (
  <main data-testid="page">
    <LogPage />
  </main>
);
const grid = () => screen.findByRole('grid');

it('every call with its status in words where the number alone would mislead', async () => {
  fakeCore(answers());
  await showAt('/log', Page);
  await waitFor(async () => expect(within(await grid()).getAllByText('GetClientsProducts').length).toBeGreaterThan(2));
  const table = await grid();
  expect(within(table).getAllByText('429').length).toBeGreaterThan(0);
  expect(within(table).getAllByText('cut').length).toBeGreaterThan(0);
  // WHMCS says 200 also when it refuses.
  expect(within(table).getAllByText('rejected').length).toBeGreaterThan(0);
  await expectAccessible();
});

it('a search marks its hits and tells how long it took', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  const { container } = await showAt('/log', Page);
  await grid();
  await user.keyboard('/');
  await user.keyboard('202718441');
  await waitFor(() => expect(core.asked.findLast((a) => a.command === 'log_window')?.input).toMatchObject({ text: '202718441' }));
  await waitFor(() => expect(container.querySelectorAll('mark').length).toBeGreaterThan(3));
  expect(screen.getByText(/^\d+ ms$/)).toBeDefined();
});

it('a call with request, reply and redactions; C copies the cURL, J goes on', async () => {
  fakeCore(answers());
  const user = userEvent.setup();
  const { router } = await showAt('/log?o=5000', Page);
  const drawer = await screen.findByRole('complementary');
  expect(await within(drawer).findByText('rackdesk-A-90418-1')).toBeDefined();
  expect(within(drawer).getByRole('link', { name: 'A-90418' }).getAttribute('href')).toContain('/queue');
  // And what it belongs to besides: plan and receipt.
  expect((await within(drawer).findByRole('link', { name: 'R-17' })).getAttribute('href')).toContain('/receipts');
  expect(within(drawer).getByRole('link', { name: 'PL-4471' })).toBeDefined();
  expect(within(drawer).getAllByText('redacted')).toHaveLength(2);
  await expectAccessible();
  await user.keyboard('c');
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(logEntry.curl));
  await user.keyboard('j');
  await waitFor(() => expect(router.state.location.search).toMatchObject({ o: '4999' }));
});

it('while a call is read, new ones wait until they are asked for', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  const { client } = await showAt('/log?o=5000', Page);
  await screen.findByRole('complementary');
  await screen.findByText('held');
  core.on('log_window', () => ({ rows: [{ ...calls[0], id: 5001, path: '/v1/brand-new' }, ...calls], next: null }));
  await client.invalidateQueries();
  await user.click(await screen.findByRole('button', { name: '1 new' }));
  expect((await screen.findAllByText('/v1/brand-new')).length).toBeGreaterThan(0);
});

it('an error keeps the last good rows, and an empty log says what it will hold', async () => {
  const core = fakeCore({ ...answers(), log_window: () => ({ rows: [], next: null }), list_totals: () => ({ matching: 0, all: 0, sums: [], facets: [] }) });
  const { client } = await showAt('/log', Page);
  expect(await screen.findByText('No calls yet')).toBeDefined();
  core.on('log_window', () => {
    throw appError('store_failed');
  });
  await client.invalidateQueries();
  expect(await screen.findByText('The data folder cannot be read or written.')).toBeDefined();
});

it('a file being written tells how far it is, goes on when the dialog is closed, and can be stopped', async () => {
  let refuse: (error: unknown) => void = () => undefined;
  const core = fakeCore({ ...answers(), log_export: () => new Promise((_, reject) => (refuse = reject)), log_export_stop: () => null });
  const user = userEvent.setup();
  await showAt('/log', () => (
    <>
      <Page />
      <Toasts />
    </>
  ));
  await user.click(await screen.findByRole('button', { name: 'Export…' }));
  const dialog = await screen.findByRole('dialog');
  fireEvent.change(within(dialog).getByLabelText('File'), { target: { value: '/tmp/calls.har' } });
  await user.click(within(dialog).getByRole('button', { name: /Write the file/ }));
  act(() => progress.set(new Map([['log:export', { job: 'log:export', done: 12_000, total: null, secondsLeft: null, state: 'running' }]])));
  expect(await within(dialog).findByText(/12,000 calls written so far/)).toBeDefined();
  await user.click(within(dialog).getByRole('button', { name: 'Stop writing' }));
  expect(core.asked.some((a) => a.command === 'log_export_stop')).toBe(true);
  expect(core.asked.some((a) => a.command === 'sync_stop')).toBe(false);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await act(async () => refuse(appError('cancelled')));
  expect(await screen.findByText('Writing was stopped')).toBeDefined();
  act(() => progress.set(new Map()));
});
