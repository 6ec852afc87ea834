import { openProfile } from '@/ipc';
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
  /** Whose desk it is about: `openProfile` as it was before asking, where asking takes time. */
  profile?: string;
}

export interface Toast extends ToastInput {
  id: number;
  shownAt: number;
  profile: string;
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
  const now = openProfile.get();
  const { action, undo, profile = now, ...said } = input;
  // What came about at another desk is said, but nothing is offered here: it would be done here.
  const offers = profile === now ? { ...(action ? { action } : {}), ...(undo ? { undo } : {}) } : {};
  toasts.set((before) => {
    const all: Toast[] = [...before, { ...said, ...offers, id, shownAt: Date.now(), profile }];
    while (all.length > MOST) {
      const passing = all.findIndex((t, i) => !stays(t) && i < all.length - 1);
      all.splice(passing === -1 ? 0 : passing, 1);
    }
    return all;
  });
  return id;
}

/** Takes away what offers something: another desk is about to be opened. */
export function withdrawOffers(): void {
  toasts.set((before) => (before.some((t) => t.action ?? t.undo) ? before.filter((t) => !(t.action ?? t.undo)) : before));
}

// The core may open another desk by itself. At the start it only becomes known which one is open.
let desk = openProfile.get();
openProfile.watch(() => {
  const before = desk;
  desk = openProfile.get();
  if (before !== '' && before !== desk) withdrawOffers();
});

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
