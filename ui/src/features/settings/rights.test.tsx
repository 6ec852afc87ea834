import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { progress } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { answers, rights } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { RightsPage } from './RightsPage';

const Page = () => (
  <main data-testid="page">
    <RightsPage />
  </main>
);
const rows = async () => within(await screen.findByRole('grid')).getAllByRole('row').slice(1).map((row) => row.textContent ?? '');

it('what is forbidden comes first, and what nobody tried says why', async () => {
  fakeCore(answers());
  await showAt('/settings/rights', Page);
  await waitFor(async () => expect(await rows()).toHaveLength(5));
  const [first, second, third] = await rows();
  expect([first, second].every((row) => row?.includes('not permitted'))).toBe(true);
  expect(third).toContain('not tried: it would write');
  expect(screen.getByText('Contabo user api@acme.example')).toBeDefined();
  await expectAccessible();
});

it('filters by words, and says how many rows each filter hides', async () => {
  fakeCore(answers());
  const user = userEvent.setup();
  await showAt('/settings/rights?f=%5B%22provider.is.contabo%22%5D', Page);
  await waitFor(async () => expect(await rows()).toHaveLength(2));
  await user.keyboard('/');
  await user.keyboard('ticket');
  await waitFor(() => expect(screen.getByText('None of 5 operations match')).toBeDefined());
  expect(screen.getByTestId('page').textContent).toContain('Without the words “ticket” there would be 2. Without Provider is Contabo there would be 1.');
});

it('R finds out again', async () => {
  const core = fakeCore({ ...answers(), rights_check: () => null });
  const user = userEvent.setup();
  await showAt('/settings/rights', Page);
  await screen.findAllByText('GetTickets');
  await user.keyboard('r');
  await waitFor(() => expect(core.asked.some((a) => a.command === 'rights_check')).toBe(true));
});

it('a run shows how far it is and can be stopped', async () => {
  const core = fakeCore({ ...answers(), rights_report: () => ({ ...rights, running: true }), rights_stop: () => null });
  progress.set(new Map([['rights', { job: 'rights', done: 12, total: 307, secondsLeft: 8, state: 'running' }]]));
  const user = userEvent.setup();
  await showAt('/settings/rights', Page);
  expect(await screen.findByText('about 8 s left')).toBeDefined();
  await user.click(await screen.findByRole('button', { name: 'Stop' }));
  await waitFor(() => expect(core.asked.some((a) => a.command === 'rights_stop')).toBe(true));
  progress.set(new Map());
});

it('a question that was refused or made no sense is no permission', async () => {
  const odd = (operation: string, error: ReturnType<typeof appError>) => Object.assign({}, rights.rows[0], { operation, needs: operation, state: 'unknown', source: 'asked', error });
  fakeCore({ ...answers(), rights_report: () => ({ ...rights, rows: [odd('GetStats', appError('rejected', { params: { message: 'No' } })), odd('GetHealthStatus', appError('unreadable', { params: { path: 'result' } }))] }) });
  await showAt('/settings/rights', Page);
  await waitFor(async () => expect(await rows()).toHaveLength(2));
  const told = await rows();
  expect(told.every((row) => row.includes('unknown') && row.includes('the question failed: '))).toBe(true);
});
