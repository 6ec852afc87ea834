import { useMemo } from 'react';
import { toast } from '@/app/toasts/toasts';
import { ask, asCallError, type RightRow, type RightsReport, useCommand } from '@/ipc';
import { errorText } from './errorText';

function told(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** Starts finding out; it goes on when the view closes. */
export const checkRights = (): void => void ask('rightsCheck', undefined).catch(told);
export const stopRights = (): void => void ask('rightsStop', undefined).catch(told);

export interface Summary {
  allowed: number;
  denied: number;
  unknown: number;
}

export function summaryOf(report: RightsReport): Summary {
  const count = (...states: RightRow['state'][]) => report.rows.filter((r) => states.includes(r.state)).length;
  return { allowed: count('allowed', 'on_tagged'), denied: count('denied'), unknown: count('unknown') };
}

/** What a role must permit for each operation that is known to be forbidden. Empty before anybody found out. */
export function useDenied(): ReadonlyMap<string, string> {
  const report = useCommand('rightsReport').data;
  return useMemo(() => new Map(report?.rows.filter((r) => r.state === 'denied').map((r) => [r.operation, r.needs])), [report]);
}
