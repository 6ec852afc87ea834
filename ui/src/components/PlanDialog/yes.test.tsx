import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { CallError, type PlanYes, type Verdict } from '@/ipc';
import { appError } from '@/test/core';
import { blocked, restartPlan } from '@/test/plan';
import { expectAccessible, show } from '@/test/render';
import { overridesOf, planBlock, sameName, stands } from './overrides';
import { PlanDialog } from '.';

const frozen: Verdict = { guardrail: 'maintenance', ruling: 'block', reason: { code: 'guard.frozen', params: { until: '2026-11-30T00:00:00Z', name: 'Black Friday' } }, overridable: true };
const nothing = () => undefined;
const approveButton = () => screen.getByRole('button', { name: /Approve/ });

it('a guardrail that can be set aside is, with a whole reason, and only that one', async () => {
  const approve = vi.fn(async () => undefined);
  const user = userEvent.setup();
  const money = (amount: string) => ({ amount, currency: 'EUR' });
  const plan = restartPlan(3, { 1: [frozen], 2: [blocked, frozen] });
  const changes = plan.changes.map((change, at) => Object.assign({}, change, { money_month: money(['10.10', '0.20', '5'][at] as string) }));
  show(<PlanDialog plan={{ ...plan, changes, totals: { ...plan.totals, money_month: [money('10.10')] } }} onApprove={approve} onCancel={nothing} />);
  expect(screen.getByText('€10.10 each month from now on')).toBeDefined();
  expect(within(screen.getByRole('row', { name: /vps-1/ })).getByRole('checkbox').getAttribute('aria-disabled')).toBe('true');
  // Protection names nobody who may lift it here: it offers no way over.
  expect(screen.getAllByRole('button', { name: 'Override…' })).toHaveLength(1);
  await user.click(screen.getByRole('button', { name: 'Override…' }));
  const reason = screen.getByLabelText('Why Maintenance may be set aside');
  expect(document.activeElement).toBe(reason);
  await user.type(reason, 'too short');
  expect(approveButton().getAttribute('aria-description')).toBe('The reason to override Maintenance is too short');
  await user.type(reason, ', but not any more');
  expect(screen.getByText('set aside with your name and reason')).toBeDefined();
  expect(within(screen.getByRole('row', { name: /vps-1/ })).getByRole('checkbox').getAttribute('aria-disabled')).toBeNull();
  expect(within(screen.getByRole('row', { name: /vps-2/ })).getByRole('checkbox').getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText('€10.30 each month from now on')).toBeDefined();
  await expectAccessible();
  await user.click(approveButton());
  expect(approve).toHaveBeenCalledWith({ excluded: [], typed: null, delay_seconds: null, overrides: [{ guardrail: 'maintenance', reason: 'too short, but not any more' }], by: null });
  await user.click(screen.getByRole('button', { name: 'Take back' }));
  expect(within(screen.getByRole('row', { name: /vps-1/ })).getByRole('checkbox').getAttribute('aria-disabled')).toBe('true');
});

it('what blocks the plan as a whole keeps the button shut, with its reason, until it is set aside', async () => {
  const approve = vi.fn(async () => undefined);
  const user = userEvent.setup();
  const over: Verdict = { guardrail: 'suspend', ruling: 'block', reason: { code: 'guard.suspend_leaves', params: {} }, overridable: true };
  show(<PlanDialog plan={restartPlan(2, {}, { verdicts: [over] })} onApprove={approve} onCancel={nothing} />);
  expect(approveButton().getAttribute('aria-disabled')).toBe('true');
  expect(approveButton().getAttribute('aria-description')).toBe('Suspension: The policy leaves the server of a suspended service running');
  await user.click(approveButton());
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(approve).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Override…' }));
  await user.type(screen.getByLabelText('Why Suspension may be set aside'), 'agreed with the client');
  await user.click(approveButton());
  expect(approve).toHaveBeenCalledOnce();
});

