import { hasText, i18next, type Values } from '@/app/i18n';
import type { Phrase } from '@/ipc';

/**
 * The sentence of a phrase from the core: a code and its values. A code without a text shows its last word and its
 * values, so that nothing the core says is ever silent.
 */
export function phraseText(phrase: Phrase): string {
  const values: Values = { ...phrase.params, ...(phrase.params['count'] ? { count: Number(phrase.params['count']) } : {}) };
  const key = `phrases:${phrase.code}`;
  if (hasText(key) || hasText(`${key}_other`)) return i18next.t(key, values) as string;
  const words = (phrase.code.split('.').at(-1) ?? phrase.code).replaceAll('_', ' ');
  return [words, ...Object.values(phrase.params)].join(' · ');
}
