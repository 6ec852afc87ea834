import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { Toasts } from '@/app/toasts/Toasts';
import { fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { OutsidePage } from './OutsidePage';

const Page = () => (
  <main data-testid="page">
    <OutsidePage />
    <Toasts />
  </main>
);

it('what somebody else did at Contabo is noted with a reason', async () => {
  const core = fakeCore({ ...answers(), strangers_acknowledge: ({ ids }: { ids: number[] }) => ids.map((id) => ({ id, error: null })) });
  const user = userEvent.setup();
  await showAt('/outside', Page);
  expect(await screen.findByText('Frieda Nord')).toBeDefined();
  expect(screen.getByText('not noted')).toBeDefined();
  await expectAccessible();
  await user.click(await screen.findByRole('checkbox', { name: /Server actions/ }));
  await user.click(await screen.findByRole('button', { name: 'Take note…' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByRole('textbox'), 'Frieda restarted it from the panel');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'strangers_acknowledge')?.input).toEqual({ ids: [1], reason: 'Frieda restarted it from the panel' }));
  expect(await screen.findByText('1 change noted')).toBeDefined();
});

it('all that the audit says stands in the drawer, where N takes note of it', async () => {
  const core = fakeCore({ ...answers(), strangers_acknowledge: ({ ids }: { ids: number[] }) => ids.map((id) => ({ id, error: null })) });
  const user = userEvent.setup();
  await showAt('/outside?o=1', Page);
  const drawer = await screen.findByRole('complementary');
  expect(within(drawer).getByText('instanceId')).toBeDefined();
  expect(within(drawer).getByText('7c1e40b2-88d5-4f06-a1c9-2be7700d9f3d')).toBeDefined();
  await expectAccessible();
  await user.keyboard('n');
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByRole('textbox'), 'a colleague');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'strangers_acknowledge')?.input).toEqual({ ids: [1], reason: 'a colleague' }));
});

it('lists that could not be read are named, with the reason and the way to the rights', async () => {
  const error = { code: 'permission_denied', message: '', hint: null, retryable: false, requestId: null, params: { permission: 'READ /v1/secrets/audits' } };
  fakeCore({ ...answers(), strangers_state: () => ({ open: 0, lists: [{ list: 'instances', read_at: null, error: null }, { list: 'secrets', read_at: null, error }] }) });
  const { router } = await showAt('/outside', Page);
  expect(await screen.findByText('1 list could not be read: Secrets')).toBeDefined();
  expect(screen.getByText(/The Contabo user lacks READ/)).toBeDefined();
  await userEvent.setup().click(screen.getByRole('button', { name: 'Show the rights' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/settings/rights'));
});
