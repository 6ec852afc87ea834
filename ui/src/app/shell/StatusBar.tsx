import { Tooltip } from '@mantine/core';
import { IconHelpHexagon, IconKeyboard, IconPlayerPause, IconPlayerStop, IconStack2, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { hasText, useT } from '@/app/i18n';
import { formatCount } from '@/components/format';
import { Freshness } from '@/components/Freshness';
import { icon13 } from '@/components/icon';
import { ageText } from '@/components/RelativeTime';
import { type Progress, progress, useWrite } from '@/ipc';
import { useStore } from '@/store';
import type { Session } from '../session';
import { keySheetOpen } from './KeySheet';
import classes from './shell.module.css';

/** Freshness of each provider, the queue, what needs you, who you are, and where the keys are told. */
export function StatusBar({ session }: { session: Session }) {
  const t = useT('shell');
  const running = useStore(progress);
  const { app, status } = session;
  const firstJob = [...running.values()].find((job) => job.state === 'running');
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
      {firstJob && <Job job={firstJob} />}
      <div className={classes.statusEnd}>
        {app && (
          <span className={classes.statusItem}>
            <IconUser {...icon13} />
            <span data-foreign>{app.operator}</span>
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

const stops = { rights: 'rightsStop', export: 'logExportStop', receipts: 'receiptsExportStop', sync: 'syncStop' } as const;
const jobs: Readonly<Record<string, keyof typeof stops>> = { rights: 'rights', 'log:export': 'export', 'receipts:export': 'receipts' };

/** Long work shows its counts and the time left, runs on when its view closes, and can be stopped. */
function Job({ job }: { job: Progress }) {
  const t = useT('shell');
  const common = useT('common');
  const about = jobs[job.job] ?? 'sync';
  const stop = useWrite(stops[about]);
  const kind = job.job.replace(/^sync:/, '');
  const what = hasText(`shell:kind.${kind}`) ? t(`kind.${kind}` as 'kind.clients') : kind;
  const far = { what, done: formatCount(job.done), total: formatCount(job.total ?? 0) };
  const words = about === 'rights' ? t('status.jobRights', far) : about === 'export' ? t('status.jobExport', far) : about === 'receipts' ? t('status.jobReceipts', far) : t(job.total === null ? 'status.jobPlain' : 'status.job', far);
  return (
    <span className={classes.statusItem}>
      <span
        className={classes.progress}
        role="progressbar"
        aria-label={words}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(job.total ? { 'aria-valuenow': Math.round((job.done / job.total) * 100) } : {})}
        style={{ '--done': job.total ? job.done / job.total : 0.3 } as React.CSSProperties}
      />
      {words}
      {job.secondsLeft !== null && ` · ${t('status.left', { time: ageText(common, job.secondsLeft * 1000) })}`}
      <Tooltip label={t(`status.stop.${about}`)}>
        <button type="button" className={classes.statusItem} aria-label={t(`status.stop.${about}`)} onClick={() => void stop.write().catch(() => undefined)}>
          <IconPlayerStop {...icon13} />
        </button>
      </Tooltip>
    </span>
  );
}
