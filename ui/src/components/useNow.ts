import { useEffect } from 'react';
import { createStore, useStore } from '@/store';

const now = createStore(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all ages on the screen, so that they turn together; it stands still while nobody looks. */
export function useNow(stepMs = 1000): number {
  useEffect(() => {
    watchers += 1;
    if (watchers === 1) {
      now.set(Date.now());
      timer = setInterval(() => {
        if (document.visibilityState === 'visible') now.set(Date.now());
      }, 1000);
    }
    return () => {
      watchers -= 1;
      if (watchers === 0) clearInterval(timer);
    };
  }, []);
  return useStore(now, (value) => Math.floor(value / stepMs) * stepMs);
}
