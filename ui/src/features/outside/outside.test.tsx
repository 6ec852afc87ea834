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
