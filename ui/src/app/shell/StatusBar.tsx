import { IconHelpHexagon, IconKeyboard, IconPlayerPause, IconStack2, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { Freshness } from '@/components/Freshness';
import { icon13 } from '@/components/icon';
import { progress } from '@/ipc';
import { useStore } from '@/store';
import type { Session } from '../session';
import { keySheetOpen } from './KeySheet';
import classes from './shell.module.css';

/** Freshness of each provider, the queue, what needs you, who you are, and where the keys are told. */
export function StatusBar({ session }: { session: Session }) {
  const t = useT('shell');
  const jobs = useStore(progress);
  const { app, status } = session;
  const firstJob = [...jobs.values()].find((job) => job.state === 'running');
  return (
    <footer className={classes.status} aria-label={t('status.label')}>
      {status?.freshness.map((of) => <Freshness key={of.provider} of={of} job={firstJob} brief />)}
      {status && (
        <Link to="/queue" className={classes.statusItem}>
          {status.paused ? <IconPlayerPause {...icon13} /> : <IconStack2 {...icon13} />}
          {status.paused
            ? t('status.queuePaused')
            : status.queue_running > 0
              ? t('status.queueRunning', { count: status.queue_running })
              : status.queue_open > 0
                ? t('status.queueReady', { count: status.queue_open })
                : t('status.queueIdle')}
          {status.other_worker && ` · ${t('status.elsewhere')}`}
        </Link>
      )}
      {status && status.needs_you > 0 && (
        <Link to="/queue" className={classes.statusItem} data-waits>
          <IconHelpHexagon {...icon13} />
          {t('status.needsYou', { count: status.needs_you })}
        </Link>
      )}
      <div className={classes.statusEnd}>
        {app && (
          <span className={classes.statusItem}>
            <IconUser {...icon13} />
            {t('status.operatorRole', { name: app.operator })}
          </span>
        )}
        <button type="button" className={classes.statusItem} onClick={() => keySheetOpen.set(true)}>
          <IconKeyboard {...icon13} />
          <strong>?</strong> {t('status.keys')}
        </button>
      </div>
    </footer>
  );
}
