import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { Toasts } from '@/app/toasts/Toasts';
import type { PriceMove } from '@/ipc';
import { fakeCore } from '@/test/core';
import { answers } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { PricesPage } from './PricesPage';

const moved = (id: number, more: Partial<PriceMove>): PriceMove => ({
  id, at: '2026-11-20T03:20:00Z', kind: 'product', subject: '4', name: 'VPS 20 NVMe', term: 'monthly', currency: 'EUR', old: '12.9', new: '13.9', change: 'up', ...more,
});

const rows = [
  moved(4, {}),
  moved(3, { kind: 'rate', subject: 'USD', name: 'USD', term: '', currency: 'USD', old: '1.08', new: '1.09215', change: 'up' }),
  moved(2, { kind: 'tld', subject: 'com', name: '.com', term: 'register.2', old: null, new: '19.9', change: 'began' }),
  moved(1, { name: 'VPS 10', term: 'setup.annually', old: '5', new: null, change: 'ended' }),
];

const contabo = { version: 'a1b2c3d4e5f6', as_of: '2026-08-22', source: 'https://contabo.com/en/', days: 90, old: false };

const Page = () => (
  <main data-testid="page">
    <PricesPage />
    <Toasts />
  </main>
);

function core(more: Record<string, (input: never) => unknown> = {}) {
  return fakeCore({
    ...answers(),
    prices_window: () => ({ rows, next: null }),
    prices_state: () => ({ lists: [{ list: 'products', read_at: '2026-11-20T03:20:00Z', prices: 1240, unclear: 0, error: null }], contabo }),
    ...more,
  });
}

it('a moved price is money, a rate is a number, and what began or ended says so', async () => {
  const asked = core();
  const user = userEvent.setup();
  await showAt('/prices', Page);
  expect(await screen.findByText('€12.90')).toBeDefined();
  expect(screen.getByText('€13.90')).toBeDefined();
  expect(screen.getByText('1.09215')).toBeDefined();
  expect(screen.getByText('registration, 2 y')).toBeDefined();
  expect(screen.getByText('set-up, yearly')).toBeDefined();
  expect(screen.getAllByText('none')).toHaveLength(2);
  expect(screen.getByText(/1,240 prices known/)).toBeDefined();
  await expectAccessible();
  await user.click(screen.getByRole('tab', { name: /Rates/ }));
  await waitFor(() => expect(asked.asked.filter((a) => a.command === 'prices_window').at(-1)?.input).toMatchObject({ filters: [{ field: 'kind', op: 'is', values: ['rate'] }] }));
});

it('an old list of Contabo’s and a list that cannot be read are said above the rows', async () => {
  const error = { code: 'action_not_permitted', message: '', hint: null, retryable: false, requestId: null, params: { action: 'GetTLDPricing' } };
  core({ prices_state: () => ({ lists: [{ list: 'tlds', read_at: null, prices: 0, unclear: 0, error }], contabo: { ...contabo, days: 91, old: true } }) });
  await showAt('/prices', Page);
  expect(await screen.findByText('Contabo’s price list is 91 days old')).toBeDefined();
  expect(screen.getByText('1 list of prices could not be read the last time')).toBeDefined();
  expect(screen.getByText(/^TLDs: /)).toBeDefined();
});

it('prices can be looked at now', async () => {
  const run = { id: 1, job: 'prices', due_at: null, by: 'ana', place: 'app', began_at: '2026-11-20T03:20:00Z', ended_at: '2026-11-20T03:20:01Z', ms: 900, outcome: 'done', counts: [{ value: 'moved', count: 3 }], error: null };
  const asked = core({ schedule_run: () => run });
  const user = userEvent.setup();
  await showAt('/prices', Page);
  await user.click(await screen.findByRole('button', { name: /Look at prices now/ }));
  await waitFor(() => expect(asked.asked.find((a) => a.command === 'schedule_run')?.input).toEqual({ job: 'prices' }));
  expect(await screen.findByText('3 prices moved')).toBeDefined();
});
