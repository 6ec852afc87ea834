import { useEffect } from 'react';
import { createStore } from '@/store';

export interface Crumb {
  label: string;
  /** Path inside the program; the last crumb has none. */
  to?: string;
}

export const crumbs = createStore<readonly Crumb[]>([]);

/** Says where the reader is: `Clients / Dana Okafor / vps-dana-1`. Each page says it once. */
export function useCrumbs(path: readonly Crumb[]): void {
  const key = JSON.stringify(path);
  useEffect(() => {
    const mine = JSON.parse(key) as Crumb[];
    crumbs.set(mine);
    document.title = `${mine.toReversed().map((c) => c.label).join(' · ')} · Rackdesk`;
    return () => {
      if (crumbs.get() === mine) crumbs.set([]);
    };
  }, [key]);
}
