import { act, renderHook, waitFor } from '@testing-library/react';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { expect, it, vi } from 'vitest';
import { appError, fakeCore } from '@/test/core';
import { asCallError, CallError, createQueryClient, listenToCore, progress, useCommand, useWindow, useWrite } from '.';
import { throttledTags } from './events';

function withClient() {
  const client = createQueryClient();
  return { client, wrapper: ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider> };
}

const row = (id: number) => ({ id, name: `server ${id}` });

it('asks again what shows a changed tag, and nothing else', async () => {
  const core = fakeCore({ status: () => ({ needs_you: 1 }), preferences: () => ({ values: {} }) });
  const { client, wrapper } = withClient();
  const stop = listenToCore(client);
  const view = renderHook(() => [useCommand('status'), useCommand('preferences')] as const, { wrapper });
  await waitFor(() => expect(view.result.current[0].data?.needs_you).toBe(1));
  await waitFor(() => expect(view.result.current[1].data).toBeDefined());
  core.on('status', () => ({ needs_you: 2 }));
  act(() => core.tell('tags-changed', { tags: ['queue'] }));
  await waitFor(() => expect(view.result.current[0].data?.needs_you).toBe(2));
  expect(core.asked.filter((a) => a.command === 'preferences')).toHaveLength(1);
  stop();
});

it('keeps the last good answer when a newer one fails', async () => {
  const core = fakeCore({ status: () => ({ needs_you: 1 }) });
  const { wrapper } = withClient();
  const view = renderHook(() => useCommand('status'), { wrapper });
  await waitFor(() => expect(view.result.current.data).toBeDefined());
  core.on('status', () => Promise.reject(appError('store_failed', { params: { path: 'x' } })));
  act(() => view.result.current.again());
  await waitFor(() => expect(view.result.current.error).toBeInstanceOf(CallError));
  expect(view.result.current.error?.code).toBe('store_failed');
  expect(view.result.current.data?.needs_you).toBe(1);
});

it('does not show one record under the name of another', async () => {
  fakeCore({ server_page: ({ id }: { id: number }) => (id === 1 ? { row: row(1) } : new Promise(() => undefined)) });
  const { wrapper } = withClient();
  const view = renderHook(({ id }) => useCommand('serverPage', { id }, { fresh: true }), { wrapper, initialProps: { id: 1 } });
  await waitFor(() => expect(view.result.current.data).toBeDefined());
  view.rerender({ id: 2 });
  expect(view.result.current.data).toBeUndefined();
  expect(view.result.current.loading).toBe(true);
});

it('reads a list window by window, and keeps old rows while a new question is answered', async () => {
  const all = Array.from({ length: 250 }, (_, i) => row(i));
  let hold: (() => void) | null = null;
  const core = fakeCore({
    servers_window: ({ after, limit, text }: { after: string | null; limit: number; text: string }) => {
      const from = Number(after ?? 0);
      const answer = text === '' ? { rows: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null } : { rows: [row(7)], next: null };
      return text === '' ? answer : new Promise((resolve) => (hold = () => resolve(answer)));
    },
  });
  const { wrapper } = withClient();
  const view = renderHook(({ text }) => useWindow('serversWindow', { text, filters: [], sort: null }), { wrapper, initialProps: { text: '' } });
  expect(view.result.current.state).toBe('loading');
  await waitFor(() => expect(view.result.current.rows).toHaveLength(100));
  act(() => view.result.current.loadMore());
  await waitFor(() => expect(view.result.current.rows).toHaveLength(200));
  act(() => view.result.current.loadMore());
  await waitFor(() => expect(view.result.current.rows).toHaveLength(250));
  expect(view.result.current.more).toBe(false);
  expect(core.asked.map((a) => (a.input as { after: string | null }).after)).toEqual([null, '100', '200']);

  view.rerender({ text: 'web' });
  await waitFor(() => expect(hold).not.toBeNull());
  expect(view.result.current.rows).toHaveLength(250);
  expect(view.result.current.refreshing).toBe(true);
  act(() => hold?.());
  await waitFor(() => expect(view.result.current.rows).toHaveLength(1));
});

it('shows no row of one company under the name of another', async () => {
  let open = 'acme';
  const core = fakeCore({
    app_state: () => ({ current: { id: open } }),
    status: () => (open === 'acme' ? { needs_you: 7 } : new Promise(() => undefined)),
    servers_window: () => (open === 'acme' ? { rows: [row(1)], next: null } : new Promise(() => undefined)),
  });
  const { client, wrapper } = withClient();
  const stop = listenToCore(client);
  const view = renderHook(() => ({ app: useCommand('appState'), status: useCommand('status'), list: useWindow('serversWindow', { text: '', filters: [], sort: null }) }), { wrapper });
  await waitFor(() => expect(view.result.current.list.rows).toHaveLength(1));
  await waitFor(() => expect(view.result.current.status.data?.needs_you).toBe(7));
  open = 'fjord';
  act(() => core.tell('tags-changed', { tags: ['profiles'] }));
  await waitFor(() => expect(view.result.current.app.data?.current?.id).toBe('fjord'));
  expect(view.result.current.list.rows).toEqual([]);
  expect(view.result.current.list.state).toBe('loading');
  expect(view.result.current.status.data).toBeUndefined();
  stop();
});

it('a write answers or throws what the core said', async () => {
  const core = fakeCore({ queue_switch: () => null });
  const { wrapper } = withClient();
  const view = renderHook(() => useWrite('queueSwitch'), { wrapper });
  await act(async () => expect(await view.result.current.write({ switch: 'pause' })).toBeNull());
  core.on('queue_switch', () => Promise.reject(appError('another_worker')));
  await act(async () => {
    await expect(view.result.current.write({ switch: 'resume' })).rejects.toMatchObject({ code: 'another_worker', name: 'CallError' });
  });
  expect(view.result.current.error?.code).toBe('another_worker');
});

it('a broken line is an error like any other', () => {
  expect(asCallError(new TypeError('Failed to fetch'))).toMatchObject({ code: 'internal', message: 'Failed to fetch' });
});

it('many changes are told together', () => {
  vi.useFakeTimers();
  const told: string[][] = [];
  const tell = throttledTags((tags) => told.push([...tags].sort()), 100);
  tell(['queue']);
  tell(['queue', 'servers']);
  tell(['log']);
  expect(told).toEqual([['queue']]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([['queue'], ['log', 'queue', 'servers']]);
  vi.advanceTimersByTime(1000);
  tell(['log']);
  expect(told).toHaveLength(3);
  vi.useRealTimers();
});

it('progress is kept by job and leaves a moment after its end', async () => {
  const core = fakeCore();
  const stop = listenToCore(createQueryClient());
  await Promise.resolve();
  const job = { job: 'sync:invoices', done: 40, total: 100, secondsLeft: 12, state: 'running' as const };
  vi.useFakeTimers();
  core.tell('progress', job);
  expect(progress.get().get('sync:invoices')?.done).toBe(40);
  core.tell('progress', { ...job, done: 100, state: 'done' });
  expect(progress.get().get('sync:invoices')?.state).toBe('done');
  vi.advanceTimersByTime(5000);
  expect(progress.get().size).toBe(0);
  vi.useRealTimers();
  stop();
});
