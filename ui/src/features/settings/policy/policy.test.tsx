import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { Toasts } from '@/app/toasts/Toasts';
import type { PolicyDraft, PolicyForm, PolicyView } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { changesOf, formOf, problemsOf, textOf } from './form';
import { PolicyPage } from './PolicyPage';

const Page = () => (
  <main data-testid="page">
    <PolicyPage />
    <Toasts />
  </main>
);
const form: PolicyForm = {
  grace_seconds: 90, grace_costly_seconds: 600, power_per_hour: 60, create_per_hour: null, create_per_day: 4, spend_day: { amount: '250.00', currency: 'EUR' }, spend_month: null,
  destructive: true, network_create: true, ssh_key_required: false, cloud_init: { allowed: true, most_bytes: 32768, required: [], forbidden: ['bootcmd'] }, suspend: 'stop',
  windows: [{ weekday: 6, begins: '22:00', minutes: 240, zone: 'Europe/Berlin' }], freezes: [{ name: 'Black Friday', from: '2026-11-27T00:00:00Z', until: '2026-11-30T00:00:00Z' }],
  protected: ['db-*', 'mail-1'], protected_tags: ['protected'], second_approver: 'nothing', stale_seconds: 900, stale_blocks: false, tickets_block: false, whmcs_lock: true,
};
const view: PolicyView = {
  revision: 3, policy: form, defaults: { ...form, power_per_hour: 30 },
  history: [{ revision: 3, at: '2026-11-19T10:00:00Z', by: 'mira', reason: 'before the sale', fields: [{ field: 'protected', before: '["db-*"]', after: '["db-*","mail-1"]' }, { field: 'create_per_day', before: 'null', after: '4' }] }],
};
const open = async (more: Record<string, (input: never) => unknown> = {}) => {
  const core = fakeCore({ ...answers(), policy_get: () => view, ...more });
  const shown = await showAt('/settings/policy', Page);
  await screen.findByLabelText('Power actions');
  return { core, user: userEvent.setup(), ...shown };
};
/** Typed letter by letter this page is slow in a document without layout. */
const put = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });
const sent = (core: ReturnType<typeof fakeCore>) => core.asked.findLast((a) => a.command === 'policy_set')?.input as PolicyDraft | undefined;

it('what is typed and read again is what was there', () => {
  expect(formOf(textOf(form))).toEqual({ ...form, freezes: [{ name: 'Black Friday', from: '2026-11-27T00:00:00.000Z', until: '2026-11-30T00:00:00.000Z' }] });
  expect(changesOf(textOf(form), textOf(form))).toBe(0);
  const other = textOf({ ...form, destructive: false, protected: [], freezes: [] });
  expect(changesOf(other, textOf(form))).toBe(3);
});

it('what is no number is never sent as one', () => {
  const text = textOf(form);
  const broken = { ...text, numbers: { ...text.numbers, power_per_hour: '6o', create_per_hour: ' ', grace_seconds: '-1' }, spend_month: { amount: '5', currency: '' }, freezes: [{ name: 'x', from: '', until: text.freezes[0]?.until ?? '' }] };
  expect(problemsOf(broken)).toEqual({ grace_seconds: 'number', power_per_hour: 'number', 'spend_month.currency': 'currency', 'freezes.0.from': 'moment' });
});

it('every field has its help, and who changed what is told', async () => {
  await open();
  expect(screen.getByText('All of them together, of everybody at this profile. As shipped: 30.')).toBeDefined();
  expect(screen.getByText('before the sale', { exact: false })).toBeDefined();
  expect(screen.getByText('db-*, mail-1', { exact: false, selector: 'dd' })).toBeDefined();
  expect(screen.getByRole('button', { name: /Save the policy/ }).getAttribute('aria-disabled')).toBe('true');
  await expectAccessible();
});

