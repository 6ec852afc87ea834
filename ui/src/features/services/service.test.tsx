import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { PlanHost } from '@/app/plans';
import type { KindInfo, ServiceRow } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { actions, answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { ServicePage } from './ServicePage';

const Page = () => (
  <main data-testid="page">
    <ServicePage />
    <PlanHost />
  </main>
);
const service: ServiceRow = { id: 1107, client_id: 17, client_name: 'Kato Works', product: 'VPS 30 NVMe', domain: 'kato.example', status: 'Pending', cycle: 'Monthly', price: { amount: '18.90', currency: 'EUR' }, next_due: '2026-12-01', instance_id: null, server_state: null, ipv4: null };
const kind = (name: string, more: Partial<KindInfo> = {}): KindInfo => ({ kind: name, target_kind: 'service', impact: 'keep', money: false, typed: false, fields: [], allowed: true, reason: null, ...more });
const create = kind('server.create', {
  money: true,
  fields: [
    { name: 'region', holds: 'region', most: null, choices: [], required: true },
    { name: 'period', holds: 'choice', most: null, choices: ['1', '12'], required: true },
    { name: 'display_name', holds: 'server_name', most: 255, choices: [], required: true },
  ],
});
const core = (row: ServiceRow | null, of: KindInfo[]) => fakeCore({ ...answers(), services_window: () => ({ rows: row ? [row] : [], next: null }), action_kinds: () => of });
const at = (id: number) => showAt(`/services/${id}`, Page, '/services/$id');

it('a service without a server offers to order one, with its form, and its client one step away', async () => {
  const fake = core(service, [create, kind('service.suspend'), kind('module.create')]);
  fake.on('field_choices', () => [{ value: 'EU', label: 'European Union', aside: '', group: '' }]);
  fake.on('plan_action', () => {
    throw appError('invalid_input', { params: { field: 'display_name', problem: 'is taken by another server' } });
  });
  const user = userEvent.setup();
  await at(1107);
  expect(await screen.findByRole('heading', { name: 'kato.example' })).toBeDefined();
  expect(fake.asked.find((a) => a.command === 'services_window')?.input).toMatchObject({ filters: [{ field: 'id', op: 'is', values: ['1107'] }] });
  expect(await screen.findByText('There is no server behind this service.')).toBeDefined();
  await waitFor(() => expect(screen.getAllByRole('row').length).toBe(actions.length + 1));
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: /Buy server…$/ }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('combobox', { name: 'Region' }));
  await user.click(await screen.findByRole('option', { name: 'European Union' }));
  await user.click(within(dialog).getByRole('combobox', { name: 'Months' }));
  await user.click(await screen.findByRole('option', { name: '12 months' }));
  await user.type(within(dialog).getByRole('combobox', { name: 'Name' }), 'vps-kato-3');
  await user.keyboard('{Escape}');
  await user.click(within(dialog).getByRole('button', { name: /Show the plan/ }));
  await waitFor(() => expect(fake.asked.find((a) => a.command === 'plan_action')?.input).toEqual({ kind: 'server.create', targets: [1107], input: { region: 'EU', period: '12', display_name: 'vps-kato-3' }, origin: 'service' }));
  // Refused at the field, with everything that was typed.
  expect(await within(dialog).findByText('is taken by another server')).toBeDefined();
  expect(within(dialog).getByRole<HTMLInputElement>('combobox', { name: 'Name' }).value).toBe('vps-kato-3');
  // Escape first closes what is open above the form.
  await user.click(within(dialog).getByRole('combobox', { name: 'Region' }));
  await screen.findByRole('option', { name: 'European Union' });
  await user.keyboard('{Escape}');
  expect(screen.getByRole('dialog')).toBeDefined();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('a service with a server leads to it, and orders no second one', async () => {
  core({ ...service, status: 'Active', instance_id: 202733917, server_state: 'running' }, [create, kind('service.suspend', { impact: 'restart' })]);
  await at(1107);
  const link = await screen.findByRole('link', { name: 'Server 202733917' });
  expect(link.getAttribute('href')).toBe('/servers/202733917');
  expect(await screen.findByRole('button', { name: /Suspend service/ })).toBeDefined();
  expect(screen.queryByRole('button', { name: /Buy server/ })).toBeNull();
});

it('an order that is not possible keeps its place and says why', async () => {
  core(service, [{ ...create, allowed: false, reason: { code: 'guard.order_unpaid', params: { order: '4', invoice: '7' } } }]);
  await at(1107);
  expect((await screen.findByRole('button', { name: /Buy server…$/ })).getAttribute('aria-disabled')).toBe('true');
  expect(screen.queryByText('There is no server behind this service.')).toBeNull();
});

it('a service that is not there says so, and one that cannot be read says why', async () => {
  core(null, []);
  await at(99);
  expect(await screen.findByText('No service 99')).toBeDefined();
});


it('what was done after the page was read is said, and read again by one press', async () => {
  const row = { ...service, status: 'Active', instance_id: 202733917, server_state: 'running' };
  const fake = core(row, [create]);
  fake.on('queue_window', () => ({ rows: [Object.assign({}, actions[0], { id: 77, kind: 'service.suspend', state: 'succeeded', updated_at: new Date(Date.now() + 60_000).toISOString() })], next: null }));
  fake.on('sync_now', () => null);
  await at(1107);
  expect(await screen.findByText('Suspend service (A-77) ended after this was read.')).toBeDefined();
  await userEvent.setup().click(screen.getByRole('button', { name: 'Read it again' }));
  expect(fake.asked.find((a) => a.command === 'sync_now')?.input).toEqual({ kinds: ['services', 'instances'] });
});
