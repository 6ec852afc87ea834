import { IconCircleCheck, IconCircleX, IconClockExclamation, IconHelpHexagon, type Icon, IconPlugX } from '@tabler/icons-react';
import type { Tone } from '@/app/theme/tokens';
import { useT } from '@/app/i18n';
import { icon14, wordOf } from '@/components';
import type { LogRow } from '@/ipc';
import classes from './log.module.css';

const looks: Record<string, { icon: Icon; tone: Tone }> = {
  ok: { icon: IconCircleCheck, tone: 'ok' },
  rejected: { icon: IconCircleX, tone: 'bad' },
  throttled: { icon: IconClockExclamation, tone: 'warn' },
  failed: { icon: IconCircleX, tone: 'bad' },
  cut: { icon: IconHelpHexagon, tone: 'warn' },
  timeout: { icon: IconHelpHexagon, tone: 'warn' },
  not_sent: { icon: IconPlugX, tone: 'idle' },
  unreadable: { icon: IconCircleX, tone: 'bad' },
};

export const outcomeWord = (outcome: string): string => wordOf(`log:outcome.${outcome}`, outcome);

/** How a call ended: the status where there was one, and a word where the status alone would mislead. */
export function Outcome({ row, tinted = false }: { row: Pick<LogRow, 'outcome' | 'status'>; tinted?: boolean }) {
  const look = looks[row.outcome] ?? { icon: IconHelpHexagon, tone: 'idle' };
  const Glyph = look.icon;
  // WHMCS answers 200 also when it refuses.
  const misleads = row.status !== null && row.status < 400 && row.outcome !== 'ok';
  const text = row.status === null ? outcomeWord(row.outcome) : misleads ? outcomeWord(row.outcome) : String(row.status);
  return (
    <span className={tinted ? classes.outcomeTinted : classes.outcome} data-tone={look.tone} title={[row.status, outcomeWord(row.outcome)].filter((x) => x !== null).join(' ')}>
      <Glyph {...icon14} />
      {text}
    </span>
  );
}

/** Whose API: C or W, with the name for those who hover or listen. */
export function ProviderMark({ provider }: { provider: string }) {
  const t = useT('log');
  const name = wordOf(`states:provider.${provider}`, provider);
  return (
    <abbr className={classes.mark} title={name} aria-label={name}>
      {provider === 'whmcs' || provider === 'contabo' ? t(`provider.${provider}`) : provider.slice(0, 1).toUpperCase()}
    </abbr>
  );
}
