import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { CallError, type PlanYes, type Verdict } from '@/ipc';
import { appError } from '@/test/core';
import { blocked, restartPlan } from '@/test/plan';
import { expectAccessible, show } from '@/test/render';
import { overridesOf, sameName, stands } from './overrides';
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
