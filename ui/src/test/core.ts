import { afterEach } from 'vitest';
import type { AppError } from '@/ipc';

type Answer = (input: never) => unknown;

/** A stand-in for the core: answers commands by name, tells events, and remembers what was asked. */
export interface FakeCore {
  asked: { command: string; input: unknown }[];
  on: (command: string, answer: Answer) => void;
  tell: (event: string, payload: unknown) => void;
}

export function appError(code: AppError['code'], more: Partial<AppError> = {}): AppError {
  return { code, message: `test: ${code}`, hint: null, retryable: false, requestId: null, params: {}, ...more };
}

const holder = window as unknown as Record<string, unknown>;

export function fakeCore(answers: Record<string, Answer> = {}): FakeCore {
  const known = new Map(Object.entries(answers));
  const callbacks = new Map<number, (payload: unknown) => void>();
  const listeners = new Map<number, { event: string; handler: number }>();
  let nextId = 1;
  const core: FakeCore = {
    asked: [],
    on: (command, answer) => void known.set(command, answer),
    tell(event, payload) {
      for (const [id, listener] of listeners) if (listener.event === event) callbacks.get(listener.handler)?.({ event, id, payload });
    },
  };
  holder['__TAURI_INTERNALS__'] = {
    metadata: { currentWindow: { label: 'main' }, currentWebview: { windowLabel: 'main', label: 'main' } },
    transformCallback(callback: (payload: unknown) => void) {
      callbacks.set(nextId, callback);
      return nextId++;
    },
    unregisterCallback: (id: number) => callbacks.delete(id),
    async invoke(command: string, args: Record<string, unknown> = {}) {
      if (command === 'plugin:event|listen') {
        listeners.set(nextId, { event: String(args['event']), handler: Number(args['handler']) });
        return nextId++;
      }
      if (command === 'plugin:event|unlisten') return void listeners.delete(Number(args['eventId']));
      core.asked.push({ command, input: args['input'] });
      const answer = known.get(command);
      // A question nobody prepared is a fault of the test, and must be loud.
      if (!answer) throw appError('internal', { message: `nobody answers ${command}` });
      return answer(args['input'] as never);
    },
  };
  holder['__TAURI_EVENT_PLUGIN_INTERNALS__'] = { unregisterListener: (_event: string, id: number) => listeners.delete(id) };
  return core;
}

afterEach(() => {
  delete holder['__TAURI_INTERNALS__'];
});
