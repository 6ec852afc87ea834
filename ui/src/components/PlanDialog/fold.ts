import type { Change } from '@/ipc';

/** A row that is not like the others: kept out, warned about, or with another effect than the plan's. */
export function differs(change: Change, usual: Change['impact']): boolean {
  return change.impact !== usual || change.verdicts.some((verdict) => verdict.ruling !== 'pass');
}

/** The usual rows shown before the rest is folded. */
export const SHOWN = 9;

/**
 * Which rows of a long plan are shown, in the plan's order: all that differ, and of those alike as many as make up
 * nine rows. Folding hides only what is alike, so nothing unusual is ever out of sight.
 */
export function fold(changes: readonly Change[], usual: Change['impact']): { shown: readonly Change[]; folded: number } {
  if (changes.length <= SHOWN + 1) return { shown: changes, folded: 0 };
  const unusual = changes.filter((change) => differs(change, usual)).length;
  let room = Math.max(SHOWN - unusual, 3);
  const shown = changes.filter((change) => differs(change, usual) || room-- > 0);
  return { shown, folded: changes.length - shown.length };
}