it('a limit that fewer rows keep is kept by leaving rows out; what nobody may set aside stays', async () => {
  const rate: Verdict = { guardrail: 'rate', ruling: 'block', reason: { code: 'guard.rate_over', params: { count: '62', used: '58', allowed: '60' } }, overridable: true };
  const plan = restartPlan(4, {}, { verdicts: [rate] });
  const still = (chosen: number) => planBlock(plan, {}, chosen, 4 - chosen)?.guardrail;
  expect([still(4), still(3), still(2)]).toEqual(['rate', 'rate', undefined]);
  const names: Verdict = { guardrail: 'name', ruling: 'block', reason: { code: 'guard.name_for_many', params: {} } };
  expect(planBlock(restartPlan(2, {}, { verdicts: [names] }), {}, 1, 1)).toBeUndefined();
  const off: Verdict = { guardrail: 'destructive', ruling: 'block', reason: { code: 'guard.destructive_off', params: {} } };
  expect(planBlock(restartPlan(2, {}, { verdicts: [off] }), { destructive: 'because I want it so' }, 1, 1)).toBe(off);
  const money: Verdict = { guardrail: 'spend', ruling: 'block', reason: { code: 'guard.spend_day_over', params: { total: '9', allowed: '8', currency: 'EUR' } }, overridable: true };
  expect(planBlock(restartPlan(2, {}, { verdicts: [money] }), {}, 2, 0)).toBe(money);
  expect(planBlock(restartPlan(2, {}, { verdicts: [money] }), {}, 1, 1)).toBeUndefined();
  const user = userEvent.setup();
  show(<PlanDialog plan={plan} onApprove={async () => undefined} onCancel={nothing} />);
  for (const name of [/vps-0/, /vps-1/]) await user.click(within(screen.getByRole('row', { name })).getByRole('checkbox'));
  expect(approveButton().getAttribute('aria-disabled')).toBeNull();
});

it('no reason moves what cannot be set aside', () => {
  const reasons = { protected: 'because I really want to', maintenance: 'because I really want to' };
  expect(stands(blocked, reasons)).toBe(true);
  expect(stands(frozen, reasons)).toBe(false);
  expect(overridesOf(restartPlan(1, { 0: [blocked] }), reasons)).toEqual([]);
});

const yes: PlanYes = { by: 'Mira Wolf', account: 'root', at: '2026-11-20T13:56:00Z', reason: 'rack move', excluded: [0], overrides: [{ guardrail: 'maintenance', reason: 'agreed with the client' }] };

it('a second person says who they are; the same one is refused with words', async () => {
  const approve = vi.fn(async () => {
    throw new CallError(appError('blocked', { params: { guardrail: 'second_approver', why: 'guard.same_person', by: 'Leo' } }));
  });
  const giveUp = vi.fn(async () => undefined);
  const user = userEvent.setup();
  show(<PlanDialog plan={restartPlan(2, {}, { state: 'waiting', approvals: [yes] })} onApprove={approve} onGiveUp={giveUp} onCancel={nothing} />);
  const section = screen.getByText('Two people say yes').closest('section') as HTMLElement;
  expect(section.textContent).toContain('Mira Wolf');
  expect(section.textContent).toContain('in the account root · left 1 row out · rack move');
  expect(section.textContent).toContain('over Maintenance: agreed with the client');
  const button = screen.getByRole('button', { name: /Say the second yes/ });
  expect(button.getAttribute('aria-description')).toBe('Say who you are first');
  const name = screen.getByLabelText('Your name');
  await waitFor(() => expect(document.activeElement).toBe(name));
  await user.type(name, ' mira  WOLF ');
  expect(screen.getByText(/has said yes already/)).toBeDefined();
  await user.click(button);
  expect(approve).not.toHaveBeenCalled();
  await expectAccessible();
  await user.clear(name);
  await user.type(name, 'Leo');
  await user.click(button);
  expect(approve).toHaveBeenCalledWith({ excluded: [], typed: null, delay_seconds: null, overrides: [], by: 'Leo' });
  // The core judges; its sentence is shown and the name is kept.
  expect(await screen.findByText('Leo has said yes already: the second yes is somebody else\'s.')).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Leo');
  await user.click(screen.getByRole('button', { name: 'Give the plan up' }));
  await waitFor(() => expect(giveUp).toHaveBeenCalledOnce());
});

it('what the first person set aside is not asked of the second again', () => {
  const plan = restartPlan(2, { 1: [frozen] }, { state: 'waiting', approvals: [yes] });
  show(<PlanDialog plan={plan} onApprove={async () => undefined} onCancel={nothing} />);
  expect(screen.queryByRole('button', { name: 'Override…' })).toBeNull();
  expect(within(screen.getByRole('row', { name: /vps-1/ })).getByRole('checkbox').getAttribute('aria-disabled')).toBeNull();
});

it('names that differ in case and blanks are one name', () => {
  expect(sameName(' Mira  Wolf', 'mira wolf')).toBe(true);
  expect(sameName('Mira', 'Mira W')).toBe(false);
});

it('what moved is named in the footer', async () => {
  const user = userEvent.setup();
  const approve = async () => {
    throw new CallError(appError('basis_moved', { params: { moved: 'vps-0 (status: running → stopped); vps-1 (ipv4: — → 203.0.113.4)' } }));
  };
  show(<PlanDialog plan={restartPlan(3)} onApprove={approve} onCancel={nothing} />);
  await user.click(approveButton());
  expect(await screen.findByText(/2 rows changed, look again: vps-0 \(status: running → stopped\)/)).toBeDefined();
});
