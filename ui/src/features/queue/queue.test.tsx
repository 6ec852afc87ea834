import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { PlanHost } from '@/app/plans';
import { Toasts } from '@/app/toasts/Toasts';
import { appError, fakeCore } from '@/test/core';
import { restartPlan } from '@/test/plan';
import { answers, board } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { QueuePage } from './QueuePage';

const Page = () => (
  <main data-testid="page">
    <QueuePage />
    <Toasts />
  </main>
);

it('counts by state, and a tile shows only those', async () => {
  const core = fakeCore(answers());
  const { router } = await showAt('/queue', Page);
  const tiles = await screen.findByRole('group', { name: 'Actions by state' });
  expect(within(tiles).getByRole('button', { name: /succeeded/ }).textContent).toContain('318');
  expect(screen.getByText('22 open · 318 done today')).toBeDefined();
  await expectAccessible();
  await userEvent.setup().click(within(tiles).getByRole('button', { name: /unknown/ }));
  await waitFor(() => expect(core.asked.findLast((a) => a.command === 'queue_window')?.input).toMatchObject({ filters: [{ field: 'state', op: 'is', values: ['unknown'] }] }));
  expect(router.state.location.search).toMatchObject({ f: ['state.is.unknown'] });
});

it('an unknown action tells its story, and is settled with a reason by Ctrl+Enter', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  await showAt('/queue?o=90418', Page);
  const drawer = await screen.findByRole('complementary');
  expect(await within(drawer).findByText('It may have happened. Nothing is sent until evidence or you settle it.')).toBeDefined();
  expect(within(drawer).getByText('Attempt 1 written to the journal')).toBeDefined();
  const never = within(drawer).getByRole<HTMLInputElement>('radio', { name: /It never happened/ });
  expect(never.disabled).toBe(true);
  expect(within(drawer).getByText('Evidence from audit shows that it happened')).toBeDefined();
  await user.click(within(drawer).getByRole('radio', { name: /^It happened/ }));
  const button = within(drawer).getByRole('button', { name: /^It happened/ });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  await user.type(within(drawer).getByRole('textbox', { name: 'Reason' }), 'the audit row fits');
  await expectAccessible();
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'action_verb')?.input).toEqual({ ids: [90418], verb: 'mark_done', reason: 'the audit row fits' }));
  expect(await screen.findByText('It happened: done')).toBeDefined();
});

it('a refused verb says why and keeps the reason', async () => {
  fakeCore({ ...answers(), action_verb: ({ ids }: { ids: number[] }) => ids.map((id) => ({ id, error: appError('state_forbids', { params: { state: 'running' } }) })) });
  const user = userEvent.setup();
  await showAt('/queue?o=90418', Page);
  await user.click(await screen.findByRole('radio', { name: /Look again/ }));
  await user.type(screen.getByRole('textbox', { name: 'Reason' }), 'because');
  await user.click(screen.getByRole('button', { name: /^Look again/ }));
  expect(await screen.findByText('Not possible while it is running.')).toBeDefined();
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Reason' }).value).toBe('because');
});

it('J walks the rows with the drawer open, Esc closes it', async () => {
  fakeCore(answers());
  const user = userEvent.setup();
  const { router } = await showAt('/queue?o=90418', Page);
  await screen.findByRole('complementary');
  await screen.findAllByRole('row');
  await user.keyboard('j');
  await waitFor(() => expect(router.state.location.search).toMatchObject({ o: '90419' }));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(router.state.location.search).not.toHaveProperty('o'));
});

