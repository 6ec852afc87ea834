import { type Icon, IconBan, IconCheck, IconPlayerPause, IconPlayerPlay, IconRotateClockwise, IconSearch, IconX } from '@tabler/icons-react';
import { type T, useT } from '@/app/i18n';
import { toast } from '@/app/toasts/toasts';
import { errorText } from '@/components';
import { type ActionVerb, ask, asCallError } from '@/ipc';

export const verbIcons: Record<ActionVerb, Icon> = {
  look_again: IconSearch,
  mark_done: IconCheck,
  mark_not_done: IconX,
  retry_now: IconRotateClockwise,
  hold: IconPlayerPause,
  release: IconPlayerPlay,
  cancel: IconBan,
};

/** Verbs that ask for no reason and so can be said of many at once. */
export const bulkVerbs = ['retry_now', 'hold', 'release', 'look_again', 'cancel'] as const satisfies readonly ActionVerb[];

/** Says a verb of actions and tells what became of it. Answers whether all took it. */
export function useVerb(): (ids: readonly number[], verb: ActionVerb, reason?: string) => Promise<boolean> {
  const t = useT('queue');
  return (ids, verb, reason) => say(t, ids, verb, reason);
}

async function say(t: T<'queue'>, ids: readonly number[], verb: ActionVerb, reason: string | undefined): Promise<boolean> {
  const word = t(`verb.${verb}`);
  try {
    const results = await ask('actionVerb', { ids: [...ids], verb, reason: reason ?? null });
    const refused = results.filter((r) => r.error !== null);
    const first = refused[0]?.error;
    if (first) {
      const words = errorText(first);
      toast({ look: 'failed', title: ids.length === 1 ? words.title : t('refused', { verb: word, count: refused.length }), detail: ids.length === 1 ? words.hint : words.title });
      return false;
    }
    toast({ look: 'done', title: t('done', { verb: word, count: results.length }) });
    return true;
  } catch (thrown) {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
    return false;
  }
}
