import { readFileSync } from 'node:fs';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { hasText } from '@/app/i18n';
import { attachPrefs, prefs, setPref } from '@/app/prefs';
import { Toasts } from '@/app/toasts/Toasts';
import { ask } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { answers, appState, profile } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { SettingsPage } from './SettingsPage';

const other = { ...profile, id: 'nord', name: 'Nordlicht', colour: 'plum' };
const two = { ...appState, profiles: [profile, other] };
const Page = () => (
  <main data-testid="page">
    <SettingsPage />
    <Toasts />
  </main>
);

it('profiles, appearance, and what this program is', async () => {
  fakeCore({ ...answers(), app_state: () => two });
  const user = userEvent.setup();
  await showAt('/settings', Page);
  expect(await screen.findByText('Nordlicht')).toBeDefined();
  expect(screen.getByText('Production · open now')).toBeDefined();
  expect(screen.getByText('Secret Service')).toBeDefined();
  await expectAccessible();
  await user.click(screen.getByRole('radio', { name: 'Dark' }));
  expect(prefs.get().theme).toBe('dark');
});

it('another profile is opened by one press; a failure is told', async () => {
  const core = fakeCore({
    ...answers(),
    app_state: () => two,
    profile_open: () => {
      throw appError('store_corrupt', { params: { aside: 'rackdesk.db.broken' } });
    },
  });
  await showAt('/settings', Page);
  await userEvent.setup().click(await screen.findByRole('button', { name: 'Open' }));
  expect(core.asked.find((a) => a.command === 'profile_open')?.input).toEqual({ id: 'nord' });
  expect(await screen.findByText('The database is damaged.')).toBeDefined();
});

it('a profile is removed only once its name is typed', async () => {
  const core = fakeCore({ ...answers(), app_state: () => two, profile_remove: () => null });
  const user = userEvent.setup();
  await showAt('/settings', Page);
  await user.click(await screen.findByRole('button', { name: 'More for Nordlicht' }));
  await user.click(await screen.findByRole('menuitem', { name: /Remove/ }));
  const dialog = await screen.findByRole('dialog');
  const field = within(dialog).getByLabelText('Type Nordlicht to go on');
  const button = within(dialog).getByRole('button', { name: 'Remove the profile' });
  await user.type(field, 'Nordlich');
  await user.click(button);
  expect(core.asked.some((a) => a.command === 'profile_remove')).toBe(false);
  expect(within(dialog).getByText('That is not the name yet.')).toBeDefined();
  await user.type(field, 't{Enter}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'profile_remove')?.input).toEqual({ id: 'nord' }));
  expect(await screen.findByText('Nordlicht was removed from this computer')).toBeDefined();
});

it('what goes on in the background is chosen here, and kept under the names that the shell reads', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  await attachPrefs({ load: () => Promise.resolve({}), save: async (name, value) => void (await ask('preferenceSet', { name, value })) });
  await showAt('/settings', Page);
  const keep = await screen.findByRole('checkbox', { name: /Keep working in the background/ });
  expect(keep).toHaveProperty('checked', false);
  expect(screen.getByRole('checkbox', { name: /Tell me by a notice/ })).toHaveProperty('checked', true);
  await user.click(keep);
  await user.click(screen.getByRole('checkbox', { name: /Without names/ }));
  const kept = core.asked.filter((a) => a.command === 'preference_set').map((a) => a.input);
  expect(kept).toEqual([{ name: 'keepWorking', value: 'true' }, { name: 'notifyHideNames', value: 'true' }]);
  const shell = readFileSync('../src-tauri/crates/commands/src/desk/mod.rs', 'utf8');
  for (const name of ['keepWorking', 'notify', 'notifyHideNames']) expect(shell).toContain(`wish("${name}")`);
  await expectAccessible();
});

it('without an icon nothing goes on in the background, and the reason is said', async () => {
  setPref('keepWorking', true);
  fakeCore({ ...answers(), app_state: () => ({ ...appState, tray: 'missing' }) });
  await showAt('/settings', Page);
  const keep = await screen.findByRole('checkbox', { name: /Keep working in the background/ });
  expect(keep).toHaveProperty('disabled', true);
  expect(keep).toHaveProperty('checked', false);
  expect(screen.getByText(/takes no icon beside the clock/)).toBeDefined();
});

it('nobody has connected anything yet', async () => {
  fakeCore({ ...answers(), app_state: () => ({ ...appState, profiles: [], current: null }) });
  await showAt('/settings', Page);
  expect(await screen.findByText('No profile yet')).toBeDefined();
});

it('every figure and every job of the schedule has words', () => {
  const read = (path: string) => readFileSync(`../src-tauri/crates/${path}`, 'utf8');
  const source = read('commands/src/schedule.rs');
  const figures = [...source.matchAll(/\("(\w+)", (?:u64::from|read\.|report\.|actions|rows|n\))/g)].map((hit) => hit[1] as string);
  expect(figures).toContain('findings');
  expect(figures.filter((name) => !hasText(`settings:count.${name}_other`))).toEqual([]);
  const jobs = [...read('console/src/schedule/jobs.rs').matchAll(/name: "(\w+)"/g)].map((hit) => hit[1] as string);
  expect(jobs.length).toBeGreaterThan(8);
  expect(jobs.filter((name) => !hasText(`settings:job.${name}`))).toEqual([]);
});

it('the earlier runs of a job: how long, who asked, what came of it', async () => {
  const run = { id: 1, job: 'audits', due_at: null, by: 'ana', place: 'rackdeskctl', began_at: '2026-11-20T10:00:00Z', ended_at: '2026-11-20T10:00:09Z', ms: 9000, outcome: 'failed', counts: [{ value: 'rows', count: 1200 }, { value: 'new', count: 1 }, { value: 'findings', count: 0 }], error: appError('timeout') };
  const core = fakeCore({ ...answers(), schedule_runs: () => [run, { ...run, id: 2, by: null, place: 'app', due_at: run.began_at, outcome: 'done', error: null }] });
  const user = userEvent.setup();
  await showAt('/settings', Page);
  await user.click(await screen.findByRole('button', { name: 'Earlier runs' }));
  const dialog = await screen.findByRole('dialog', { name: /Earlier runs/ });
  const [, first, second] = await within(dialog).findAllByRole('row');
  expect(core.asked.find((a) => a.command === 'schedule_runs')?.input).toEqual({ job: 'audits', limit: 50 });
  expect(first?.textContent).toContain('No whole answer came in time. 1,200 rows, 1 new');
  expect(first?.textContent).toContain('command line');
  expect(second?.textContent).toMatch(/the clock.*done · 1,200 rows, 1 new$/);
  await expectAccessible(dialog);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});
