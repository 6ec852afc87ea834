import { type Icon, IconBan, IconCheck, IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward, IconRotateClockwise, IconStairsUp, IconSearch, IconX } from '@tabler/icons-react';
import { type T, text, useT } from '@/app/i18n';
import { toast } from '@/app/toasts/toasts';
import { errorText } from '@/components';
import { type ActionVerb, ask, asCallError, openProfile } from '@/ipc';

export const verbIcons: Record<ActionVerb, Icon> = {
  look_again: IconSearch,
  mark_done: IconCheck,
  mark_not_done: IconX,
  retry_now: IconRotateClockwise,
  retry_from: IconStairsUp,
  skip: IconPlayerSkipForward,
  hold: IconPlayerPause,
  release: IconPlayerPlay,
  cancel: IconBan,
};

/** The order in which verbs are offered for many actions. */
export const bulkVerbs = ['retry_now', 'hold', 'release', 'skip', 'look_again', 'mark_done', 'mark_not_done', 'cancel'] as const satisfies readonly ActionVerb[];

/** Each verb's key while an action is open. */
export const verbKeys: Record<ActionVerb, string> = { look_again: 'l', mark_done: 'm', mark_not_done: 'n', retry_now: 't', retry_from: 'f', skip: 's', hold: 'h', release: 'e', cancel: 'x' };

/** Says a verb of actions and tells what became of it. Answers whether all took it. */
export function useVerb(): (ids: readonly number[], verb: ActionVerb, more?: Said) => Promise<boolean> {
  const t = useT('queue');
  return (ids, verb, more = {}) => say(t, ids, verb, more);
}

export interface Said {
  reason?: string | undefined;
  /** From which step, where a verb takes one. */
  step?: string | undefined;
  /** The number that was told beforehand: refusals that were told too are no news. */
  expected?: number;
}

/** How long what can be taken back is offered to be. */
const UNDO_S = 10;

async function say(t: T<'queue'>, ids: readonly number[], verb: ActionVerb, { reason, step, expected = ids.length }: Said = {}): Promise<boolean> {
  const word = t(`verb.${verb}`);
  const profile = openProfile.get();
  try {
    const results = await ask('actionVerb', { ids: [...ids], verb, reason: reason ?? null, ...(step === undefined ? {} : { step }) });
    const refused = results.filter((r) => r.error !== null);
    const first = refused[0]?.error;
    const taken = results.length - refused.length;
    if (first && taken < expected) {
      const words = errorText(first);
      toast({ look: 'failed', title: ids.length === 1 ? words.title : t('refused', { verb: word, count: refused.length }), detail: ids.length === 1 ? words.hint : words.title });
      return false;
    }
    const held = results.filter((r) => r.error === null).map((r) => r.id);
    toast({ look: 'done', profile, title: t('done', { verb: word, count: taken }), ...(verb === 'hold' ? { undo: { label: text('shell:undo'), seconds: UNDO_S, run: () => void say(t, held, 'release') } } : {}) });
    return true;
  } catch (thrown) {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
    return false;
  }
}
