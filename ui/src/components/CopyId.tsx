import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useT } from '@/app/i18n';
import { icon14 } from './icon';
import classes from './parts.module.css';

/** Puts text on the clipboard and says for a moment that it did. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    copied,
    copy(text) {
      void navigator.clipboard.writeText(text).then(() => {
        setCopied(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setCopied(false), 1500);
      });
    },
  };
}

/** First four … last four of what is longer than a person compares. */
export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id;
}

export interface CopyIdProps {
  value: string;
  /** Shorten to first four … last four; the whole on hover. */
  short?: boolean;
  /** Show the copy icon; without it the text itself is the target. */
  withIcon?: boolean;
  /** Inside a table the row is the tab stop, not each id. */
  tabStop?: boolean;
}

/** An id that a click copies. */
export function CopyId({ value, short = false, withIcon = true, tabStop = true }: CopyIdProps) {
  const t = useT('common');
  const { copied, copy } = useCopy();
  const shown = short ? shortId(value) : value;
  const tip = copied ? t('copied') : shown === value ? t('copy') : value;
  const press = (event: React.MouseEvent) => {
    event.stopPropagation();
    copy(value);
  };
  const focus = tabStop ? {} : { tabIndex: -1 };
  if (!withIcon) {
    return (
      <button type="button" className={`${classes.id} ${classes.idText}`} data-tip={tip} aria-label={t('copyValue', { value: shown })} aria-description={shown === value ? undefined : value} onClick={press} {...focus}>
        {shown}
      </button>
    );
  }
  return (
    <span className={classes.id}>
      <span className="rd-select" {...(shown === value ? {} : { 'data-tip': value })}>
        {shown}
      </span>
      <button type="button" className={classes.copy} data-tip={copied ? t('copied') : t('copy')} data-done={copied || undefined} aria-label={t('copyValue', { value })} onClick={press} {...focus}>
        {copied ? <IconCheck {...icon14} /> : <IconCopy {...icon14} />}
      </button>
    </span>
  );
}
