import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { afterEach, expect, it, vi } from 'vitest';
import { bridgeAddress, bridgeInternals, installBridge } from './bridge';

afterEach(() => {
  vi.unstubAllGlobals();
  delete (window as unknown as Record<string, unknown>)['__TAURI_INTERNALS__'];
  window.history.replaceState(null, '', '/');
});

it('finds its address, and only with a token', () => {
  expect(bridgeAddress(new URL('http://127.0.0.1:8080/?token=abc') as unknown as Location)).toEqual({ base: 'http://127.0.0.1:8080', token: 'abc' });
  expect(bridgeAddress(new URL('http://127.0.0.1:5173/?token=abc&bridge=9000') as unknown as Location)).toEqual({ base: 'http://127.0.0.1:9000', token: 'abc' });
  // Another host must never be named by the address.
  expect(bridgeAddress(new URL('http://127.0.0.1:5173/?token=abc&bridge=evil.example') as unknown as Location)?.base).toBe('http://127.0.0.1:5173');
  expect(bridgeAddress(new URL('http://127.0.0.1:5173/') as unknown as Location)).toBeNull();
});

it('carries calls with the token in a header and takes the token out of the address', async () => {
  window.history.replaceState(null, '', '/?token=s3cret#/servers');
  const asked: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return new Response(JSON.stringify({ id: 7 }), { status: 200 });
  });
  expect(installBridge()).toBe(true);
  expect(window.location.href).not.toContain('s3cret');
  expect(window.location.hash).toBe('#/servers');
  expect(await invoke('plan_show', { input: { id: 7 } })).toEqual({ id: 7 });
  expect(asked[0]?.url).toBe(`${window.location.origin}/ipc/plan_show`);
  expect(asked[0]?.init.headers).toMatchObject({ 'x-bridge-token': 's3cret' });
  expect(asked[0]?.init.body).toBe('{"input":{"id":7}}');
});

it('hands on the refusal of the core, and tells a broken bridge apart', async () => {
  const internals = bridgeInternals({ base: 'http://127.0.0.1:1', token: 't' }, () => new EventTarget() as EventSource);
  vi.stubGlobal('fetch', async () => new Response('{"code":"no_profile","message":"x"}', { status: 422 }));
  await expect(internals.invoke('status')).rejects.toMatchObject({ code: 'no_profile' });
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 401 }));
  await expect(internals.invoke('status')).rejects.toThrow('bridge: 401');
});

it('delivers events to those who listen, until they stop', async () => {
  const source = new EventTarget();
  let opened = '';
  (window as unknown as Record<string, unknown>)['__TAURI_INTERNALS__'] = bridgeInternals({ base: 'http://b', token: 't&1' }, (url) => {
    opened = url;
    return source as EventSource;
  });
  (window as unknown as Record<string, unknown>)['__TAURI_EVENT_PLUGIN_INTERNALS__'] = { unregisterListener: () => undefined };
  const heard: unknown[] = [];
  const stop = await listen('tags-changed', (event) => heard.push(event.payload));
  expect(opened).toBe('http://b/events?token=t%261');
  source.dispatchEvent(new MessageEvent('tags-changed', { data: '{"tags":["queue"]}' }));
  expect(heard).toEqual([{ tags: ['queue'] }]);
  await stop();
  source.dispatchEvent(new MessageEvent('tags-changed', { data: '{"tags":["log"]}' }));
  expect(heard).toHaveLength(1);
});
