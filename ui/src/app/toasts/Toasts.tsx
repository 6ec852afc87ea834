import { ActionIcon, Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconClockSearch, IconHelpHexagon, IconInfoCircle, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useT } from '@/app/i18n';
import { icon14, icon16 } from '@/components/icon';
import { openProfile } from '@/ipc';
import { useStore } from '@/store';
import { dismissToast, stays, type Toast, toasts } from './toasts';
import classes from '../shell/shell.module.css';

const icons = { done: IconCircleCheck, pending: IconClockSearch, unknown: IconHelpHexagon, failed: IconCircleX, info: IconInfoCircle } as const;
const SHOWN_MS = 6000;

export function Toasts() {
  const t = useT('shell');
  const list = useStore(toasts);
  return (
    <div className={classes.toasts} role="region" aria-label={t('toasts')} aria-live="polite">
      {list.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

/** Counts down while nobody points at it. */
function useCountdown(ms: number, held: boolean, done: () => void): number {
  const [left, setLeft] = useState(ms);
  useEffect(() => {
    if (held || ms === Number.POSITIVE_INFINITY) return;
    const timer = setInterval(() => setLeft((before) => before - 250), 250);
    return () => clearInterval(timer);
  }, [held, ms]);
  useEffect(() => {
    if (left <= 0) done();
    // `done` is a new function each time; only the clock matters.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [left]);
  return left;
}

export function OneToast({ toast }: { toast: Toast }) {
  const t = useT('common');
  const [held, setHeld] = useState(false);
  const close = () => dismissToast(toast.id);
  const ms = toast.undo ? toast.undo.seconds * 1000 : stays(toast) ? Number.POSITIVE_INFINITY : SHOWN_MS;
  const left = useCountdown(ms, held && !toast.undo, close);
  const Glyph = icons[toast.look];
  const act = (run: () => void) => () => {
    if (toast.profile === openProfile.get()) run();
    close();
  };
  return (
    <div
      className={classes.toast}
      data-look={toast.look}
      role={stays(toast) ? 'alert' : 'status'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Glyph {...icon16} />
      <div className={classes.toastText}>
        <strong>{toast.title}</strong>
        {toast.detail && <span>{toast.detail}</span>}
      </div>
      {toast.undo && (
        <Button size="xs" onClick={act(toast.undo.run)}>
          {toast.undo.label} <span style={{ color: 'var(--rd-text3)', marginInlineStart: 4, fontWeight: 400 }}>{t('seconds', { n: Math.max(0, Math.ceil(left / 1000)) })}</span>
        </Button>
      )}
      {toast.action && (
        <button type="button" className={classes.toastLink} onClick={act(toast.action.run)}>
          {toast.action.label}
        </button>
      )}
      {stays(toast) && (
        <ActionIcon size="xs" aria-label={t('dismiss')} onClick={close}>
          <IconX {...icon14} />
        </ActionIcon>
      )}
    </div>
  );
}
