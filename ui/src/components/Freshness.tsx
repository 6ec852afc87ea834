import { IconBroadcast, IconCircleCheck, IconCloudOff, IconDatabase, IconProgress } from '@tabler/icons-react';
import { useT } from '@/app/i18n';
import type { Progress, ProviderFreshness } from '@/ipc';
import { formatClock, formatCount, formatTime } from './format';
import { icon14 } from './icon';
import { ageText } from './RelativeTime';
import { useNow } from './useNow';
import classes from './parts.module.css';

/** Younger than this is called live. */
const LIVE_MS = 90_000;
const YOUNG_MS = 15 * 60_000;

/** When this window began to look: what answered only before that is not live, however young its copy is. */
const BEGAN = Date.now();

export type FreshnessKind = 'live' | 'asOf' | 'copying' | 'offline' | 'never';

export function freshnessKind(of: ProviderFreshness, now: number, since = BEGAN): FreshnessKind {
  if (of.as_of === null) return of.syncing ? 'copying' : 'never';
  if (of.offline) return 'offline';
  // Whoever refused the last time is not live, however young the copy is.
  const answered = of.last_answer !== null && Date.parse(of.last_answer) >= since;
  return now - Date.parse(of.as_of) < LIVE_MS && of.error === null && answered ? 'live' : 'asOf';
}

export interface FreshnessProps {
  of: ProviderFreshness;
  /** The first copy's progress, when one runs. */
  job?: Progress | undefined;
  /** Without the age, for narrow places. */
  brief?: boolean;
}

/** How old a provider's facts are. Offline is a state, not an error. */
export function Freshness({ of, job, brief = false }: FreshnessProps) {
  const t = useT('common');
  const now = useNow();
  const provider = of.provider === 'whmcs' || of.provider === 'contabo' ? t(`states:provider.${of.provider}`) : of.provider;
  const kind = freshnessKind(of, now);
  const age = of.as_of ? ageText(t, now - Date.parse(of.as_of)) : '';
  if (kind === 'copying') {
    return (
      <span className={classes.fresh} data-tone="busy">
        <IconProgress {...icon14} className="rd-turn" />
        {brief ? t('freshness.copyingBrief', { provider }) : job?.total ? t('freshness.copying', { done: formatCount(job.done), total: formatCount(job.total) }) : t('freshness.copyingPlain')}
        {!brief && job?.secondsLeft != null && <span className={classes.aside}>{t('freshness.secondsLeft', { time: ageText(t, job.secondsLeft * 1000) })}</span>}
      </span>
    );
  }
  if (kind === 'never') {
    return (
      <span className={classes.fresh} data-tone={of.offline ? 'warn' : 'idle'}>
        {of.offline ? <IconCloudOff {...icon14} /> : <IconDatabase {...icon14} />}
        {of.offline ? t('freshness.providerOffline', { provider }) : t('freshness.never', { provider })}
      </span>
    );
  }
  if (kind === 'offline') {
    return (
      <span className={classes.fresh} data-tone="warn">
        <IconCloudOff {...icon14} />
        {brief ? t('freshness.providerOffline', { provider }) : provider}
        <span className={classes.aside}>{t('freshness.offline', { age, time: formatTime(of.as_of ?? '') })}</span>
      </span>
    );
  }
  if (kind === 'live') {
    return (
      <span className={classes.fresh} data-tone="ok">
        <IconBroadcast {...icon14} />
        {t('freshness.providerLive', { provider })}
        {!brief && <span className={classes.aside}>{formatClock(of.last_answer ?? of.as_of ?? '')}</span>}
      </span>
    );
  }
  // In the status bar a copy that is as young as it can be is a good sign, and looks like one.
  const young = brief && of.error === null && now - Date.parse(of.as_of ?? '') < YOUNG_MS;
  return (
    <span className={classes.fresh} data-tone={young ? 'ok' : 'idle'}>
      {young ? <IconCircleCheck {...icon14} /> : <IconDatabase {...icon14} />}
      {t('freshness.asOf', { provider, time: formatTime(of.as_of ?? '') })}
      {!brief && <span className={classes.aside}>· {t('freshness.old', { age })}</span>}
    </span>
  );
}
