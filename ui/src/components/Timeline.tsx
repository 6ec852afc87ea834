import {
  type Icon,
  IconAlertTriangle,
  IconArrowsDiff,
  IconCircleCheck,
  IconCircleX,
  IconFileInvoice,
  IconMessageCircle,
  IconProgress,
  IconRefresh,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Tone } from '@/app/theme/tokens';
import type { TimelineEntry } from '@/ipc';
import { CopyId } from './CopyId';
import { formatDayHead, formatExact, formatMillis, formatTime, parseInstant } from './format';
import { icon15 } from './icon';
import { PathText } from './PathText';
import { phraseText } from './phrase';
import classes from './Timeline.module.css';

export interface TimelineItem {
  key: string;
  at: string;
  icon: Icon;
  tone: Tone;
  title: ReactNode;
  lines?: readonly ReactNode[];
}

export interface TimelineProps {
  items: readonly TimelineItem[];
  /** Heads for the days; off where one action is told to the millisecond. */
  days?: boolean;
  millis?: boolean;
}

/** What happened, newest or oldest first as given. Colour only on the icon, only for results. */
export function Timeline({ items, days = true, millis = false }: TimelineProps) {
  const heads = items.map((item) => (days ? formatDayHead(item.at) : ''));
  return (
    <ol className={classes.list}>
      {items.map((item, index) => {
        const Glyph = item.icon;
        const head = heads[index] !== heads[index - 1] ? heads[index] : null;
        const joined = index + 1 < items.length && heads[index + 1] === heads[index];
        return (
          <li key={item.key}>
            {head && <h3 className={classes.day}>{head}</h3>}
            <div className={classes.entry} data-tone={item.tone} data-joined={joined || undefined}>
              <span className={classes.dot}>
                <Glyph {...icon15} />
              </span>
              <div className={classes.text}>
                <div className={classes.title}>{item.title}</div>
                {item.lines?.map((line, at) => (
                  // Lines have no identity of their own.
                  // eslint-disable-next-line react/no-array-index-key
                  <div key={at} className={classes.line}>
                    {typeof line === 'string' && line.includes('/') ? <PathText text={line} /> : line}
                  </div>
                ))}
              </div>
              <time className={millis ? `${classes.time} rd-mono` : `${classes.time} rd-num`} dateTime={item.at} title={formatExact(item.at)}>
                {parseInstant(item.at)?.dayOnly ? '' : millis ? formatMillis(item.at) : formatTime(item.at)}
              </time>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const bySource: Record<string, Icon> = { audit: IconUserQuestion, invoice: IconFileInvoice, ticket: IconMessageCircle, sync: IconRefresh };
const byTone: Record<Tone, Icon> = { ok: IconCircleCheck, busy: IconProgress, warn: IconAlertTriangle, bad: IconCircleX, idle: IconArrowsDiff };

/** The core's entries as items. */
export function timelineItems(entries: readonly TimelineEntry[]): TimelineItem[] {
  return entries.map((entry, index) => ({
    key: `${entry.at}-${index}`,
    at: entry.at,
    icon: bySource[entry.source] ?? byTone[entry.tone],
    tone: entry.tone,
    title: phraseText(entry.title),
    lines: [...entry.lines.map(phraseText), ...(entry.request_id ? [<CopyId key="id" value={entry.request_id} short withIcon={false} />] : [])],
  }));
}
