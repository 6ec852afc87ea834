import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { toast } from '@/app/toasts/toasts';
import { Toasts } from '@/app/toasts/Toasts';
import { type ActionDetail, openProfile, type StepRow, type VerbChoice } from '@/ipc';
import { fakeCore } from '@/test/core';
import { actionDetail, actions, answers, board } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { QueuePage } from './QueuePage';
import { stepToRepeat } from './Steps';

const Page = () => (
  <main data-testid="page">
    <QueuePage />
    <Toasts />
  </main>
);
const step = (name: string, standing: StepRow['standing'], more: Partial<StepRow> = {}): StepRow => ({ name, lane: 'contabo', effect: 'once', standing, can_retry: false, reason: { code: 'verb.not_reached', params: {} }, ...more });
const verb = (name: VerbChoice['verb'], needs_reason = false): VerbChoice => ({ verb: name, allowed: true, reason: null, needs_reason });
const suspended: ActionDetail = {
  ...actionDetail,
  row: Object.assign({}, actions[0], { state: 'failed', kind: 'service.suspend' }),
  notice: null,
  steps: [
    step('stop', 'done', { reason: { code: 'verb.happened', params: { step: 'stop' } } }),
    step('module', 'ended', { lane: 'whmcs', can_retry: true, reason: null }),
    step('log', 'ahead', { lane: 'whmcs', effect: 'idempotent' }),
  ],
  verbs: [verb('retry_now'), verb('retry_from'), verb('skip', true)],
};
const opened = async (detail: ActionDetail) => {
  const core = fakeCore({ ...answers(), action_detail: () => detail });
  await showAt('/queue?o=90418', Page);
  const drawer = await screen.findByRole('complementary');
  await within(drawer).findByRole('radio', { name: /Repeat from a step/ });
  return { core, drawer, user: userEvent.setup() };
};

it('an action of several steps shows how far it is', async () => {
  const { drawer } = await opened(suspended);
  expect(within(drawer).getByText('step 2 of 3')).toBeDefined();
  const [stop, module] = within(drawer).getAllByRole('listitem').filter((item) => item.dataset['standing']);
  expect(stop?.textContent).toContain('Stop the serverContabodone');
  expect(module?.textContent).toContain('ended here');
  await expectAccessible();
});

it('a step at which there was nothing to do is not told as a deed', async () => {
  const nothing = { at: '2026-11-20T10:00:00Z', title: { code: 'timeline.event.advance', params: {} }, lines: [{ code: 'action.nothing_behind', params: { step: 'stop' } }], tone: 'ok' as const, source: 'action', action_id: null, request_id: null };
  const { drawer } = await opened({ ...suspended, events: [nothing] });
  const [stop] = within(drawer).getAllByRole('listitem').filter((item) => item.dataset['standing']);
  expect(stop?.textContent).toBe('Stop the serverContabonothing to do');
});

it('is repeated from a step; what happened already is locked with its reason', async () => {
  const { core, drawer, user } = await opened(suspended);
  await user.keyboard('f');
  const steps = within(drawer).getByRole('radiogroup', { name: 'From which step' });
  expect(within(steps).getByRole<HTMLInputElement>('radio', { name: /Stop the server/ }).disabled).toBe(true);
  expect(steps.textContent).toContain('“Stop the server” happened already');
  expect(within(steps).getByRole<HTMLInputElement>('radio', { name: /Run WHMCS/ }).checked).toBe(true);
  await expectAccessible();
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'action_verb')?.input).toEqual({ ids: [90418], verb: 'retry_from', reason: null, step: 'module' }));
});

it('a step is left out only with a reason', async () => {
  const { core, drawer, user } = await opened(suspended);
  await user.keyboard('s');
  expect(within(drawer).getByRole('button', { name: /^Leave this step out/ }).getAttribute('aria-disabled')).toBe('true');
  await user.type(within(drawer).getByRole('textbox', { name: 'Reason' }), 'done by hand');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'action_verb')?.input).toEqual({ ids: [90418], verb: 'skip', reason: 'done by hand' }));
});

