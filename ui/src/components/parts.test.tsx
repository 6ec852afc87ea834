import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { IconPower, IconServer2 } from '@tabler/icons-react';
import { expect, it, vi } from 'vitest';
import { en } from '@/app/i18n/resources';
import type { ProviderFreshness } from '@/ipc';
import { appError } from '@/test/core';
import { expectAccessible, show } from '@/test/render';
import {
  ActionButton, ActionMenu, CodeBlock, CopyId, Drawer, EffectTag, EmptyState, ErrorStrip, Field, FilterBar, Freshness, FormShell, Keys, KeyValue, Money, MoneySum,
  NothingMatches, PageHeader, phraseText, RelativeTime, SavedViews, SecretField, Section, Sparkbars, StatePill, Timeline, timelineItems,
} from '.';
import { indent } from './CodeBlock';
import { freshnessKind } from './Freshness';
import { states } from './states';

it('every state has a word, and every word a state', () => {
  for (const [area, known] of Object.entries(states)) expect(Object.keys(en.states[area as 'server']).sort(), area).toEqual(Object.keys(known).sort());
});

it('a state is an icon and a word; one that waits for a person is on a tint', async () => {
  const { container } = show(
    <>
      <StatePill area="server" state="running" />
      <StatePill area="action" state="unknown" />
      <StatePill area="ticket" state="Customer-Reply" />
      <StatePill area="server" state="half_cooked" />
      <StatePill area="server" state="ending" values={{ date: '28 Nov' }} />
      <EffectTag effect="blocked" why="policy “db-*: never”" />
      <Money value={{ amount: '-2.10', currency: 'EUR' }} tone="bad" />
      <MoneySum values={[{ amount: '1', currency: 'USD' }, { amount: '2', currency: 'CAD' }]} />
      <Keys keys="mod+Enter" />
    </>,
  );
  expect(container.querySelector('[data-state=running]')?.className).toContain('quiet');
  expect(container.querySelector('[data-state=unknown]')?.className).toContain('tinted');
  expect(screen.getByText('customer replied')).toBeDefined();
  // A word nobody told us about is shown as it came.
  expect(screen.getByText('half_cooked')).toBeDefined();
  expect(screen.getByText('ends 28 Nov')).toBeDefined();
  expect(screen.getByText('US$1.00')).toBeDefined();
  await expectAccessible();
});

it('an id is shortened, shown whole on hover, and copied by a click', async () => {
  const user = userEvent.setup();
  show(<CopyId value="7c1e40b2-88d5-4f06-a1c9-2be7700d9f3d" short />);
  expect(screen.getByText('7c1e…9f3d')).toBeDefined();
  await user.click(screen.getByRole('button', { name: /^Copy 7c1e40b2/ }));
  expect(await navigator.clipboard.readText()).toBe('7c1e40b2-88d5-4f06-a1c9-2be7700d9f3d');
  await expectAccessible();
});

it('an age moves with the clock and names the day after a month', () => {
  vi.useFakeTimers({ now: new Date('2026-11-20T12:00:00Z') });
  show(
    <>
      <RelativeTime at="2026-11-20T11:59:40Z" />
      <RelativeTime at="2026-11-20T09:00:00Z" />
      <RelativeTime at="2026-11-28T12:00:00Z" />
      <RelativeTime at="2025-03-03T12:00:00Z" />
      <RelativeTime at="not a time" />
    </>,
  );
  for (const words of ['just now', '3 h ago', 'in 8 d', '3 Mar 2025', 'not a time']) expect(screen.getByText(words)).toBeDefined();
  vi.useRealTimers();
});

const fresh = (more: Partial<ProviderFreshness>): ProviderFreshness => ({
  provider: 'contabo', as_of: null, last_answer: null, syncing: false, offline: false, error: null, next_try: null, kinds: [], ...more,
});

it('freshness is live, old, copying, offline or not there yet', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const at = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  expect(freshnessKind(fresh({ as_of: at(5), last_answer: at(5) }), now, now - 60_000)).toBe('live');
  // What answered only before this window began to look may be gone by now.
  expect(freshnessKind(fresh({ as_of: at(30), last_answer: at(30) }), now, now - 10_000)).toBe('asOf');
  expect(freshnessKind(fresh({ as_of: at(600) }), now)).toBe('asOf');
  expect(freshnessKind(fresh({ as_of: at(5), offline: true }), now)).toBe('offline');
  expect(freshnessKind(fresh({ syncing: true }), now)).toBe('copying');
  expect(freshnessKind(fresh({}), now)).toBe('never');
  show(<Freshness of={fresh({ syncing: true })} job={{ job: 'sync:instances', done: 412, total: 1284, secondsLeft: 40, state: 'running' }} />);
  expect(screen.getByText(/First copy: 412 of 1,284/)).toBeDefined();
  expect(screen.getByText('about 40 s left')).toBeDefined();
});

