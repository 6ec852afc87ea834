import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hasText } from '@/app/i18n';
import { Toasts } from '@/app/toasts/Toasts';
import { progress, type ReceiptDetail, type ReceiptReport, type ReceiptRow } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { ReceiptsPage } from './ReceiptsPage';

const Page = () => (
  <main data-testid="page">
    <ReceiptsPage />
    <Toasts />
  </main>
);
const hash = (digit: string) => digit.repeat(64);
const row = (id: number, more: Partial<ReceiptRow> = {}): ReceiptRow => ({
  id, action_id: 90_000 + id, at: '2026-11-20T10:00:00Z', kind: 'power.restart', state: 'succeeded', target_kind: 'instance', target_id: 202718441, target_name: 'vps-dana-1', client_id: 17, by: 'mira', hash: hash('a'), ...more,
});
const rows = [row(3), row(2, { kind: 'service.suspend', target_kind: 'service', target_id: 1042, target_name: 'okafor.example' }), row(1, { kind: 'invoice.pay', target_kind: 'invoice', target_id: 7, target_name: '', client_id: null })];
const detail: ReceiptDetail = {
  row: rows[0] as ReceiptRow, prev: hash('b'), whole: true,
  body: JSON.stringify({ receipt: 3, approved_at: '2026-11-20T09:59:00Z', reason: 'hung since noon', attempts: [{}], evidence: [{}, {}] }),
  activity: { state: 'proven', line: 'Rackdesk R-3 restarted vps-dana-1', sent_at: null, next_at: null, entry_id: 5 },
};
const report: ReceiptReport = { receipts: 3, last: 3, hash: hash('a'), findings: [], known: null };
const open = async (path = '/receipts', more: Record<string, (input: never) => unknown> = {}) => {
  const core = fakeCore({ ...answers(), receipts_window: () => ({ rows, next: null }), receipt_show: () => detail, receipts_verify: () => report, ...more });
  const shown = await showAt(path, Page);
  await screen.findAllByText('vps-dana-1');
  return { core, user: userEvent.setup(), ...shown };
};

it('what was done, on whom, by whom; each leads to its action', async () => {
  await open();
  expect(screen.getByRole('link', { name: 'okafor.example' }).getAttribute('href')).toBe('/services/1042');
  expect(screen.getByRole('link', { name: 'vps-dana-1' }).getAttribute('href')).toBe('/servers/202718441');
  expect(screen.getByText('#7').closest('a')).toBeNull();
  expect(screen.getByRole('link', { name: 'A-90002' }).getAttribute('href')).toContain('90002');
  await expectAccessible();
});

it('a receipt with its reason, its proof and its place in the chain; C copies what was hashed', async () => {
  const { user } = await open('/receipts?o=3');
  const drawer = await screen.findByRole('complementary');
  expect(await within(drawer).findByText('hung since noon')).toBeDefined();
  expect(within(drawer).getByText('1 attempt · 2 pieces of evidence')).toBeDefined();
  expect(within(drawer).getByText(/^read back · Rackdesk R-3/)).toBeDefined();
  await expectAccessible();
  await user.keyboard('c');
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(detail.body));
});

it('one that was changed says so before anything else, also when its text is no JSON any more', async () => {
  await open('/receipts?o=3', { receipt_show: () => ({ ...detail, whole: false, body: '{"receipt":', prev: hash('0'), activity: null }) });
  expect(await screen.findByText('This receipt was changed after it was written.')).toBeDefined();
  expect(screen.getByText('the first of all')).toBeDefined();
});

it('the check says that all is whole, gives the hash to keep, and finds one that was kept', async () => {
  const { core, user } = await open();
  await user.keyboard('v');
  expect(await screen.findByText(/^3 receipts checked .*: nothing was changed/)).toBeDefined();
  const field = screen.getByRole('textbox', { name: /is it still there/ });
  fireEvent.change(field, { target: { value: 'abc' } });
  expect(screen.getByText('64 digits and letters from a to f')).toBeDefined();
  core.on('receipts_verify', () => ({ ...report, known: 2 }));
  fireEvent.change(field, { target: { value: hash('c') } });
  await user.click(screen.getByRole('button', { name: 'Look' }));
  expect(await screen.findByText('It is that of R-2: everything up to there is as it was.')).toBeDefined();
  expect(core.asked.findLast((a) => a.command === 'receipts_verify')?.input).toEqual({ hash: hash('c') });
  core.on('receipts_verify', () => report);
  await user.click(screen.getByRole('button', { name: 'Look' }));
  expect(await screen.findByText('No receipt has this hash.')).toBeDefined();
  await expectAccessible();
});

it('the check names what is wrong, and leads there', async () => {
  const findings = [
    { receipt: 2, to: 2, action_id: 90_002, damage: 'edited' },
    { receipt: 5, to: 9, action_id: null, damage: 'missing' },
    { receipt: 0, to: 0, action_id: 77, damage: 'unwritten' },
  ];
  const { user, router } = await open('/receipts', { receipts_verify: () => ({ ...report, findings }) });
  await user.click(screen.getByRole('button', { name: /Check all of them/ }));
  expect(await screen.findByText(/3 things are wrong/)).toBeDefined();
  expect(screen.getByText('R-5 to R-9')).toBeDefined();
  expect(screen.getByText('A-77')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'R-2' }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ o: '2' }));
});

it('every damage that the core tells has its words', () => {
  const source = readFileSync('../src-tauri/crates/commands/src/receipts.rs', 'utf8');
  const body = source.split('pub enum ReceiptDamage {')[1]?.split('\n}')[0] ?? '';
  const names = [...body.matchAll(/^ {4}(\w+),$/gm)].map((hit) => (hit[1] as string).replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
  expect(names.length).toBeGreaterThan(6);
  expect(names.filter((name) => !hasText(`receipts:damage.${name}`))).toEqual([]);
});

it('an export tells how far it is, of how many, goes on when it is closed, and can be stopped', async () => {
  let refuse: (error: unknown) => void = () => undefined;
  const { core, user } = await open('/receipts', { receipts_export: () => new Promise((_, reject) => (refuse = reject)), receipts_export_stop: () => null });
  await user.keyboard('x');
  const dialog = await screen.findByRole('dialog');
  fireEvent.change(within(dialog).getByLabelText('File'), { target: { value: '/tmp/receipts.jsonl' } });
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(core.asked.find((a) => a.command === 'receipts_export')?.input).toEqual({ path: '/tmp/receipts.jsonl' });
  act(() => progress.set(new Map([['receipts:export', { job: 'receipts:export', done: 1500, total: 3000, seconds_left: null, secondsLeft: null, state: 'running' } as never]])));
  expect(await within(dialog).findByText('1,500 of 3,000 receipts written; it goes on when this is closed.')).toBeDefined();
  expect(within(dialog).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('50');
  await expectAccessible(dialog);
  await user.click(within(dialog).getByRole('button', { name: 'Stop writing' }));
  expect(core.asked.some((a) => a.command === 'receipts_export_stop')).toBe(true);
  expect(core.asked.some((a) => a.command === 'log_export_stop')).toBe(false);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await act(async () => refuse(appError('cancelled')));
  expect(await screen.findByText('Writing was stopped')).toBeDefined();
  act(() => progress.set(new Map()));
});
