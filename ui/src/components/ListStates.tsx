import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff, type Icon, IconFilterOff, IconRefresh, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Rich, useT } from '@/app/i18n';
import type { AppError, Filter } from '@/ipc';
import { errorText } from './errorText';
import { type FilterField, filterWords } from './filters';
import { formatCount, formatTime } from './format';
import { icon14, icon16, icon24 } from './icon';
import { Keys } from './Keys';
import { ageText } from './RelativeTime';
import { useNow } from './useNow';
import classes from './lists.module.css';

/** What would be here, and how it comes. Text starts at the first column. */
export function EmptyState({ icon: Glyph, title, text, actions }: { icon: Icon; title: string; text: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.state}>
      <Glyph {...icon24} />
      <h2>{title}</h2>
      <p>{text}</p>
      {actions && <div className={classes.stateActions}>{actions}</div>}
    </div>
  );
}

export interface NothingMatchesProps {
  /** "servers", lower case. */
  things: string;
  all?: number | undefined;
  fields: readonly FilterField[];
  filters: readonly Filter[];
  /** The quick filter's words. */
  text?: string;
  /** Rows there would be without each filter, by field; missing ones are not told. */
  without?: Readonly<Record<string, number>>;
  /** Rows there would be without the words. */
  withoutText?: number | undefined;
  onDrop: (filter: Filter) => void;
  onDropText?: () => void;
  onClear: () => void;
}

/** The filters are the way out: which one to drop, and how many rows that brings. */
export function NothingMatches({ things, all, fields, filters, text = '', without = {}, withoutText, onDrop, onDropText, onClear }: NothingMatchesProps) {
  const t = useT('common');
  const best = [...filters].sort((a, b) => (without[b.field] ?? 0) - (without[a.field] ?? 0))[0];
  // The words are the better way out when they hide more than any chip does.
  const words = text !== '' && onDropText !== undefined && (!best || (withoutText ?? 0) > (without[best.field] ?? 0));
  return (
    <div className={classes.state} style={{ maxWidth: 560 }}>
      <IconFilterOff {...icon24} />
      <h2>{all === undefined ? t('list.nothingPlain') : t('list.nothing', { all: formatCount(all), things })}</h2>
      {(withoutText !== undefined || filters.some((f) => without[f.field] !== undefined)) && (
        <p>
          {withoutText !== undefined && `${t('list.withoutText', { text, count: formatCount(withoutText) })} `}
          {filters.map((filter) => {
            const count = without[filter.field];
            if (count === undefined) return null;
            return (
              <span key={filter.field}>
                <Rich k="common:list.without" values={{ filter: filterWords(t, fields, filter), count: formatCount(count) }} parts={[<strong key="f" />]} />{' '}
              </span>
            );
          })}
        </p>
      )}
      <div className={classes.stateActions}>
        {words ? (
          <Button leftSection={<IconX {...icon16} />} onClick={onDropText}>
            {t('list.dropText', { text })}
          </Button>
        ) : (
          best && (
            <Button leftSection={<IconX {...icon16} />} onClick={() => onDrop(best)}>
              {t('list.drop', { filter: filterWords(t, fields, best) })}
            </Button>
          )
        )}
        <Button variant="subtle" onClick={onClear} rightSection={<Keys keys="Escape" />}>
          {t('list.clearAll')}
        </Button>
      </div>
    </div>
  );
}

export interface StripProps {
  tone?: 'warn' | 'bad' | 'idle';
  icon?: Icon;
  title: ReactNode;
  text?: ReactNode;
  action?: ReactNode;
}

/** A strip across the pane: something to know. */
export function Strip({ tone = 'warn', icon: Glyph = IconAlertTriangle, title, text, action }: StripProps) {
  return (
    <div className={classes.strip} data-tone={tone} role={tone === 'idle' ? 'note' : 'status'}>
      <Glyph {...icon16} />
      <div className={classes.stripText}>
        <strong>{title}</strong>
        {text && <div>{text}</div>}
      </div>
      {action}
    </div>
  );
}

export interface ErrorStripProps {
  error: AppError;
  /** Rows of an earlier answer are still shown: whose, and from when. */
  rowsFrom?: { provider: string; at: string } | undefined;
  /** When it is tried next by itself. */
  nextTry?: string | null | undefined;
  onRetry?: (() => void) | undefined;
  onShowRequest?: ((requestId: string) => void) | undefined;
}

/** Codes that mean that nobody answers, which is a state and not a fault. */
const unreachable = new Set<string>(['dns', 'connect', 'tls', 'timeout', 'cut']);

/** Cause, next try, Try now. Rows keep their place below. */
export function ErrorStrip({ error, rowsFrom, nextTry, onRetry, onShowRequest }: ErrorStripProps) {
  const t = useT('common');
  const now = useNow();
  const words = errorText(error);
  const offline = unreachable.has(error.code);
  const wait = nextTry ? Date.parse(nextTry) - now : 0;
  const { requestId } = error;
  return (
    <Strip
      tone={offline || error.retryable ? 'warn' : 'bad'}
      icon={offline ? IconCloudOff : IconAlertTriangle}
      title={rowsFrom ? t(offline ? 'list.rowsFrom' : 'list.rowsFromRefused', { provider: rowsFrom.provider, time: formatTime(rowsFrom.at) }) : words.title}
      text={
        <>
          {rowsFrom && `${words.title} `}
          {wait > 0 && `${t('list.nextTry', { age: ageText(t, wait) })} `}
          {words.hint}
          {requestId && onShowRequest && (
            <>
              {' '}
              <button type="button" className={classes.link} onClick={() => onShowRequest(requestId)}>
                {t('showRequest')}
              </button>
            </>
          )}
        </>
      }
      action={
        onRetry && (
          <Button size="xs" leftSection={<IconRefresh {...icon14} />} onClick={onRetry}>
            {t('tryNow')}
          </Button>
        )
      }
    />
  );
}
