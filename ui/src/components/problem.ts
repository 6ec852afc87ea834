import { hasText, text, type TextKey } from '@/app/i18n';

/** What the core says of a value with figures or words of its own in it. */
const shapes: readonly (readonly [RegExp, TextKey])[] = [
  [/^must be (?<least>[\d,]+) to (?<most>[\d,]+)$/, 'problems:range'],
  [/^has more than (?<n>[\d,]+) entries$/, 'problems:entries'],
  [/^has more digits after the point than (?<currency>\S+) knows$/, 'problems:digits'],
  [/^is not one of (?<words>.+)$/, 'problems:choice'],
  [/^is none of its steps: (?<words>.+)$/, 'problems:steps'],
  [/^names something else than (?<words>.+)$/, 'problems:clears'],
  [/^has “(?<word>.+)”, which is required$/, 'problems:both'],
  [/^the plan has no row (?<n>\d+)$/, 'problems:row'],
];

/** Its key among the texts: the core says it in English words, which are its name. */
export const problemKey = (problem: string): string => problem.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');

/** What is wrong with a value, in the reader's language; what nobody translated stays as the core said it. */
export function problemText(problem: string): string {
  const key = `problems:${problemKey(problem)}`;
  if (hasText(key)) return text(key as TextKey);
  for (const [shape, name] of shapes) {
    const found = shape.exec(problem);
    if (found?.groups) return text(name, found.groups);
  }
  return problem;
}
