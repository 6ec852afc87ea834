import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createQueryClient, listenToCore, type ProfileSummary } from '@/ipc';
import { appError, fakeCore } from '@/test/core';
import { restartPlan } from '@/test/plan';
import { expectAccessible } from '@/test/render';
import { App } from './App';
import { openPowerPlan } from './plans';
import { setPref } from './prefs';
import { type AppRouter, createAppRouter, readSearch, writeSearch } from './router';
import { toast } from './toasts/toasts';

const profile = (id: string, name: string, more: Partial<ProfileSummary> = {}): ProfileSummary => ({
  id, name, colour: 'petrol', environment: 'production', whmcs_url: null, contabo_url: null, contabo_user: null, session_only: false, ...more,
});
const acme = profile('acme', 'Acme Hosting');
const demo = profile('demo', 'Demo', { environment: 'demo', colour: 'iris' });
const freshness = (provider: string, more = {}) => ({ provider, as_of: new Date(Date.now() - 5000).toISOString(), last_answer: new Date(Date.now() + 60_000).toISOString(), syncing: false, offline: false, error: null, next_try: null, kinds: [], ...more });
const status = { freshness: [freshness('whmcs'), freshness('contabo')], queue_open: 14, queue_running: 2, needs_you: 1, paused: false, tickets_waiting: 8, invoices_overdue: 0, other_worker: false };
const empty = { rows: [], next: null };
const totals = { matching: 0, all: 0, sums: [], facets: [] };

function start(answers: Record<string, (input: never) => unknown> = {}) {
  const core = fakeCore({
    app_state: () => ({ version: '0.1.0', profiles: [acme, demo], current: acme, operator: 'ana', keychain: { kind: 'available', name: 'Secret Service' }, problem: null }),
    status: () => status,
    preferences: () => ({ values: {} }),
    preference_set: () => null,
    list_totals: () => totals,
    palette_search: () => [],
    sync_now: () => null,
    queue_board: () => ({ counts: [], paused: false, stopped: false, by: null, since: null, lanes: [], rates: [], worker: 'here' }),
    plans_waiting: () => [],
    log_histogram: () => ({ seconds: 60, bars: [] }),
    ...Object.fromEntries(['clients', 'services', 'servers', 'invoices', 'tickets', 'queue', 'log'].map((list) => [`${list}_window`, () => empty])),
    ...answers,
  });
  const client = createQueryClient();
  stops.push(listenToCore(client));
  router = createAppRouter();
  render(<App client={client} router={router} />);
  return core;
}

let router: AppRouter;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
const at = (path: string) => window.history.replaceState(null, '', `#${path}`);
beforeEach(() => at('/settings'));

it('an address can be read, and says the same when it is read again', () => {
  const search = { q: 'web & co', f: ['region.is.EU,UK', 'state.is.running'], s: '-price', o: '78' };
  const text = writeSearch(search);
  expect(text).toContain('f=region.is.EU%2CUK&f=state.is.running');
  expect(readSearch(text)).toEqual(search);
  expect(readSearch('?f=one')).toEqual({ f: ['one'] });
  expect(writeSearch({ q: '', o: undefined })).toBe('');
});

it('shows who, where, how fresh, and what needs a person', async () => {
  start();
  const nav = await screen.findByRole('navigation', { name: 'Pages' });
  expect(within(nav).getByRole('link', { name: /Settings/ }).getAttribute('aria-current')).toBe('page');
  await waitFor(() => expect(within(nav).getByLabelText('1 waits for a person')).toBeDefined());
  expect(screen.getByRole('button', { name: 'Switch profile Acme Hosting Production' })).toBeDefined();
  const bar = screen.getByRole('contentinfo', { name: 'State of the program' });
  for (const words of ['WHMCS live', 'Contabo live', 'Queue 2 running', '1 needs you', 'ana']) expect(bar.textContent).toContain(words);
  await expectAccessible();
});

