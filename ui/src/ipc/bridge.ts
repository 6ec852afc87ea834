/**
 * The same interface in a plain browser, against the real core: `rackdeskctl bridge` serves the built files and the
 * commands on loopback. This stands in for the object that Tauri puts into its own windows.
 */
type Callback = (payload: unknown) => void;

interface Internals {
  /** Not a window of the desktop: no dialogs of the system. */
  bridge?: true;
  invoke(command: string, args?: Record<string, unknown>): Promise<unknown>;
  transformCallback(callback: Callback, once?: boolean): number;
  unregisterCallback(id: number): void;
  runCallback(id: number, payload: unknown): void;
  callbacks: Map<number, Callback>;
  convertFileSrc(path: string): string;
  metadata: { currentWindow: { label: string }; currentWebview: { windowLabel: string; label: string } };
}

interface BridgeWindow {
  __TAURI_INTERNALS__?: unknown;
  __TAURI_EVENT_PLUGIN_INTERNALS__?: { unregisterListener(event: string, id: number): void };
}

export interface BridgeAddress {
  base: string;
  token: string;
}

/** Where the bridge is, read from the address: `?token=…`, and `&bridge=PORT` when another server shows the files. */
export function bridgeAddress(at: Location): BridgeAddress | null {
  const params = new URLSearchParams(at.search);
  const token = params.get('token');
  if (!token) return null;
  const port = params.get('bridge');
  return { base: port && /^\d+$/.test(port) ? `http://127.0.0.1:${port}` : at.origin, token };
}

function hideToken(): void {
  const url = new URL(window.location.href);
  url.searchParams.delete('token');
  url.searchParams.delete('bridge');
  window.history.replaceState(window.history.state, '', url);
}

async function post(address: BridgeAddress, command: string, args: unknown): Promise<unknown> {
  const reply = await fetch(`${address.base}/ipc/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-bridge-token': address.token },
    body: JSON.stringify(args ?? {}),
  });
  const text = await reply.text();
  const body: unknown = text === '' ? null : JSON.parse(text);
  // A refusal of the core is data that the caller switches on; only a broken bridge is a fault.
  if (!reply.ok) throw typeof body === 'object' && body !== null && 'code' in body ? body : new Error(`bridge: ${reply.status}`);
  return body;
}

/** Makes the object; apart from `installBridge` so that a test can hold it. */
export function bridgeInternals(address: BridgeAddress, openEvents: (url: string) => EventSource): Internals {
  const callbacks = new Map<number, Callback>();
  const listeners = new Map<number, { event: string; handler: number }>();
  let nextId = 1;
  let source: EventSource | null = null;
  const subscribed = new Set<string>();

  function deliver(event: string, payload: unknown): void {
    for (const [id, listener] of listeners) {
      if (listener.event === event) callbacks.get(listener.handler)?.({ event, id, payload });
    }
  }
  function subscribe(event: string): void {
    source ??= openEvents(`${address.base}/events?token=${encodeURIComponent(address.token)}`);
    if (subscribed.has(event)) return;
    subscribed.add(event);
    source.addEventListener(event, (message) => deliver(event, JSON.parse((message as MessageEvent<string>).data)));
  }

  return {
    bridge: true,
    callbacks,
    metadata: { currentWindow: { label: 'main' }, currentWebview: { windowLabel: 'main', label: 'main' } },
    convertFileSrc: (path) => path,
    transformCallback(callback, once = false) {
      const id = nextId++;
      callbacks.set(id, (payload) => {
        if (once) callbacks.delete(id);
        callback(payload);
      });
      return id;
    },
    unregisterCallback: (id) => void callbacks.delete(id),
    runCallback: (id, payload) => callbacks.get(id)?.(payload),
    async invoke(command, args = {}) {
      if (command === 'plugin:event|listen') {
        const id = nextId++;
        const event = String(args['event']);
        listeners.set(id, { event, handler: Number(args['handler']) });
        subscribe(event);
        return id;
      }
      if (command === 'plugin:event|unlisten') {
        listeners.delete(Number(args['eventId']));
        return null;
      }
      if (command.startsWith('plugin:')) throw new Error(`${command} is not there in a browser`);
      return post(address, command, args);
    },
  };
}

/** Whether this page runs in the real window. */
export function inWindow(): boolean {
  return '__TAURI_INTERNALS__' in window;
}

/** Puts the stand-in in place when there is a bridge. Answers whether the core can be reached at all. */
export function installBridge(): boolean {
  if (inWindow()) return true;
  const address = bridgeAddress(window.location);
  if (!address) return false;
  hideToken();
  const holder = window as unknown as BridgeWindow;
  holder.__TAURI_INTERNALS__ = bridgeInternals(address, (url) => new EventSource(url));
  holder.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => undefined };
  return true;
}