it('a disabled action keeps its place and says why', async () => {
  const run = vi.fn();
  const user = userEvent.setup();
  show(
    <>
      <ActionMenu actions={[{ id: 'start', label: 'Start', icon: IconPower, disabled: 'It runs already', run }, 'divider', { id: 'stop', label: 'Shut down', effect: 'restart', run }]} />
      <ActionButton action={{ id: 'x', label: 'Start now', disabled: 'It runs already', run }} />
    </>,
  );
  await user.click(screen.getByRole('button', { name: 'Start now' }));
  expect(run).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'More actions' }));
  const item = await screen.findByRole('menuitem', { name: /Start/ });
  expect(item.textContent).toContain('It runs already');
  await user.click(item);
  expect(run).not.toHaveBeenCalled();
  await expectAccessible();
  await user.click(screen.getByRole('menuitem', { name: /Shut down/ }));
  expect(run).toHaveBeenCalledOnce();
});

it('lists say what would be here, which filter to drop, and why they are old', async () => {
  const drop = vi.fn();
  const user = userEvent.setup();
  const fields = [{ field: 'region', label: 'Region', kind: 'choice' as const }, { field: 'state', label: 'State', kind: 'choice' as const }];
  const filters = [{ field: 'region', op: 'is' as const, values: ['AUS'] }, { field: 'state', op: 'is' as const, values: ['stopped'] }];
  const { container } = show(
    <>
      <EmptyState icon={IconServer2} title="No servers yet" text="They appear by themselves." />
      <NothingMatches things="servers" all={1284} fields={fields} filters={filters} without={{ region: 3, state: 14 }} onDrop={drop} onClear={() => undefined} />
      <ErrorStrip error={appError('timeout', { retryable: true, requestId: 'r1' })} rowsFrom={{ provider: 'Contabo', at: '2026-11-20T11:04:00Z' }} onRetry={() => undefined} onShowRequest={() => undefined} />
    </>,
  );
  expect(screen.getByText('None of 1,284 servers match')).toBeDefined();
  expect(container.textContent).toContain('Without Region is AUS there would be 3. Without State is stopped there would be 14.');
  // The one that brings the most rows is offered.
  await user.click(screen.getByRole('button', { name: 'Drop “State is stopped”' }));
  expect(drop).toHaveBeenCalledWith(filters[1]);
  expect(container.textContent).toContain('Contabo does not answer. These rows are from');
  expect(container.textContent).toContain('No whole answer came in time.');
  await expectAccessible();
});

it('filters wait for the fingers to rest, and chips are edited in place', async () => {
  const onText = vi.fn();
  const onFilters = vi.fn();
  const user = userEvent.setup();
  show(
    <FilterBar
      text="" onText={onText} placeholder="Name, IP" filters={[{ field: 'region', op: 'is', values: ['EU'] }]} onFilters={onFilters} count={{ matching: 1284, all: 1312 }}
      fields={[{ field: 'region', label: 'Region', kind: 'choice', options: [{ value: 'EU', label: 'Europe', count: 900 }, { value: 'SIN', label: 'Singapore', count: 118 }] }, { field: 'price', label: 'Price', kind: 'money' }]}
    />,
  );
  expect(screen.getByText('1,284 of 1,312')).toBeDefined();
  await user.keyboard('/');
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Quick filter' }));
  await user.keyboard('web');
  expect(onText).not.toHaveBeenCalled();
  await waitFor(() => expect(onText).toHaveBeenCalledWith('web'));
  expect(onText).toHaveBeenCalledOnce();
  await user.click(screen.getByRole('button', { name: /Change the filter Region/ }));
  await user.click(await screen.findByRole('checkbox', { name: /Singapore/ }));
  expect(onFilters).toHaveBeenLastCalledWith([{ field: 'region', op: 'is', values: ['EU', 'SIN'] }]);
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Remove the filter Region' }));
  expect(onFilters).toHaveBeenLastCalledWith([]);
});

