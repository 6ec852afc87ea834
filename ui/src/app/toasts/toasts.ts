import { createStore } from '@/store';

/** What a toast says. It never carries news that is not also in the queue or in the view. */
export interface ToastInput {
  look: 'done' | 'pending' | 'unknown' | 'failed' | 'info';
  title: string;
  /** The proof, or that it is still missing. */
  detail?: string;
  action?: { label: string; run: () => void };
  /** Undo with the seconds it is offered. */
  undo?: { label: string; seconds: number; run: () => void };
}

export interface Toast extends ToastInput {
  id: number;
  shownAt: number;
}

const MOST = 3;
export const toasts = createStore<readonly Toast[]>([]);
let nextId = 1;

/** Whether it stays until a person dismisses it. */
export function stays(toast: ToastInput): boolean {
  return toast.look === 'failed' || toast.look === 'unknown';
}

/** Shows a toast. Beyond three, the oldest that may go goes first; failures give way only to newer failures. */
export function toast(input: ToastInput): number {
  const id = nextId++;
  toasts.set((before) => {
    const all: Toast[] = [...before, { ...input, id, shownAt: Date.now() }];
    while (all.length > MOST) {
      const passing = all.findIndex((t, i) => !stays(t) && i < all.length - 1);
      all.splice(passing === -1 ? 0 : passing, 1);
    }
    return all;
  });
  return id;
}

/** Toasts that promise a proof, by the action they wait for: its result takes their place. */
const promised = new Map<number, number>();

export function promiseOf(action: number, id: number): void {
  promised.set(action, id);
}

export function keepPromise(action: number): void {
  const id = promised.get(action);
  if (id === undefined) return;
  promised.delete(action);
  // One toast may wait for many: it goes with the last of them.
  if (![...promised.values()].includes(id)) dismissToast(id);
}

export function dismissToast(id: number): void {
  toasts.set((before) => before.filter((t) => t.id !== id));
}