it('a change is saved with its reason', async () => {
  const { core, user } = await open({ policy_set: () => ({ ...view, revision: 4 }) });
  await user.click(screen.getByLabelText('Erasing and ending is allowed'));
  put(screen.getByLabelText('Protected tags'), 'protected\n vip ');
  await user.click(screen.getByRole('button', { name: 'Add a freeze' }));
  const freezes = within(screen.getByRole('region', { name: 'Freezes' }));
  expect(freezes.getAllByRole('row')).toHaveLength(3);
  await user.click(freezes.getByRole('button', { name: 'Remove the freeze Black Friday' }));
  put(freezes.getByLabelText('What for'), 'Move');
  const [from, until] = [freezes.getByLabelText('From'), freezes.getByLabelText('Until')];
  put(from, '2026-12-01T08:00');
  put(until, '2026-12-01T10:00');
  expect(screen.getByText('3 changes, not saved yet')).toBeDefined();
  put(screen.getByLabelText('Why, if you like'), 'moving racks');
  screen.getByLabelText('Why, if you like').focus();
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(sent(core)).toBeDefined(), { timeout: 5000 });
  expect(sent(core)).toMatchObject({ revision: 3, reason: 'moving racks', policy: { destructive: false, protected_tags: ['protected', 'vip'], freezes: [{ name: 'Move', from: new Date('2026-12-01T08:00').toISOString() }] } });
  expect(await screen.findByText('The policy is saved')).toBeDefined();
});

it('a change is taken back by Undo, unless somebody changed it again in between: that the revision tells the core', async () => {
  const { core } = await open({ policy_set: () => ({ ...view, revision: 4 }) });
  fireEvent.click(screen.getByLabelText('Erasing and ending is allowed'));
  fireEvent.click(screen.getByRole('button', { name: /Save the policy/ }));
  fireEvent.click(await screen.findByRole('button', { name: /Undo/ }));
  await waitFor(() => expect(sent(core)).toMatchObject({ revision: 4, reason: 'taken back', policy: { destructive: true } }));
  expect(await screen.findByText('The policy is as it was before')).toBeDefined();
});

it('what the core refuses is said at its field, and everything typed stays, also for the next visit', async () => {
  const { core, user, unmount } = await open({
    policy_set: () => {
      throw appError('invalid_input', { params: { field: 'windows.0.zone', problem: 'is no time zone' } });
    },
  });
  const zone = screen.getByRole<HTMLInputElement>('combobox', { name: 'Time zone' });
  put(zone, 'Nowhere/Land');
  put(screen.getByLabelText('Power actions'), '7x');
  await user.click(screen.getByRole('button', { name: /Save the policy/ }));
  // What cannot be sent is said without asking.
  expect(await screen.findByText('A whole number is wanted here.')).toBeDefined();
  expect(document.activeElement).toBe(screen.getByLabelText('Power actions'));
  expect(sent(core)).toBeUndefined();
  await user.keyboard('{Backspace}');
  await user.click(screen.getByRole('button', { name: /Save the policy/ }));
  expect(await screen.findByText('is no time zone')).toBeDefined();
  expect(document.activeElement).toBe(zone);
  expect(sent(core)?.policy.windows[0]?.zone).toBe('Nowhere/Land');
  unmount();
  await showAt('/settings/policy', Page);
  expect((await screen.findByLabelText<HTMLInputElement>('Power actions')).value).toBe('7');
  expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Time zone' }).value).toBe('Nowhere/Land');
  await user.click(screen.getByRole('button', { name: 'Discard' }));
  expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Time zone' }).value).toBe('Europe/Berlin');
  expect(screen.getAllByText('Nothing is changed').length).toBeGreaterThan(0);
});

it('somebody else was faster: said, and nothing typed is lost', async () => {
  const { core, user, client } = await open({ policy_set: () => ({ ...view, revision: 6 }) });
  await user.click(screen.getByLabelText('A new server needs an SSH key'));
  core.on('policy_get', () => ({ ...view, revision: 5, policy: { ...form, power_per_hour: 10 }, history: [{ ...view.history[0], revision: 5, by: 'leo' }] }));
  await client.invalidateQueries();
  expect(await screen.findByText('The policy was changed by leo while you typed.')).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>('A new server needs an SSH key').checked).toBe(true);
  await user.click(screen.getByRole('button', { name: /Save the policy/ }));
  await waitFor(() => expect(sent(core)?.revision).toBe(5), { timeout: 5000 });
});
