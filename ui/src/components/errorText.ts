import { hasText, text, type TextKey } from '@/app/i18n';
import type { AppError } from '@/ipc';

/** The core's error in the reader's language: what happened, and what to do. Its own words for a code we do not know. */
export function errorText(error: AppError): { title: string; hint: string } {
  // Some codes have words of their own for a reason that the core knows.
  const reason = error.params['reason'];
  if (reason && hasText(`errors:${error.code}_${reason}.title`)) {
    return {
      title: text(`errors:${error.code}_${reason}.title` as TextKey, error.params),
      hint: text(`errors:${error.code}_${reason}.hint` as TextKey, error.params),
    };
  }
  if (!hasText(`errors:${error.code}.title`)) return { title: error.message, hint: error.hint ?? '' };
  return {
    title: text(`errors:${error.code}.title` as TextKey, error.params),
    hint: text(`errors:${error.code}.hint` as TextKey, error.params),
  };
}
