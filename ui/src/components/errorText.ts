import { hasText, text, type TextKey } from '@/app/i18n';
import type { AppError } from '@/ipc';
import { phraseText } from './phrase';
import { problemText } from './problem';
import { wordOf } from './word';

/** Some codes have words of their own for a reason that the core knows. */
function reasonOf({ code, params }: AppError): string | undefined {
  if (code === 'blocked' && params['why']) return params['guardrail'] === 'second_approver' ? 'second' : params['overridable'] === 'yes' ? 'overridable' : 'why';
  if (code === 'state_forbids' && params['why']) return 'why';
  if (code === 'basis_moved' && params['gone']) return 'gone';
  return params['reason'];
}

/** The core's error in the reader's language: what happened, and what to do. Its own words for a code we do not know. */
export function errorText(error: AppError): { title: string; hint: string } {
  const { code, params } = error;
  const reason = reasonOf(error);
  const own = reason && hasText(`errors:${code}_${reason}.title`) ? `${code}_${reason}` : code;
  if (!hasText(`errors:${own}.title`)) return { title: error.message, hint: error.hint ?? '' };
  if (code === 'invalid_input' && params['problem']) return { title: text('errors:invalid_input.title', { problem: problemText(params['problem']) }), hint: text('errors:invalid_input.hint') };
  // A guardrail answers with the code of its sentence, whose values stand beside it.
  const values = params['why']
    ? { ...params, ...(params['state'] ? { state: wordOf(`states:action.${params['state']}`, params['state']) } : {}), guardrail: wordOf(`plan:guardrail.${params['guardrail'] ?? ''}`, params['guardrail'] ?? ''), sentence: phraseText({ code: params['why'], params }) }
    : params;
  return { title: text(`errors:${own}.title` as TextKey, values), hint: text(`errors:${own}.hint` as TextKey, values) };
}
