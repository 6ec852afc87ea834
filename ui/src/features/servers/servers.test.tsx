import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { PlanHost } from '@/app/plans';
import { Toasts } from '@/app/toasts/Toasts';
import { appError, fakeCore } from '@/test/core';
import { restartPlan } from '@/test/plan';
import { answers, serverPage, serverRow, servers, status } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { ServerPage } from './ServerPage';
import { ServersPage } from './ServersPage';

const List = () => (
  <main data-testid="page">
    <ServersPage />
    <PlanHost />
    <Toasts />
  </main>
);
const One = () => (
  <main data-testid="page">
    <ServerPage />
    <PlanHost />
  </main>
);

it('shows servers with their clients and states, and opens one by a click', async () => {
  fakeCore(answers());
  const { router } = await showAt('/servers', List);
  expect(await screen.findByText('vps-dana-1')).toBeDefined();
  expect(screen.getByText('ends 28 Nov')).toBeDefined();
  expect(screen.getByText('not linked')).toBeDefined();
  expect(screen.getByRole('tab', { name: /Running/ }).textContent).toContain('44');
  await expectAccessible();
  await userEvent.setup().click(screen.getByText('vps-dana-1'));
  await waitFor(() => expect(router.state.location.pathname).toBe('/servers/202718441'));
});

it('a view narrows the question to the core, and the address holds it', async () => {
  const core = fakeCore(answers());
  const { router } = await showAt('/servers', List);
  await userEvent.setup().click(await screen.findByRole('tab', { name: 'Not linked' }));
  await waitFor(() => expect(core.asked.findLast((a) => a.command === 'servers_window')?.input).toMatchObject({ filters: [{ field: 'linked', op: 'is', values: ['false'] }] }));
  expect(router.state.location.search).toMatchObject({ v: 'unlinked' });
});

