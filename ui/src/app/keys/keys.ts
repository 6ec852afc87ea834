import { useEffect } from 'react';
import { createStore } from '@/store';
import { useLatest } from '@/useLatest';

/**
 * The keyboard layer. Each view registers its keys while it is mounted; the newest view is asked first, and a modal one
 * (dialog, palette) hides everything below it. `?` lists what is registered, so a key that works is a key that is shown.
 */
export interface KeyBinding {
  /** `g c`, `mod+k`, `shift+r`, `?`, `Escape`, `ArrowDown`. `mod` is Ctrl, or Cmd on a Mac. */
  keys: string;
  /** What it does, translated. Without one the key is not listed. */
  label?: string;
  /** Its counterpart, listed beside it: `k` of `j`. */
  and?: string;
  run: (event: KeyboardEvent) => void;
  /** Also while a person types in a field. */
  inFields?: boolean;
  disabled?: boolean;
  /** Whether this event is meant for it; when not, the next view is asked. */
  when?: (event: KeyboardEvent) => boolean;
}

export interface KeyScope {
  title: string;
  modal: boolean;
  bindings: readonly KeyBinding[];
}

interface Registered {
  id: number;
  current: () => KeyScope;
}

const scopes = createStore<readonly Registered[]>([]);
let nextId = 1;
let pending: { first: string; until: number } | null = null;
const SEQUENCE_MS = 1200;

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

function pressed(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('mod');
  if (event.altKey) parts.push('alt');
  // Shift is part of the character for signs such as `?`, and a modifier for letters and named keys.
  if (event.shiftKey && (key.length > 1 || key.toLowerCase() !== key.toUpperCase())) parts.push('shift');
  parts.push(key.length === 1 ? key.toLowerCase() : key);
  return parts.join('+');
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button])'))
  );
}

/** In an open menu, popover or list of choices Escape closes it and nothing else. */
function inFloating(target: EventTarget | null): boolean {
  return target instanceof Element && (listWasOpen || target.closest('.mantine-Menu-dropdown, .mantine-Popover-dropdown') !== null);
}

/** Looked at before the field itself hears the key: by the time it comes here the list is closed. */
let listWasOpen = false;
function beforeField(event: KeyboardEvent): void {
  if (!(event.target instanceof Element)) return;
  // The palette is a list itself, and Escape leaves it: only fields that open one are meant.
  const opens = event.target.matches('[class*="mantine-"][aria-haspopup=listbox]');
  listWasOpen = opens && event.target.getAttribute('aria-expanded') === 'true';
  // A list of choices takes every Enter for its own; the one with Ctrl belongs to the form.
  if (opens && pressed(event) === 'mod+Enter' && dispatchKey(event)) event.stopPropagation();
}

/** Runs the binding for this event; answers whether one did. */
export function dispatchKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  const combo = pressed(event);
  if (combo === 'Escape' && inFloating(event.target)) return false;
  const typing = isField(event.target);
  const now = Date.now();
  const sequence = pending && pending.until > now ? `${pending.first} ${combo}` : null;
  pending = null;
  // A stroke that ends a sequence belongs to it, whatever the view does with the letter alone.
  if (sequence && runBinding(sequence, event, typing)) return true;
  if (runBinding(combo, event, typing)) return true;
  if (startsSequence(combo, typing)) pending = { first: combo, until: now + SEQUENCE_MS };
  return false;
}

/** The scopes a key can reach: newest first, nothing below a modal one. */
function reachable(): KeyScope[] {
  const all = scopes.get().toReversed().map((registered) => registered.current());
  const modal = all.findIndex((scope) => scope.modal);
  return modal < 0 ? all : all.slice(0, modal + 1);
}

function bindingsFor(typing: boolean): KeyBinding[] {
  return reachable().flatMap((scope) => scope.bindings.filter((b) => !b.disabled && (!typing || b.inFields)));
}

function runBinding(keys: string, event: KeyboardEvent, typing: boolean): boolean {
  const binding = bindingsFor(typing).find((b) => b.keys === keys && (!b.when || b.when(event)));
  if (!binding) return false;
  event.preventDefault();
  binding.run(event);
  return true;
}

function startsSequence(combo: string, typing: boolean): boolean {
  return bindingsFor(typing).some((b) => b.keys.startsWith(`${combo} `));
}

if (typeof window !== 'undefined') {
  window.addEventListener('keydown', beforeField, true);
  window.addEventListener('keydown', dispatchKey);
}

/** Registers keys for as long as the view is mounted. */
export function useKeys(title: string, bindings: readonly KeyBinding[], options: { modal?: boolean } = {}): void {
  const latest = useLatest<KeyScope>({ title, modal: options.modal ?? false, bindings });
  useEffect(() => {
    const id = nextId++;
    scopes.set((before) => [...before, { id, current: () => latest.current }]);
    return () => scopes.set((before) => before.filter((scope) => scope.id !== id));
  }, [latest]);
}

/** What the `?` sheet shows: the newest view first, only keys that reach it now. */
export interface ListedKey {
  keys: string;
  and?: string;
  label: string;
}

export function listedKeys(): { title: string; keys: ListedKey[] }[] {
  const out: { title: string; keys: ListedKey[] }[] = [];
  for (const registered of scopes.get().toReversed()) {
    const scope = registered.current();
    const keys = scope.bindings.flatMap((b) => (b.label && !b.disabled ? [{ keys: b.keys, label: b.label, ...(b.and ? { and: b.and } : {}) }] : []));
    const same = out.find((group) => group.title === scope.title);
    if (same) same.keys.push(...keys);
    else if (keys.length > 0) out.push({ title: scope.title, keys });
    if (scope.modal) break;
  }
  return out;
}
