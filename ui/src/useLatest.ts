import { useLayoutEffect, useRef } from 'react';

/** The newest value, for handlers that are registered once and called later. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  });
  return latest;
}
