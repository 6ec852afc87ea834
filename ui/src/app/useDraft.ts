import { useCallback, useEffect, useRef, useState } from 'react';

const PREFIX = 'rackdesk.draft.';

/** Kept with the window, in plain form: never give it a secret. */
const drafts = {
  read: (key: string) => localStorage.getItem(PREFIX + key),
  write(key: string, text: string | null) {
    if (text === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  },
};

/** Forgets what was typed somewhere else, once it has been accepted. */
export const forgetDraft = (key: string): void => drafts.write(key, null);

function load<T>(key: string, initial: T): T {
  try {
    const text = drafts.read(key);
    return text === null ? initial : (JSON.parse(text) as T);
  } catch {
    return initial;
  }
}

export interface Draft<T> {
  value: T;
  set(next: T): void;
  /** Call it once the value has been accepted. */
  forget(): void;
  /** Whether there is something typed that was not accepted yet. */
  dirty: boolean;
}

/**
 * What a person typed survives a failed call, a lock, a closed view and a restart, until `forget`.
 * Writes are delayed a little, and made at once when the view goes away.
 */
export function useDraft<T>(key: string, initial: T): Draft<T> {
  const [value, setValue] = useState<T>(() => load(key, initial));
  const [dirty, setDirty] = useState(() => drafts.read(key) !== null);
  const waiting = useRef<{ key: string; text: string } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const last = waiting.current;
    waiting.current = null;
    if (!last) return;
    try {
      drafts.write(last.key, last.text);
    } catch {
      // Without room the text still lives in the open view.
    }
  }, []);

  const shown = useRef(key);
  useEffect(() => {
    if (shown.current !== key) {
      flush();
      shown.current = key;
      setValue(load(key, initial));
      setDirty(drafts.read(key) !== null);
    }
    window.addEventListener('pagehide', flush);
    return () => window.removeEventListener('pagehide', flush);
    // `initial` only counts when there is no draft; a new object each render must not reset the text.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, flush]);
  useEffect(() => flush, [flush]);

  const set = useCallback(
    (next: T) => {
      setValue(next);
      setDirty(true);
      waiting.current = { key, text: JSON.stringify(next) };
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, 250);
    },
    [key, flush],
  );
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    waiting.current = null;
    drafts.write(key, null);
    setDirty(false);
  }, [key]);

  return { value, set, forget, dirty };
}
