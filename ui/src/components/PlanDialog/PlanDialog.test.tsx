import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { CallError } from '@/ipc';
import { appError } from '@/test/core';
import { blocked, restartPlan, warned } from '@/test/plan';
import { expectAccessible, show } from '@/test/render';
import { fold } from './fold';
import { PlanDialog } from '.';

const nothing = () => undefined;
const approveButton = (name: RegExp) => screen.getByRole('button', { name });

it('says what, on whom, and what is left out', async () => {
  const approve = vi.fn(async () => undefined);
  const user = userEvent.setup();
  show(<PlanDialog plan={restartPlan(4, { 1: [blocked], 2: [warned] })} onApprove={approve} onCancel={nothing} />);
  expect(screen.getByRole('dialog', { name: 'Restart 4 servers' })).toBeDefined();
  const row = screen.getByRole('row', { name: /vps-1/ });
  expect(row.textContent).toContain('db-*');
  expect(within(row).getByRole('checkbox').getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText('3 servers')).toBeDefined();
  expect(screen.getByText('nothing erased')).toBeDefined();
  await expectAccessible();
  await user.click(within(screen.getByRole('row', { name: /vps-3/ })).getByRole('checkbox'));
  await user.click(approveButton(/Approve 2 restarts/));
  expect(approve).toHaveBeenCalledWith({ excluded: [3], typed: null, delay_seconds: null, overrides: [], by: null });
});

it('an end is told as one, and what is behind a service as it is', () => {
  const facts = [
    { field: 'status', before: 'Active', after: 'Terminated' },
    { field: 'server_name', before: 'svc-880', after: 'svc-880' },
    { field: 'server_status', before: 'shutting_down', after: 'stopped' },
    { field: 'cancel_date', before: null, after: 'earliest' },
  ];
  const plan = restartPlan(1, {}, { kind: 'service.terminate', impact: 'wipe' });
  show(<PlanDialog plan={{ ...plan, changes: plan.changes.map((change) => Object.assign({}, change, { facts, impact: 'wipe', down_seconds: null })) }} onApprove={async () => undefined} onCancel={nothing} />);
  const told = [...(document.querySelector('dl')?.querySelectorAll('dl > div') ?? [])].map((row) => row.textContent?.replace(/\s+/g, ' '));
  expect(told).toEqual(['StatusActive Terminated', 'Serversvc-880', 'Status of the servershutting down stopped', 'Last dayas early as Contabo allows']);
  expect(screen.getByText('it does not come back')).toBeDefined();
  expect(screen.queryByText(/down for a moment/)).toBeNull();
});

it('never has the focus on the approval', async () => {
  show(<PlanDialog plan={restartPlan(1)} onApprove={async () => undefined} onCancel={nothing} />);
  await waitFor(() => expect(screen.getByRole('dialog').contains(document.activeElement)).toBe(true));
  expect(document.activeElement === approveButton(/Approve the restart/)).toBe(false);
});

it('is approved by Ctrl Enter, and left by Escape', async () => {
  const approve = vi.fn(async () => undefined);
  const cancel = vi.fn();
  const user = userEvent.setup();
  show(<PlanDialog plan={restartPlan(2)} onApprove={approve} onCancel={cancel} />);
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(approve).toHaveBeenCalledOnce());
  await user.keyboard('{Escape}');
  expect(cancel).toHaveBeenCalledOnce();
});

it('folds what is alike and nothing else', async () => {
  const plan = restartPlan(20, { 15: [warned], 19: [blocked] });
  const { shown, folded } = fold(plan.changes, plan.impact);
  expect(shown).toHaveLength(9);
  expect(folded).toBe(11);
  expect(shown.map((c) => c.index)).toContain(15);
  expect(shown.map((c) => c.index)).toContain(19);
  // Even when more rows differ than fit.
  const odd = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [i, [warned]]));
  const many = fold(restartPlan(20, odd).changes, 'restart');
  expect(many.shown.filter((c) => c.verdicts.length > 0)).toHaveLength(14);

  const user = userEvent.setup();
  show(<PlanDialog plan={plan} onApprove={async () => undefined} onCancel={nothing} />);
  expect(screen.getByText(/11 more, all alike/)).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Show all 20' }));
  expect(screen.getAllByRole('row')).toHaveLength(21);
});