it('stopping everything says what it means first', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  await showAt('/queue', Page);
  await user.click(await screen.findByRole('button', { name: 'Stop everything' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText(/never sent twice/)).toBeDefined();
  expect(core.asked.some((a) => a.command === 'queue_switch')).toBe(false);
  await user.click(within(dialog).getByRole('button', { name: /Stop everything now/ }));
  expect(core.asked.find((a) => a.command === 'queue_switch')?.input).toEqual({ switch: 'stop_everything' });
});

it('a paused queue says what that means, and one press resumes', async () => {
  const core = fakeCore({ ...answers(), queue_board: () => ({ ...board, paused: true, worker: 'elsewhere' }) });
  await showAt('/queue', Page);
  expect(await screen.findByText('The queue is paused.')).toBeDefined();
  expect(screen.getByText('worked by another Rackdesk')).toBeDefined();
  await userEvent.setup().click(screen.getAllByRole('button', { name: 'Resume' })[0] as HTMLElement);
  expect(core.asked.find((a) => a.command === 'queue_switch')?.input).toEqual({ switch: 'resume' });
});

it('an empty queue says what will be here', async () => {
  fakeCore({ ...answers(), queue_window: () => ({ rows: [], next: null }), list_totals: () => ({ matching: 0, all: 0, sums: [], facets: [] }) });
  await showAt('/queue', Page);
  expect(await screen.findByText('Nothing was ever queued')).toBeDefined();
});

it('a verb for many says beforehand how many take it and why the others stay', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  await showAt('/queue', Page);
  const boxes = await screen.findAllByRole('checkbox', { name: /:/ });
  for (const box of boxes.slice(0, 3)) await user.click(box);
  const hold = await screen.findByRole('button', { name: 'Hold 2' });
  expect(screen.getByRole('button', { name: 'Cancel' }).getAttribute('aria-disabled')).toBe('true');
  await user.click(hold);
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent).toContain('1 1 stays as it is: It was sent already');
  expect(core.asked.some((a) => a.command === 'action_verb')).toBe(false);
  await user.type(within(dialog).getByRole('textbox'), 'before the move');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'action_verb')?.input).toMatchObject({ verb: 'hold', reason: 'before the move' }));
});

it('each verb of the open action has a key, which goes on to the reason', async () => {
  fakeCore(answers());
  const user = userEvent.setup();
  await showAt('/queue?o=90418', Page);
  await screen.findByRole('radio', { name: /^It happened/ });
  await user.keyboard('m');
  await waitFor(() => expect(screen.getByRole<HTMLInputElement>('radio', { name: /^It happened/ }).checked).toBe(true));
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Reason' }));
});

it('what WHMCS could not carry out stands on the same board, with the way to do it again', async () => {
  const run = { id: 4, subject: 'service', subject_id: 1042, name: 'vps-dana-1', client_id: 17, module: 'contabo', action: 'CreateAccount', error: 'Product 44 is not mapped', retries: 3, last_attempt: '2026-11-20 09:12:00', again: 'module.create' };
  const core = fakeCore({ ...answers(), module_queue: () => ({ as_of: '2026-11-20T09:00:00Z', runs: [run] }), action_kinds: () => [] });
  const user = userEvent.setup();
  await showAt('/queue', Page);
  expect(await screen.findByText('WHMCS keeps 1 module run that failed')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Show them' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText('Product 44 is not mapped')).toBeDefined();
  await expectAccessible();
  await user.click(within(dialog).getByRole('button', { name: /create/i }));
  await waitFor(() => expect(core.asked.find((a) => a.command === 'action_kinds')?.input).toEqual({ target_kind: 'service', target_id: 1042 }));
});

it('plans that wait for a second person stand above the board, and are opened from there', async () => {
  const plan = (id: number, title: string) => restartPlan(1, {}, { id, state: 'waiting', title: { code: 'plan.power.restart', params: { count: '1', name: title } }, approvals: [{ by: 'mira', account: 'root', at: '2026-11-20T13:56:00Z', reason: null, excluded: [], overrides: [] }] });
  const core = fakeCore({ ...answers(), plans_waiting: () => [plan(8, 'db-core'), plan(7, 'api-tern')], plan_show: ({ id }: { id: number }) => plan(id, 'api-tern') });
  const user = userEvent.setup();
  await showAt('/queue', () => (
    <>
      <Page />
      <PlanHost />
    </>
  ));
  await user.click(await screen.findByRole('button', { name: 'Show them' }));
  const list = await screen.findByRole('dialog', { name: '2 plans wait for the yes of a second person' });
  expect(list.textContent).toContain('PL-7 · yes of mira');
  await expectAccessible();
  await user.click(within(list).getAllByRole('button', { name: 'Look at it' })[1] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Restart api-tern' });
  expect(within(dialog).getByText('Two people say yes')).toBeDefined();
  // Looking at it gives nothing up.
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(core.asked.some((a) => a.command === 'plan_dismiss')).toBe(false);
});
