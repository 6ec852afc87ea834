import { hasText, text } from '@/app/i18n';
import { errorText, formatCount } from '@/components';
import type { FacetValue, JobRun } from '@/ipc';

/** `3 rows, 1 new`; a figure that has no words yet keeps its name. */
function countWords({ value, count }: FacetValue): string {
  return hasText(`settings:count.${value}_other`) ? text(`settings:count.${value}` as 'settings:count.rows', { count, n: formatCount(count) }) : `${formatCount(count)} ${value}`;
}

const quiet: ReadonlySet<string> = new Set(['failed', 'findings', 'unproven', 'unread', 'waiting', 'unclear']);

/** What came of a run: its fault, or its figures; those that say that nothing was wrong only among few. */
export function outcomeOf(run: JobRun): string {
  const counts = run.counts.filter((c) => c.count > 0 || !quiet.has(c.value)).map(countWords).join(', ');
  return run.error ? [errorText(run.error).title, counts].filter(Boolean).join(' ') : counts;
}