it('waits when the facts moved, and marks the rows that changed', async () => {
  const before = restartPlan(2);
  const refresh = vi.fn();
  const user = userEvent.setup();
  const approve = vi.fn(async () => {
    throw new CallError(appError('basis_moved', { params: { moved: '1' } }));
  });
  const view = show(<PlanDialog plan={before} onApprove={approve} onRefresh={refresh} onCancel={nothing} />);
  await user.click(approveButton(/Approve 2 restarts/));
  expect(await screen.findByText('1 row changed, look again')).toBeDefined();
  await user.click(approveButton(/Approve 2 restarts/));
  expect(approve).toHaveBeenCalledOnce();
  await user.click(screen.getByRole('button', { name: 'Look again' }));
  expect(refresh).toHaveBeenCalledOnce();
  view.unmount();

  const dialog = (plan: typeof before) => <PlanDialog plan={plan} onApprove={async () => undefined} onCancel={nothing} />;
  const again = show(dialog(before));
  const { ThemeProvider } = await import('@/app/theme/ThemeProvider');
  const { QueryClientProvider } = await import('@tanstack/react-query');
  again.rerender(
    <QueryClientProvider client={again.client}>
      <ThemeProvider colour="petrol">{dialog(restartPlan(2, { 1: [blocked] }))}</ThemeProvider>
    </QueryClientProvider>,
  );
  expect(within(screen.getByRole('row', { name: /vps-1/ })).getByText('changed since')).toBeDefined();
  expect(within(screen.getByRole('row', { name: /vps-0/ })).queryByText('changed since')).toBeNull();
});

it('shows why it failed and keeps what was chosen', async () => {
  const user = userEvent.setup();
  show(
    <PlanDialog
      plan={restartPlan(2)}
      onApprove={async () => {
        throw new CallError(appError('disk_full'));
      }}
      onCancel={nothing}
    />,
  );
  await user.click(within(screen.getByRole('row', { name: /vps-1/ })).getByRole('checkbox'));
  await user.click(approveButton(/Approve the restart/));
  expect(await screen.findByText('The disk is full.')).toBeDefined();
  expect(approveButton(/Approve the restart/)).toBeDefined();
});

it('erases only after the name was typed by hand', async () => {
  const approve = vi.fn(async () => undefined);
  const user = userEvent.setup();
  const wipe = restartPlan(1, {}, { impact: 'wipe', kind: 'instance.reinstall', confirmation: { kind: 'type', text: 'vps-0 42' } });
  show(<PlanDialog plan={wipe} onApprove={approve} onCancel={nothing} />);
  const field = screen.getByLabelText(/Type/);
  await waitFor(() => expect(document.activeElement === field).toBe(true));
  expect(fireEvent.paste(field, { clipboardData: { getData: () => 'vps-0 42' } })).toBe(false);
  expect(screen.getByText('Type it; pasting is off here')).toBeDefined();
  await user.type(field, 'vps-0 4');
  expect(screen.getByText('1 character to go')).toBeDefined();
  const button = approveButton(/Approve the change/);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  await user.click(button);
  expect(approve).not.toHaveBeenCalled();
  await user.type(field, '3');
  expect(screen.getByText('does not match from character 8 on')).toBeDefined();
  await user.type(field, '{Backspace}2');
  await expectAccessible();
  await user.click(button);
  expect(approve).toHaveBeenCalledWith({ excluded: [], typed: 'vps-0 42', delay_seconds: 10, overrides: [], by: null });
});

it('may start later, and says that until then it can be taken back', async () => {
  const approve = vi.fn(async () => undefined);
  const user = userEvent.setup();
  show(<PlanDialog plan={restartPlan(1)} onApprove={approve} onCancel={nothing} />);
  await user.click(screen.getByRole('radio', { name: 'in 1 min' }));
  expect(screen.getByText('until then it can be taken back')).toBeDefined();
  await user.click(approveButton(/Approve the restart/));
  expect(approve).toHaveBeenCalledWith({ excluded: [], typed: null, delay_seconds: 60, overrides: [], by: null });
});
