import type { ReactNode } from 'react';
import classes from './log.module.css';

/** The words of a search, longest first, so that the longer hit wins. */
export function wordsOf(search: string): string[] {
  return search.split(/[\s"]+/).filter((word) => word.length > 1).sort((a, b) => b.length - a.length);
}

/** Text with the hits of a search on a mark. */
export function Marked({ text, search }: { text: string; search: string }) {
  const words = wordsOf(search);
  if (words.length === 0) return text;
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'gi');
  const out: ReactNode[] = [];
  let from = 0;
  for (const hit of text.matchAll(pattern)) {
    out.push(text.slice(from, hit.index), <mark key={hit.index} className={classes.hit}>{hit[0]}</mark>);
    from = hit.index + hit[0].length;
  }
  out.push(text.slice(from));
  return <>{out}</>;
}
