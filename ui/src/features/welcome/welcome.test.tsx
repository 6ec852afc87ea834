import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { appError, fakeCore } from '@/test/core';
import { answers, appState, profile } from '@/test/records';
import { expectAccessible, showAt } from '@/test/render';
import { ConnectPage } from './ConnectPage';
import { WelcomePage } from './WelcomePage';

const Welcome = () => (
  <div data-testid="page">
    <WelcomePage />
  </div>
);
const Connect = () => (
  <div data-testid="page">
    <ConnectPage />
  </div>
);
const nobody = { ...appState, profiles: [], current: null };

it('D opens the demo, and the window follows once the core has it open', async () => {
  const core = fakeCore({ ...answers(), app_state: () => nobody, demo_start: () => profile });
  const { router, client } = await showAt('/welcome', Welcome);
  expect(await screen.findByRole('heading', { name: /See what you sell/ })).toBeDefined();
  await expectAccessible();
  await userEvent.setup().keyboard('d');
  await waitFor(() => expect(core.asked.some((a) => a.command === 'demo_start')).toBe(true));
  expect(router.state.location.pathname).toBe('/welcome');
  core.on('app_state', () => appState);
  await client.invalidateQueries();
  await waitFor(() => expect(router.state.location.pathname).toBe('/servers'));
});

it('a demo that cannot start says why; C connects', async () => {
  fakeCore({
    ...answers(),
    app_state: () => nobody,
    demo_start: () => {
      throw appError('disk_full');
    },
  });
  const user = userEvent.setup();
  const { router } = await showAt('/welcome', Welcome);
  await user.click(await screen.findByRole('button', { name: /Open demo/ }));
  expect(await screen.findByText('The disk is full.')).toBeDefined();
  await user.keyboard('c');
  await waitFor(() => expect(router.state.location.pathname).toBe('/connect'));
});

async function toWhmcs(user: ReturnType<typeof userEvent.setup>) {
  await user.type(await screen.findByLabelText('Company'), 'Acme Hosting');
  await user.click(screen.getByRole('button', { name: 'Continue' }));
  await user.type(await screen.findByLabelText('Address'), 'https://billing.acme.example');
  await user.type(screen.getByLabelText('Identifier'), 'ident');
  await user.type(screen.getByLabelText('Secret'), 's3cret-value');
}

it('a test explains the step that failed, and nothing typed is lost', async () => {
  const core = fakeCore({ ...answers(), app_state: () => nobody });
  const user = userEvent.setup();
  const { unmount } = await showAt('/connect', Connect);
  await toWhmcs(user);
  await user.click(screen.getByRole('button', { name: /Test connection/ }));
  expect(await screen.findByText('stopped at step 2 of 3')).toBeDefined();
  expect(screen.getByText('198.51.100.23')).toBeDefined();
  expect(screen.getByText('not reached')).toBeDefined();
  expect(screen.getByText('opens when the test passes')).toBeDefined();
  // Only the side that is tested is sent.
  expect(core.asked.find((a) => a.command === 'connection_test')?.input).toMatchObject({ contabo: null, whmcs: { url: 'https://billing.acme.example', identifier: 'ident', secret: 's3cret-value', access_key: null } });
  expect(screen.getByLabelText<HTMLInputElement>('Secret').value).toBe('s3cret-value');
  await expectAccessible();
  // What is typed after a test makes it stale.
  await user.type(screen.getByLabelText('Secret'), 'x');
  expect(await screen.findByText('changed since this test')).toBeDefined();
  unmount();
  // The draft is on disk, the secret is not.
  expect(JSON.stringify({ ...localStorage })).toContain('billing.acme.example');
  expect(JSON.stringify({ ...localStorage })).not.toContain('s3cret');
});

it('a passed test opens the way, and saving sends everything once', async () => {
  const good = { ok: true, steps: [{ provider: 'whmcs', step: 'address', state: 'passed', params: { host: 'billing.acme.example' }, error: null }] };
  const core = fakeCore({ ...answers(), app_state: () => nobody, connection_test: () => good, profile_save: () => profile });
  const user = userEvent.setup();
  const { router, client } = await showAt('/connect', Connect);
  await toWhmcs(user);
  await user.click(screen.getByRole('button', { name: /Test connection/ }));
  await screen.findByText('passed');
  await user.click(screen.getByRole('button', { name: 'Continue' }));
  await user.click(await screen.findByRole('checkbox', { name: /Use Contabo/ }));
  await user.click(screen.getByRole('button', { name: 'Save and open' }));
  await waitFor(() => expect(core.asked.find((a) => a.command === 'profile_save')?.input).toMatchObject({ id: null, name: 'Acme Hosting', colour: 'petrol', environment: 'production', contabo: null, session_only: false }));
  core.on('app_state', () => appState);
  await client.invalidateQueries();
  await waitFor(() => expect(router.state.location.pathname).toBe('/servers'));
});

it('a refused form leads to the field that is wrong', async () => {
  fakeCore({
    ...answers(),
    app_state: () => nobody,
    profile_save: () => {
      throw appError('invalid_input', { message: 'is no address', params: { field: 'whmcs.url', problem: 'is no address' } });
    },
  });
  const user = userEvent.setup();
  await showAt('/connect', Connect);
  await toWhmcs(user);
  await user.click(screen.getByRole('button', { name: /^Contabo/ }));
  await user.click(await screen.findByRole('button', { name: 'Save without a passed test' }));
  expect(await screen.findByText('is no address')).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>('Address').value).toBe('https://billing.acme.example');
});

it('without a keychain the secrets live for this session only', async () => {
  fakeCore({ ...answers(), app_state: () => ({ ...nobody, keychain: { kind: 'unavailable', error: appError('keychain_unavailable') } }) });
  const user = userEvent.setup();
  await showAt('/connect', Connect);
  expect(await screen.findByText('This computer has no keychain that answers.')).toBeDefined();
  await toWhmcs(user);
  expect(screen.getAllByText('this session only').length).toBe(3);
});

it('editing keeps the secrets that are not typed again', async () => {
  fakeCore(answers());
  await showAt('/connect?id=acme', Connect);
  expect((await screen.findByLabelText<HTMLInputElement>('Company')).value).toBe('Acme Hosting');
  await userEvent.setup().click(screen.getByRole('button', { name: /^2?WHMCS/ }));
  expect((await screen.findByLabelText<HTMLInputElement>('Secret')).placeholder).toBe('A secret is kept. Type to replace it.');
});