it('what is selected becomes one plan', async () => {
  const core = fakeCore({ ...answers(), plan_power: () => restartPlan(2), plan_show: () => restartPlan(2), plan_dismiss: () => null });
  const user = userEvent.setup();
  await showAt('/servers', List);
  await screen.findByText('vps-dana-1');
  for (const name of ['vps-dana-1', 'vps-2']) await user.click(screen.getByRole('checkbox', { name }));
  expect(screen.getByText('2 selected')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Restart…' }));
  expect(await screen.findByRole('dialog')).toBeDefined();
  expect(core.asked.find((a) => a.command === 'plan_power')?.input).toEqual({ kind: 'power.restart', instance_ids: [202718441, 2], origin: 'servers' });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('empty says what would be here; an error keeps the rows', async () => {
  const core = fakeCore({ ...answers(), servers_window: () => ({ rows: [], next: null }), list_totals: () => ({ matching: 0, all: 0, sums: [], facets: [] }) });
  const { client, unmount } = await showAt('/servers', List);
  expect(await screen.findByText('No servers yet')).toBeDefined();
  core.on('servers_window', () => ({ rows: servers, next: null }));
  await client.invalidateQueries();
  expect(await screen.findByText('vps-dana-1')).toBeDefined();
  core.on('servers_window', () => {
    throw appError('store_failed');
  });
  await client.invalidateQueries();
  expect(await screen.findByText('The data folder cannot be read or written.')).toBeDefined();
  expect(screen.getByText('vps-dana-1')).toBeDefined();
  unmount();
});

it('nothing matches says which filter to drop', async () => {
  fakeCore({ ...answers(), servers_window: () => ({ rows: [], next: null }) });
  const { router } = await showAt('/servers?f=%5B%22state.is.stopped%22%5D', List);
  await userEvent.setup().click(await screen.findByRole('button', { name: /Drop “State is stopped”/ }));
  await waitFor(() => expect(router.state.location.search).not.toHaveProperty('f'));
});

it('a server tells both sides, and what differs stands above', async () => {
  fakeCore(answers());
  await showAt('/servers/202718441', One, '/servers/$id');
  expect(await screen.findByRole('heading', { name: 'vps-dana-1' })).toBeDefined();
  const facts = await screen.findByRole('table', { name: 'What both sides say' });
  expect(within(facts).getAllByText('agree')).toHaveLength(3);
  expect(screen.getByText('One fact differs.')).toBeDefined();
  expect(screen.getByText('Region: Europe / US-central')).toBeDefined();
  expect(screen.getByRole('link', { name: 'Dana Okafor' }).getAttribute('href')).toBe('/clients/17');
  expect((await screen.findByRole('link', { name: 'Restart done' })).getAttribute('href')).toContain('90418');
  await expectAccessible();
});

it('R asks for a restart plan; what cannot be done keeps its place and says why', async () => {
  const core = fakeCore({ ...answers(), plan_power: () => restartPlan(1), plan_show: () => restartPlan(1), plan_dismiss: () => null });
  const user = userEvent.setup();
  await showAt('/servers/202718441', One, '/servers/$id');
  const start = await screen.findByRole('button', { name: /^Start/ });
  expect(start.getAttribute('aria-disabled')).toBe('true');
  expect(start.getAttribute('aria-description')).toBe('It is running already');
  await user.click(start);
  await user.keyboard('u');
  expect(core.asked.some((a) => a.command === 'plan_power')).toBe(false);
  await user.keyboard('r');
  expect(await screen.findByRole('dialog')).toBeDefined();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('an open action is told live, with the way to the queue', async () => {
  fakeCore({ ...answers(), server_page: () => ({ ...serverPage, row: serverRow(2, { state: 'restarting', action_id: 90419 }) }) });
  await showAt('/servers/2', One, '/servers/$id');
  expect(await screen.findByText('Stop is running')).toBeDefined();
  expect(screen.getByRole('link', { name: 'Show in the queue' }).getAttribute('href')).toContain('/queue');
});

it('a server that is not there says so and leads back; offline keeps the page', async () => {
  fakeCore({
    ...answers(),
    server_page: () => {
      throw appError('not_found');
    },
    status: () => ({ ...status, freshness: status.freshness.map((f) => Object.assign({}, f, { offline: true })) }),
  });
  const { router } = await showAt('/servers/9', One, '/servers/$id');
  expect(await screen.findByText('No server 9')).toBeDefined();
  await userEvent.setup().keyboard('{Escape}');
  await waitFor(() => expect(router.state.location.pathname).toBe('/servers'));
});

it('what can be done is made from the core’s kinds: a form where it wants to know something, then the one plan', async () => {
  const core = fakeCore({ ...answers(), plan_action: () => restartPlan(1), plan_show: () => restartPlan(1), plan_dismiss: () => null });
  const user = userEvent.setup();
  await showAt('/servers/202718441', One, '/servers/$id');
  await user.click(await screen.findByRole('button', { name: 'More actions' }));
  expect((await screen.findByRole('menuitem', { name: /rescue/i })).getAttribute('aria-disabled')).toBe('true');
  await user.click(screen.getByRole('menuitem', { name: /rename/i }));
  const form = await screen.findByRole('dialog');
  const button = within(form).getByRole('button', { name: /Show the plan/ });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  await user.type(within(form).getByRole('textbox'), 'web-1');
  await expectAccessible();
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'plan_action')?.input).toEqual({ kind: 'server.rename', targets: [202718441], input: { display_name: 'web-1' }, origin: 'server' }));
  expect(await screen.findByText('Guardrails')).toBeDefined();
  await user.keyboard('{Escape}');
});

it('a refused form keeps what was typed and says which field is wrong', async () => {
  fakeCore({ ...answers(), plan_action: () => { throw appError('invalid_input', { params: { field: 'display_name', problem: 'has too many characters' } }); } });
  const user = userEvent.setup();
  await showAt('/servers/202718441', One, '/servers/$id');
  await user.click(await screen.findByRole('button', { name: 'More actions' }));
  await user.click(await screen.findByRole('menuitem', { name: /rename/i }));
  const form = await screen.findByRole('dialog');
  await user.type(within(form).getByRole('textbox'), 'web-1');
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(await within(form).findByText('has too many characters')).toBeDefined();
  expect(within(form).getByRole<HTMLInputElement>('textbox').value).toContain('web-1');
  await user.keyboard('{Escape}');
});

it('a snapshot carries its own actions and names itself in them', async () => {
  const core = fakeCore({ ...answers(), plan_action: () => restartPlan(1), plan_show: () => restartPlan(1), plan_dismiss: () => null });
  const user = userEvent.setup();
  await showAt('/servers/202718441?v=snapshots', One, '/servers/$id');
  expect(await screen.findByText('before-php-8-4')).toBeDefined();
  await user.click(screen.getByRole('button', { name: 'Actions on before-php-8-4' }));
  await user.click(await screen.findByRole('menuitem', { name: /roll ?back/i }));
  await waitFor(() => expect(core.asked.find((a) => a.command === 'plan_action')?.input).toMatchObject({ kind: 'snapshot.rollback', input: { snapshot_id: 'snap1' } }));
  await screen.findByRole('dialog');
  await user.keyboard('{Escape}');
});

it('a form offers what there is, by its kind, and sends the chosen one’s id', async () => {
  const core = fakeCore({ ...answers(), plan_action: () => restartPlan(1), plan_show: () => restartPlan(1), plan_dismiss: () => null });
  const user = userEvent.setup();
  await showAt('/servers/202718441', One, '/servers/$id');
  await user.click(await screen.findByRole('button', { name: 'More actions' }, { timeout: 8000 }));
  await user.click(await screen.findByRole('menuitem', { name: /reinstall/i }));
  const form = await screen.findByRole('dialog');
  await user.click(within(form).getByRole('combobox', { name: 'Image' }));
  await user.click(await screen.findByRole('option', { name: 'Debian 13 · 13', hidden: true }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'plan_action')?.input).toMatchObject({ kind: 'server.reinstall', input: { image_id: 'img-13' } }));
  await user.keyboard('{Escape}');
});
