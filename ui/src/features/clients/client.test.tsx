import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { appError, fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { ClientPage } from './ClientPage';

const Page = () => (
  <main data-testid="page">
    <ClientPage />
  </main>
);

it('a client with sums, counts and services, and the way to each machine', async () => {
  const core = fakeCore(answers());
  await showAt('/clients/17', Page, '/clients/$id');
  expect(await screen.findByRole('heading', { name: /Dana Okafor/ })).toBeDefined();
  expect(await screen.findByText('€38.70')).toBeDefined();
  expect(screen.getByText('overdue €25.80')).toBeDefined();
  expect(await screen.findByText('VPS 20 NVMe')).toBeDefined();
  expect(screen.getByTitle('Open the server 202718441').getAttribute('href')).toBe('/servers/202718441');
  // Each list asks for this client only.
  expect(core.asked.find((a) => a.command === 'services_window')?.input).toMatchObject({ filters: [{ field: 'client_id', op: 'is', values: ['17'] }] });
  await expectAccessible();
});

it('tabs live in the address, and an empty one says what it would hold', async () => {
  const core = fakeCore({ ...answers(), list_totals: () => ({ matching: 0, all: 900, sums: [], facets: [] }) });
  const user = userEvent.setup();
  const { router } = await showAt('/clients/17', Page, '/clients/$id');
  await user.click(await screen.findByRole('tab', { name: /Invoices/ }));
  expect(await screen.findByText('No invoices')).toBeDefined();
  expect(router.state.location.search).toMatchObject({ v: 'invoices' });
  await user.keyboard(']');
  expect(await screen.findByText('No tickets')).toBeDefined();
  expect(core.asked.find((a) => a.command === 'tickets_window')?.input).toMatchObject({ filters: [{ field: 'client_id', op: 'is', values: ['17'] }] });
});

it('an address from another list opens its tab with its filter', async () => {
  const core = fakeCore(answers());
  await showAt('/clients/17?v=invoices&q=2207', Page, '/clients/$id');
  await waitFor(() => expect(core.asked.find((a) => a.command === 'invoices_window')?.input).toMatchObject({ text: '2207' }));
});

it('a failing page says why and keeps the last good one', async () => {
  const core = fakeCore(answers());
  const { client } = await showAt('/clients/17', Page, '/clients/$id');
  await screen.findByRole('heading', { name: /Dana Okafor/ });
  core.on('client_page', () => {
    throw appError('disk_full');
  });
  await client.invalidateQueries();
  expect(await screen.findByText('The disk is full.')).toBeDefined();
  expect(screen.getByRole('heading', { name: /Dana Okafor/ })).toBeDefined();
});

it('a client that is not there says so', async () => {
  fakeCore({
    ...answers(),
    client_page: () => {
      throw appError('not_found');
    },
  });
  await showAt('/clients/99', Page, '/clients/$id');
  expect(await screen.findByText('No client 99')).toBeDefined();
});