it('goes everywhere by keys, and tells which keys there are', async () => {
  const user = userEvent.setup();
  start();
  await screen.findByRole('navigation', { name: 'Pages' });
  for (const [key, path] of [['c', '/clients'], ['s', '/servers'], ['i', '/invoices'], ['t', '/tickets'], ['q', '/queue'], ['l', '/log']] as const) {
    await user.keyboard(`g${key}`);
    await waitFor(() => expect(router.state.location.pathname).toBe(path));
  }
  await user.keyboard('g,');
  await waitFor(() => expect(router.state.location.pathname).toBe('/settings'));
  await user.keyboard('?');
  const sheet = await screen.findByRole('dialog', { name: 'Keys' });
  expect(within(sheet).getByText('Go to the request log')).toBeDefined();
  await expectAccessible();
  // While the sheet is open nothing below it moves.
  await user.keyboard('gc');
  expect(router.state.location.pathname).toBe('/settings');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('the palette finds commands, records and pages, and says what Enter will do', async () => {
  const user = userEvent.setup();
  const core = start({ palette_search: () => [{ kind: 'server', id: 7, title: 'vps-dana-1', aside: '203.0.113.42', state: 'running', hits: [4, 5, 6, 7] }], server_page: () => Promise.reject(appError('not_found')), timeline: () => [] });
  await screen.findByRole('navigation', { name: 'Pages' });
  await user.keyboard('{Control>}k{/Control}');
  const dialog = await screen.findByRole('dialog', { name: 'Commands and records' });
  const input = within(dialog).getByRole('combobox');
  await waitFor(() => expect(document.activeElement === input).toBe(true));
  await user.keyboard('dana');
  const hit = await within(dialog).findByRole('option', { name: /vps-dana-1/ });
  expect(hit.querySelector('mark')?.textContent).toBe('dana');
  expect(core.asked.filter((a) => a.command === 'palette_search').at(-1)?.input).toEqual({ text: 'dana', limit: 8 });
  expect(within(dialog).getByRole('status').textContent).toBe('Opens the record.');
  await expectAccessible();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(router.state.location.pathname).toBe('/servers/7'));
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('Escape takes back what was typed into the palette, then leaves it', async () => {
  const user = userEvent.setup();
  start({ palette_search: () => [{ kind: 'server', id: 7, title: 'vps-dana-1', aside: '', state: 'running', hits: [] }] });
  await screen.findByRole('navigation', { name: 'Pages' });
  await user.keyboard('{Control>}k{/Control}dana');
  await screen.findByRole('option', { name: /vps-dana-1/ });
  await user.keyboard('{Escape}');
  expect(screen.getByRole('dialog')).toBeDefined();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('a verb before a name offers to do it, through a plan', async () => {
  const user = userEvent.setup();
  const plan = restartPlan(1);
  const core = start({ palette_search: () => [{ kind: 'server', id: 7, title: 'vps-dana-1', aside: '203.0.113.42', state: 'running', hits: [4, 5, 6, 7] }], plan_power: () => plan, plan_show: () => plan, plan_dismiss: () => null });
  await screen.findByRole('navigation', { name: 'Pages' });
  await user.keyboard('{Control>}k{/Control}restart dana');
  const option = await screen.findByRole('option', { name: /Restart vps-dana-1/ });
  expect(option.textContent).toContain('restart');
  await waitFor(() => expect(option.getAttribute('aria-selected')).toBe('true'));
  expect(within(screen.getByRole('dialog')).getByRole('status').textContent).toContain('Opens a plan first.');
  expect(core.asked.filter((a) => a.command === 'palette_search').at(-1)?.input).toEqual({ text: 'dana', limit: 8 });
  await user.keyboard('{Enter}');
  expect(await screen.findByRole('dialog', { name: /Restart vps-0/ })).toBeDefined();
  expect(core.asked.find((a) => a.command === 'plan_power')?.input).toEqual({ kind: 'power.restart', instance_ids: [7], origin: 'palette' });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(core.asked.some((a) => a.command === 'plan_dismiss')).toBe(true));
});

it('a server is bought from the palette by the name of its service; when that is not possible it says why', async () => {
  const user = userEvent.setup();
  const create = { kind: 'server.create', target_kind: 'service', impact: 'keep', money: true, typed: false, fields: [{ name: 'display_name', holds: 'text', most: 255, choices: [], required: true }], allowed: true, reason: null };
  const core = start({ palette_search: () => [{ kind: 'service', id: 1107, title: 'kato.example', aside: 'VPS 30', state: 'Pending', hits: [] }], action_kinds: () => [create] });
  await screen.findByRole('navigation', { name: 'Pages' });
  const buy = async () => {
    await user.keyboard('{Control>}k{/Control}buy server kato');
    const option = await screen.findByRole('option', { name: /Buy a server for kato.example/ });
    await waitFor(() => expect(option.getAttribute('aria-selected')).toBe('true'));
    await user.keyboard('{Enter}');
  };
  await buy();
  expect(await screen.findByRole('dialog', { name: 'Buy server: kato.example' })).toBeDefined();
  expect(core.asked.find((a) => a.command === 'action_kinds')?.input).toEqual({ target_kind: 'service', target_id: 1107 });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  core.on('action_kinds', () => [{ ...create, allowed: false, reason: { code: 'guard.has_server', params: { server: '202733917' } } }]);
  await buy();
  expect(await screen.findByText('The service has a server already: 202733917')).toBeDefined();
});

it('a copy under way shows its counts and can be stopped', async () => {
  const user = userEvent.setup();
  const core = start({ sync_stop: () => null });
  await screen.findByRole('navigation', { name: 'Pages' });
  act(() => core.tell('progress', { job: 'sync:invoices', done: 1200, total: 4000, secondsLeft: 40, state: 'running' }));
  expect(screen.getByText(/Copying invoices: 1,200 of 4,000/).textContent).toContain('about 40 s left');
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('30');
  await user.click(screen.getByRole('button', { name: 'Stop copying' }));
  expect(core.asked.some((a) => a.command === 'sync_stop')).toBe(true);
});

it('the theme can be switched from the palette, and is remembered', async () => {
  const user = userEvent.setup();
  start();
  await screen.findByRole('navigation', { name: 'Pages' });
  setPref('theme', 'light');
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('switch the theme{Enter}');
  await waitFor(() => expect(document.documentElement.dataset['mantineColorScheme']).toBe('dark'));
  expect(JSON.parse(localStorage.getItem('rackdesk.prefs') ?? '{}')).toMatchObject({ theme: 'dark' });
});

it('offline is told once, with its cause, and never as an error', async () => {
  start({ status: () => ({ ...status, freshness: [freshness('whmcs'), freshness('contabo', { offline: true, error: appError('timeout') })] }) });
  const strip = await screen.findByText('Contabo cannot be reached.');
  expect(strip.parentElement?.textContent).toContain('No whole answer came in time.');
  expect(screen.getByRole('button', { name: 'Try now' })).toBeDefined();
});

it('without a profile the welcome page is the only place to be', async () => {
  at('/servers');
  start({ app_state: () => ({ version: '0.1.0', profiles: [], current: null, operator: 'ana', keychain: { kind: 'directory' }, problem: null }) });
  await waitFor(() => expect(router.state.location.pathname).toBe('/welcome'));
});

it('a core that does not answer is said, and asked again', async () => {
  const user = userEvent.setup();
  const core = start({ app_state: () => Promise.reject(appError('store_corrupt', { params: { aside: 'acme.db.bad' } })) });
  expect(await screen.findByText('The database is damaged.')).toBeDefined();
  core.on('app_state', () => ({ version: '0.1.0', profiles: [acme], current: acme, operator: 'ana', keychain: { kind: 'directory' }, problem: null }));
  await user.click(screen.getByRole('button', { name: 'Try now' }));
  expect(await screen.findByRole('navigation', { name: 'Pages' })).toBeDefined();
});

it('a plan goes from the button to the queue, and a toast says what is proven', async () => {
  const user = userEvent.setup();
  const plan = restartPlan(2);
  const core = start({ plan_power: () => plan, plan_show: () => plan, plan_approve: () => ({ id: plan.id, action_ids: [11, 12] }) });
  await screen.findByRole('navigation', { name: 'Pages' });
  await act(() => openPowerPlan({ kind: 'power.restart', instance_ids: [1000, 1001], origin: 'servers' }));
  await user.click(await screen.findByRole('button', { name: /Approve 2 restarts/ }));
  expect(await screen.findByText('2 actions queued: Restart 2 servers')).toBeDefined();
  expect(screen.getByText('pending proof')).toBeDefined();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(core.asked.find((a) => a.command === 'plan_approve')?.input).toEqual({ id: 4471, excluded: [], typed: null, delay_seconds: null, overrides: [], by: null, reason: null });
});

it('facts that move while a plan is read stop its approval', async () => {
  const plan = restartPlan(2);
  const core = start({ plan_power: () => plan, plan_show: () => plan });
  await screen.findByRole('navigation', { name: 'Pages' });
  await act(() => openPowerPlan({ kind: 'power.restart', instance_ids: [1000, 1001], origin: 'servers' }));
  await screen.findByText(/still current/);
  core.on('plan_show', () => ({ ...plan, basis: plan.basis.map((b, i) => (i === 0 ? { ...b, version: 'b' } : b)) }));
  act(() => core.tell('tags-changed', { tags: ['servers'] }));
  expect(await screen.findByText('1 row changed, look again')).toBeDefined();
  expect(screen.getByRole('button', { name: /Approve 2 restarts/ }).getAttribute('aria-disabled')).toBe('true');
  await userEvent.setup().keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('at most three messages, and a failure gives way to no success', async () => {
  start();
  await screen.findByRole('navigation', { name: 'Pages' });
  act(() => {
    toast({ look: 'failed', title: 'It failed' });
    for (const n of [1, 2, 3, 4]) toast({ look: 'done', title: `Done ${n}` });
  });
  const region = screen.getByRole('region', { name: 'Messages' });
  expect(within(region).getByText('It failed')).toBeDefined();
  expect(within(region).queryByText('Done 1')).toBeNull();
  expect(within(region).getByText('Done 4')).toBeDefined();
  await userEvent.setup().click(within(region).getByRole('button', { name: 'Dismiss' }));
  expect(within(region).queryByText('It failed')).toBeNull();
});

it('every text on the frame is translated', async () => {
  setPref('language', 'en-XA');
  start();
  await waitFor(() => expect(document.querySelector('nav')?.textContent).toContain('⟦'));
  const plain: string[] = [];
  const walker = document.createTreeWalker(document.querySelector('[class~=window]') as Node, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (!node.parentElement?.closest('main') && /[a-z]{3}/i.test(node.textContent ?? '') && !node.textContent?.includes('⟦') && !['Acme Hosting', 'Ctrl', 'ana'].includes(node.textContent ?? '')) plain.push(node.textContent ?? '');
  expect(plain).toEqual([]);
  setPref('language', 'en');
  await waitFor(() => expect(document.documentElement.lang).toBe('en'));
});

it('a plan that waits for a second person is among the news, and is opened from there', async () => {
  const waiting = restartPlan(2, {}, { state: 'waiting', approvals: [{ by: 'mira', account: null, at: '2026-11-20T13:56:00Z', reason: null, excluded: [], overrides: [] }] });
  start({ plans_waiting: () => [waiting], plan_show: () => waiting });
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: /^What needs you: 2 / }, { timeout: 5000 }));
  await user.click(await screen.findByRole('menuitem', { name: /Restart 2 servers.*waits for a second yes/ }));
  expect(await screen.findByRole('dialog', { name: 'Restart 2 servers' })).toBeDefined();
});
