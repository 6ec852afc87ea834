import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { Toasts } from '@/app/toasts/Toasts';
import type { Forgetting, LogRetention, RetentionDraft } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { SettingsPage } from './SettingsPage';

const Page = () => (
  <main data-testid="page">
    <SettingsPage />
    <Toasts />
  </main>
);
const kept: LogRetention = { days: 90, megabytes: null, rows: 12_345, megabytes_used: 81, by: 'mira', changed_at: '2026-11-19T10:00:00Z' };
const would = ({ days }: RetentionDraft): Forgetting => (days === 30 ? { rows: 3210, megabytes: 12, until: '2026-10-21T08:00:00Z', stay: 9135 } : { rows: 0, megabytes: 0, until: null, stay: 12_345 });
const open = async (more: Record<string, (input: never) => unknown> = {}) => {
  const core = fakeCore({ ...answers(), log_retention: () => kept, log_would_forget: would, ...more });
  await showAt('/settings', Page);
  return { core, user: userEvent.setup(), days: await screen.findByLabelText<HTMLInputElement>('Keep calls for') };
};
const put = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });
const disabled = (name: RegExp) => screen.getByRole('button', { name }).getAttribute('aria-disabled') === 'true';

it('how long the log is kept, what it holds, and what a shorter time would forget before it does', async () => {
  const { core, user, days } = await open({ log_retention_set: () => null });
  expect(screen.getByText('it holds 12,345 calls, 81 MiB')).toBeDefined();
  expect(await screen.findByText(/^Nothing is to be forgotten now/)).toBeDefined();
  expect(disabled(/Keep it like this/)).toBe(true);
  put(days, '30');
  expect(await screen.findByText(/^3,210 calls of up to .* would be forgotten, 12 MiB; 9,135 stay\./)).toBeDefined();
  expect(core.asked.some((a) => a.command === 'log_retention_set' || a.command === 'log_forget')).toBe(false);
  // Forgetting at once goes by what is kept, not by what is typed.
  expect(disabled(/Forget now/)).toBe(true);
  await expectAccessible();
  put(days, '20');
  await user.type(days, '{Enter}');
  expect(disabled(/Keep it like this/)).toBe(true);
  expect(core.asked.some((a) => a.command === 'log_retention_set'), 'nobody saw what 20 days would forget').toBe(false);
  put(days, '30');
  await screen.findByText(/^3,210 calls of up to/);
  await user.type(days, '{Enter}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'log_retention_set')?.input).toEqual({ days: 30, megabytes: null }));
  expect(await screen.findByText('How long the log is kept is changed')).toBeDefined();
});

it('what the core does not take is said at its field and never sent', async () => {
  const { core, user, days } = await open();
  put(days, '6');
  expect(await screen.findByText('7 to 3,650, or empty')).toBeDefined();
  put(days, '3o');
  expect(screen.getByText('7 to 3,650, or empty')).toBeDefined();
  await user.type(days, '{Enter}');
  put(days, '');
  await waitFor(() => expect(core.asked.findLast((a) => a.command === 'log_would_forget')?.input).toEqual({ days: null, megabytes: null }));
  expect(core.asked.some((a) => a.command === 'log_retention_set')).toBe(false);
  await user.click(screen.getByRole('button', { name: 'Discard' }));
  expect(days.value).toBe('90');
});

it('forgetting at once first says how many go, and takes a failure as one', async () => {
  const { core, user } = await open({
    log_retention: () => ({ ...kept, days: 30 }),
    log_forget: () => {
      throw appError('disk_full');
    },
  });
  await screen.findByText(/^With the next clearing 3,210 calls/);
  await user.click(screen.getByRole('button', { name: /Forget now/ }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText(/They cannot be brought back/)).toBeDefined();
  expect(document.activeElement?.textContent).toContain('Cancel');
  await user.click(within(dialog).getByRole('button', { name: /Forget 3,210 calls/ }));
  expect(await screen.findByText('The disk is full.')).toBeDefined();
  expect(core.asked.find((a) => a.command === 'log_forget')?.input).toEqual({ days: 30, megabytes: null });
  core.on('log_forget', () => ({ rows: 3210 }));
  await user.click(screen.getByRole('button', { name: /Forget now/ }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByText('3,210 calls are forgotten')).toBeDefined();
});
