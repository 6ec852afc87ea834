import { type T, useT } from '@/app/i18n';
import { ageOf, formatClock, formatDay, formatDayTime, formatExact, formatFullDay, formatMillis, formatTime, parseInstant } from './format';
import { useNow } from './useNow';

export function ageText(t: T, milliseconds: number): string {
  const { unit, n } = ageOf(milliseconds);
  return t(`unit.${unit}`, { n });
}

const MONTH_MS = 30 * 86_400_000;

/** How long ago or how far off; the exact time on hover. Beyond a month it is the day. */
export function RelativeTime({ at }: { at: string | null | undefined }) {
  const t = useT('common');
  const now = useNow(10_000);
  const parsed = at ? parseInstant(at) : null;
  if (!at || !parsed) return <span>{at ?? '—'}</span>;
  if (parsed.ownClock) {
    // WHMCS tells no zone: "just now" would be a guess that is hours off.
    return (
      <time dateTime={at} data-tip={`${formatExact(at)}, ${t('relative.ownClock')}`} className="rd-num">
        {formatDayTime(at, new Date(now))}
      </time>
    );
  }
  const distance = now - parsed.date.getTime();
  let text: string;
  if (parsed.dayOnly || Math.abs(distance) > MONTH_MS) text = formatDay(at, new Date(now));
  else if (Math.abs(distance) < 45_000) text = t('relative.now');
  else if (distance > 0) text = t('relative.ago', { age: ageText(t, distance) });
  else text = t('relative.in', { age: ageText(t, -distance) });
  return (
    <time dateTime={at} data-tip={formatExact(at)} className="rd-num">
      {text}
    </time>
  );
}

/** A day as in columns: `1 Dec`, the whole date on hover. */
export function Day({ at }: { at: string | null | undefined }) {
  if (!at) return <span>—</span>;
  return (
    <time dateTime={at} data-tip={formatFullDay(at)} className="rd-num">
      {formatDay(at)}
    </time>
  );
}

/** The clock time, exact on hover. */
export function ClockTime({ at, millis = false, seconds = false }: { at: string; millis?: boolean; seconds?: boolean }) {
  return (
    <time dateTime={at} data-tip={formatExact(at)} className={millis ? 'rd-mono' : 'rd-num'}>
      {millis ? formatMillis(at) : seconds ? formatClock(at) : formatTime(at)}
    </time>
  );
}
