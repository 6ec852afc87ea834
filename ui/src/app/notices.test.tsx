import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { ActionRow } from '@/ipc';
import { fakeCore } from '@/test/core';
import { actions, answers } from '@/test/records';
import { showAt } from '@/test/render';
import { useNotices } from './notices';
import { Toasts } from './toasts/Toasts';
import { toasts } from './toasts/toasts';

const Page = () => {
  useNotices();
  return (
    <main data-testid="page">
      <Toasts />
    </main>
  );
};

/** The queue as it was when the window began to look, and as it is one event later. */
async function moving(before: Partial<ActionRow>[], after: Partial<ActionRow>[]) {
  const rows = (parts: Partial<ActionRow>[]) => parts.map((part, i) => Object.assign({}, actions[0], { id: 100 + i, plan_id: null, waits: null }, part));
  toasts.set([]);
  const core = fakeCore({ ...answers(), queue_window: () => ({ rows: rows(before), next: null }) });
  const { client } = await showAt('/', Page);
  await waitFor(() => expect(core.asked.some((a) => a.command === 'queue_window')).toBe(true));
  await act(async () => {});
  core.on('queue_window', () => ({ rows: rows(after), next: null }));
  await act(() => client.invalidateQueries());
}

it('tells a failure wherever somebody is, and nothing of what ended before', async () => {
  await moving([{ state: 'running' }, { state: 'failed' }], [{ state: 'failed' }, { state: 'failed' }]);
  await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(1));
  expect(screen.getByRole('alert').textContent).toContain('failed');
});

it('tells a plan of many once, when its last action has ended', async () => {
  const of = (states: ActionRow['state'][]) => states.map((state) => ({ state, plan_id: 7 }));
  await moving(of(['running', 'running', 'succeeded', 'running']), of(['succeeded', 'succeeded', 'succeeded', 'failed']));
  expect(await screen.findByText(/3 of 4 done/)).toBeDefined();
  expect(screen.getAllByRole('status')).toHaveLength(1);
});