it('the step to repeat is the chosen one only while it may be', () => {
  expect(stepToRepeat(suspended.steps, undefined)).toBe('module');
  expect(stepToRepeat(suspended.steps, 'stop')).toBe('module');
  expect(stepToRepeat([step('a', 'done', { can_retry: true }), step('b', 'ended')], undefined)).toBe('a');
  expect(stepToRepeat([step('a', 'ended')], 'a')).toBeUndefined();
});

it('a lane is paused and resumed from the head of the board, which says who paused it', async () => {
  const core = fakeCore(answers());
  const user = userEvent.setup();
  const { client } = await showAt('/queue', Page);
  await user.click(await screen.findByRole('button', { name: /Contabo: works/ }));
  await user.click(await screen.findByRole('menuitem', { name: /Pause Contabo/ }));
  expect(core.asked.find((a) => a.command === 'queue_switch')?.input).toEqual({ switch: 'pause_lane', lane: 'contabo' });
  core.on('queue_board', () => ({ ...board, lanes: [{ lane: 'contabo', by: 'mira', since: '2026-11-20T09:00:00Z' }] }));
  await client.invalidateQueries();
  expect(await screen.findByText('Contabo is paused by mira.')).toBeDefined();
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Resume Contabo' }));
  expect(core.asked.findLast((a) => a.command === 'queue_switch')?.input).toEqual({ switch: 'resume_lane', lane: 'contabo' });
});

it('nobody works the queue: said while something waits in it', async () => {
  const core = fakeCore({ ...answers(), queue_board: () => ({ ...board, worker: 'nobody' }) });
  const { client } = await showAt('/queue', Page);
  expect(await screen.findByText('Nobody works this queue now.')).toBeDefined();
  core.on('queue_board', () => ({ ...board, worker: 'nobody', counts: board.counts.map((of) => Object.assign({}, of, { count: of.state === 'succeeded' ? 5 : 0 })) }));
  await client.invalidateQueries();
  await waitFor(() => expect(screen.queryByText('Nobody works this queue now.')).toBeNull());
});

it('what is held by mistake is released by Undo', async () => {
  const core = fakeCore({ ...answers(), action_detail: () => ({ ...actionDetail, verbs: [verb('hold')] }) });
  await showAt('/queue?o=90418', Page);
  const user = userEvent.setup();
  await screen.findByRole('radio', { name: /Hold/ });
  await user.keyboard('h');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await user.click(await screen.findByRole('button', { name: /Undo/ }));
  await waitFor(() => expect(core.asked.filter((a) => a.command === 'action_verb').map((a) => a.input)).toEqual([
    { ids: [90418], verb: 'hold', reason: null },
    { ids: [90418], verb: 'release', reason: null },
  ]));
});

it('what was held at one desk is not released at another', async () => {
  openProfile.set('acme');
  const core = fakeCore({ ...answers(), action_detail: () => ({ ...actionDetail, verbs: [verb('hold')] }) });
  await showAt('/queue?o=90418', Page);
  const user = userEvent.setup();
  const hold = async () => {
    await screen.findByRole('radio', { name: /Hold/ });
    await user.keyboard('h');
    await user.keyboard('{Control>}{Enter}{/Control}');
    return screen.findByRole('button', { name: /Undo/ });
  };
  const undo = await hold();
  act(() => openProfile.set('nord'));
  await waitFor(() => expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull());
  // A press that was on its way comes too late.
  await user.click(undo);
  // Nor is it offered when the desk was left while the core was asked: said is only that it was done.
  act(() => void toast({ look: 'done', profile: 'elsewhere', title: 'Held', undo: { label: 'Undo', seconds: 10, run: () => void core.asked.push({ command: 'action_verb', input: 'late' }) } }));
  expect(await screen.findByText('Held')).toBeDefined();
  expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull();
  expect(core.asked.filter((a) => a.command === 'action_verb')).toHaveLength(1);
  openProfile.set('');
});
