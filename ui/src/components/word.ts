import { hasText, text, type TextKey } from '@/app/i18n';

/** The word for a code the core made at run time; a code without one is shown as words of its own. */
export function wordOf(key: string, code: string): string {
  return hasText(key) ? text(key as TextKey) : code.replaceAll('_', ' ');
}
