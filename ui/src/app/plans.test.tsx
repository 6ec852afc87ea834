import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { KindInfo, Plan } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { restartPlan } from '@/test/plan';
import { answers, kinds } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { openAction, openPowerPlan, PlanHost } from './plans';
import { Toasts } from './toasts/Toasts';

const Page = () => (
  <main data-testid="page">
    <p>the rows</p>
    <PlanHost />
    <Toasts />
  </main>
);
const rename = kinds.find((kind) => kind.kind === 'server.rename') as KindInfo;
const renaming = (more: Partial<Plan> = {}) => restartPlan(1, {}, { kind: 'server.rename', impact: 'keep', title: { code: 'plan.power.restart', params: { count: '1', name: 'vps-0' } }, ...more });

it('a plan that breaks its dialog takes nothing else with it', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const core = fakeCore({ ...answers(), plan_power: () => ({ ...restartPlan(1), changes: null }), plan_show: () => ({ ...restartPlan(1), changes: null }), plan_dismiss: () => null });
  const write = vi.fn(async () => undefined);
  const user = userEvent.setup();
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: write } });
  await showAt('/', Page);
  await openPowerPlan({ kind: 'power.restart', instance_ids: [1000], origin: 'server' } as never);
  const dialog = await screen.findByRole('dialog', { name: 'This dialog stopped working' });
  expect(screen.getByText('the rows')).toBeDefined();
  expect(dialog.textContent).toContain('Nothing was approved or sent by it');
  await expectAccessible(dialog);
  await user.click(within(dialog).getByRole('button', { name: 'Copy details' }));
  expect(write).toHaveBeenCalledWith(expect.stringMatching(/Rackdesk · \d{4}-[\s\S]*null/));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(core.asked.some((a) => a.command === 'plan_dismiss')).toBe(true);
  // The next plan is shown as if nothing had happened.
  core.on('plan_power', () => restartPlan(2));
  core.on('plan_show', () => restartPlan(2));
  await openPowerPlan({ kind: 'power.restart', instance_ids: [1000], origin: 'server' } as never);
  expect(await screen.findByRole('dialog', { name: 'Restart 2 servers' })).toBeDefined();
  await user.keyboard('{Escape}');
});

it('what was typed outlives a refused plan, a look at the plan, and the way back; approval forgets it', async () => {
  let refused = true;
  const core = fakeCore({
    ...answers(),
    plan_action: () => {
      if (refused) throw appError('timeout', { retryable: true });
      return renaming();
    },
    plan_show: () => renaming(),
    plan_dismiss: () => null,
    plan_approve: () => ({ id: 4471, action_ids: [1] }),
  });
  const user = userEvent.setup();
  await showAt('/', Page);
  const target = { id: 1000, name: 'vps-0' };
  const open = () => openAction(rename, [target], 'server');
  await open();
  const named = async () => (await screen.findByLabelText<HTMLInputElement>('Name')).value;
  await user.type(await screen.findByLabelText('Name'), 'shop-front');
  await user.click(screen.getByRole('button', { name: /Show the plan/ }));
  await screen.findByText(/in time/);
  expect(await named()).toBe('shop-front');
  refused = false;
  await user.click(screen.getByRole('button', { name: /Show the plan/ }));
  await user.click(await screen.findByRole('button', { name: 'Back to the form' }));
  expect(await named()).toBe('shop-front');
  // Left altogether, and asked for again.
  await user.click(screen.getByRole('button', { name: /Show the plan/ }));
  await screen.findByRole('button', { name: 'Back to the form' });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await open();
  expect(await named()).toBe('shop-front');
  await user.click(screen.getByRole('button', { name: /Show the plan/ }));
  await user.click(await screen.findByRole('button', { name: /Approve/ }));
  await waitFor(() => expect(core.asked.some((a) => a.command === 'plan_approve')).toBe(true));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await open();
  expect(await named()).toBe('');
  await user.keyboard('{Escape}');
});

it('a plan that cannot be computed again says why, and stays', async () => {
  const moved = { ...restartPlan(1), basis: [{ key: 'instance:1000', version: 'b', as_of: '2026-11-20T14:03:00Z' }] };
  fakeCore({
    ...answers(),
    plan_power: () => restartPlan(1),
    plan_show: () => moved,
    plan_dismiss: () => null,
    plan_refresh: () => {
      throw appError('disk_full');
    },
  });
  const user = userEvent.setup();
  await showAt('/', Page);
  await openPowerPlan({ kind: 'power.restart', instance_ids: [1000], origin: 'server' } as never);
  await user.click(await screen.findByRole('button', { name: 'Look again' }));
  expect(await screen.findByText('The disk is full.')).toBeDefined();
  await user.keyboard('{Escape}');
});
