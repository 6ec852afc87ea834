import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { type ReactNode, useId, useLayoutEffect } from 'react';
import { ErrorBoundary } from '@/app/ErrorBoundary';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { widths } from '@/app/theme/tokens';
import { icon16 } from './icon';
import classes from './Drawer.module.css';

/** A list with its drawer: the list narrows, nothing lies over it. */
export function WithDrawer({ children, drawer }: { children: ReactNode; drawer?: ReactNode }) {
  return (
    <div className={classes.split}>
      <div className={classes.main}>{children}</div>
      {drawer}
    </div>
  );
}

export interface DrawerProps {
  title: ReactNode;
  /** The state pill beside the title. */
  state?: ReactNode;
  /** Second line: ids, who, when. */
  about?: ReactNode;
  onClose: () => void;
  /** `J` and `K` of the list walk on; these are for the arrows. */
  onNext?: (() => void) | undefined;
  onPrevious?: (() => void) | undefined;
  footer?: ReactNode;
  children: ReactNode;
  width?: number;
  /** Which row it is: a row whose words break the drawer does not break it for the next one. */
  place?: string | null;
}

/** What a row holds, from the right. Order: what it is, what to know, history, evidence, choices, footer. */
export function Drawer({ title, state, about, onClose, onNext, onPrevious, footer, children, place, width = widths.drawer }: DrawerProps) {
  const t = useT('common');
  const shell = useT('shell');
  const heading = useId();
  useRoomForToasts(width);
  useKeys(shell('keys.table'), [{ keys: 'Escape', label: shell('keys.back'), run: onClose, inFields: false }]);
  return (
    <aside className={classes.drawer} style={{ width }} aria-labelledby={heading}>
      <header className={classes.head}>
        <div className={classes.titleRow}>
          <h2 id={heading} className={classes.title}>
            {title}
          </h2>
          {state}
          <span className={classes.tools}>
            <Tooltip label={t('drawer.previous')}>
              <ActionIcon aria-label={t('drawer.previous')} aria-keyshortcuts="K" disabled={!onPrevious} onClick={onPrevious}>
                <IconChevronUp {...icon16} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t('drawer.next')}>
              <ActionIcon aria-label={t('drawer.next')} aria-keyshortcuts="J" disabled={!onNext} onClick={onNext}>
                <IconChevronDown {...icon16} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t('close')}>
              <ActionIcon aria-label={t('close')} aria-keyshortcuts="Escape" onClick={onClose}>
                <IconX {...icon16} />
              </ActionIcon>
            </Tooltip>
          </span>
        </div>
        {about && <div className={classes.about}>{about}</div>}
      </header>
      <div className={classes.body}>
        <ErrorBoundary {...(place ? { place } : {})}>{children}</ErrorBoundary>
      </div>
      {footer && <footer className={classes.footer}>{footer}</footer>}
    </aside>
  );
}

/** Toasts step aside: they may lie over a list, never over the field in which somebody types. */
function useRoomForToasts(width: number): void {
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    style.setProperty('--rd-beside', `min(${width}px, 60vw)`);
    return () => void style.removeProperty('--rd-beside');
  }, [width]);
}

/** A part of a drawer or pane, parted by a hairline. */
export function Section({ title, aside, end, flush = false, sunken = false, children }: { title?: ReactNode; aside?: ReactNode; end?: ReactNode; flush?: boolean; sunken?: boolean; children?: ReactNode }) {
  return (
    <section className={classes.section} data-flush={flush || undefined} data-sunken={sunken || undefined}>
      {title && (
        <div className={classes.sectionHead}>
          <h3>{title}</h3>
          {aside && <span className={classes.sectionAside}>{aside}</span>}
          {end && <span className={classes.sectionEnd}>{end}</span>}
        </div>
      )}
      {children}
    </section>
  );
}