it('a new filter opens its editor at once', async () => {
  const onFilters = vi.fn();
  const user = userEvent.setup();
  show(<FilterBar text="" onText={() => undefined} placeholder="x" filters={[]} onFilters={onFilters} fields={[{ field: 'price', label: 'Price', kind: 'money', unit: 'EUR' }]} />);
  await user.click(screen.getByRole('button', { name: 'Filter' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Price' }));
  await user.type(await screen.findByRole('textbox', { name: 'Value' }), '5.00{Enter}');
  expect(onFilters).toHaveBeenCalledWith([{ field: 'price', op: 'over', values: ['5.00'] }]);
});

it('views are tabs that arrows walk', async () => {
  const choose = vi.fn();
  const user = userEvent.setup();
  const views = [{ id: 'all', label: 'All', count: 9 }, { id: 'eu', label: 'Europe' }];
  show(<SavedViews views={views} current={undefined} onChoose={choose} onSave={() => undefined} />);
  screen.getByRole('tab', { name: /All/ }).focus();
  await user.keyboard('{ArrowRight}');
  expect(choose).toHaveBeenCalledWith(views[1]);
  await expectAccessible();
});

it('a drawer says what it is, and Escape closes it', async () => {
  const close = vi.fn();
  show(
    <main>
      <PageHeader title="Queue" count="24 open" facts={[<span key="a">a</span>]} />
      <Drawer title="Restart vps-1" state={<StatePill area="action" state="unknown" />} about="A-90418" onClose={close} footer={<span>foot</span>}>
        <Section title="Evidence" aside="2 rows">
          <KeyValue facts={[{ label: 'Request id', value: <CopyId value="abc" /> }]} ruled />
        </Section>
      </Drawer>
    </main>,
  );
  expect(screen.getByRole('complementary', { name: 'Restart vps-1' })).toBeDefined();
  await expectAccessible();
  await userEvent.setup().keyboard('{Escape}');
  expect(close).toHaveBeenCalledOnce();
});

it('a timeline tells days, and what the core says in the reader’s words', async () => {
  const entry = (at: string, code: string, params: Record<string, string> = {}) => ({ at, title: { code, params }, lines: [], tone: 'ok' as const, source: 'action', action_id: 1, request_id: 'r-1' });
  show(<Timeline items={timelineItems([entry('2026-11-20T14:02:00Z', 'timeline.action.succeeded', { kind: 'power.restart' }), entry('2026-11-18T10:00:00Z', 'made.up', { x: 'kept' })])} />);
  expect(screen.getByText('Restart done')).toBeDefined();
  expect(screen.getByText('made.up · kept')).toBeDefined();
  expect(screen.getAllByRole('heading')).toHaveLength(2);
  await expectAccessible();
});

it('foreign words in a phrase are never taken for a template', () => {
  const foreign = '{{provider}} $t(common:cancel) <script>';
  expect(phraseText({ code: 'fault.rejected', params: { provider: 'Contabo', text: foreign } })).toContain(foreign);
});

it('fields say what is wrong in place of the help, and secrets where they are kept', async () => {
  const submit = vi.fn();
  const user = userEvent.setup();
  const view = show(
    <FormShell title="WHMCS" intro="An API credential." onSubmit={submit} submit={<button type="submit">Continue</button>} waits="opens when the test passes">
      <Field label="Address" help="The site or the full path" />
      <Field label="Snapshot name" help="never shown" error="No “/”: letters, digits, dash" />
      <SecretField label="Secret" kept />
    </FormShell>,
  );
  const secret = screen.getByLabelText('Secret');
  expect(secret.getAttribute('type')).toBe('password');
  expect(secret.getAttribute('autocomplete')).toBe('off');
  expect(view.container.textContent).toContain('keychain');
  expect(view.container.textContent).not.toContain('never shown');
  expect(screen.getByLabelText('Snapshot name').getAttribute('aria-invalid')).toBe('true');
  await expectAccessible();
  await user.type(screen.getByLabelText('Address'), 'x{Enter}');
  expect(submit).toHaveBeenCalledOnce();
});

it('code is set out, hidden values are marked, and nothing in it is run', async () => {
  const { container } = show(<CodeBlock label="Reply" language="json" mark="202718441" text='{"customerId":"[redacted]","instanceId":202718441,"note":"<img src=x onerror=alert(1)>"}' />);
  expect(screen.getByText('redacted').className).toContain('hidden');
  expect(screen.getByText('202718441').className).toContain('mark');
  expect(container.querySelector('img')).toBeNull();
  expect(container.textContent).toContain('"note": "<img src=x onerror=alert(1)>"');
  await expectAccessible();
});

it('a reply that was cut off is set out as far as it goes', () => {
  expect(indent('{"a":[1,{"b":"x,{y"}],"c":{},"d":"cut of')).toBe('{\n  "a": [\n    1,\n    {\n      "b": "x,{y"\n    }\n  ],\n  "c": {},\n  "d": "cut of');
});

it('what is no JSON is shown as it came, also when it is huge', () => {
  show(<CodeBlock label="Reply" language="json" text={`<html>${'x'.repeat(300_000)}`} />);
  expect(screen.getByRole('region', { name: 'Reply' }).textContent?.length).toBe(300_006);
});

it('bars say in words what they show', async () => {
  const choose = vi.fn();
  show(<Sparkbars label="Calls" bars={[{ from: 'a', all: 10, bad: 1 }, { from: 'b', all: 0, bad: 0 }]} describe={(bar) => `${bar.from}: ${bar.all}, ${bar.bad} failed`} onChoose={choose} ticks={['08:00', '14:00']} />);
  await userEvent.setup().click(screen.getByRole('button', { name: 'a: 10, 1 failed' }));
  expect(choose).toHaveBeenCalledOnce();
  await expectAccessible();
});
