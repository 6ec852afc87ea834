import { IconClockPlay, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useCommands } from '@/app/palette/commands';
import { toast } from '@/app/toasts/toasts';
import { ActionButton, Block, errorText, RelativeTime, RowsTable, wordOf } from '@/components';
import { ask, asCallError, type JobRow, type JobRun, useCommand } from '@/ipc';
import { JobHistory } from './JobHistory';
import { outcomeOf } from './outcome';
import classes from './settings.module.css';

const jobWord = (name: string): string => wordOf(`settings:job.${name}`, name);

function failed(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** What runs by itself, when it ran last and what came of it. */
export function Schedule() {
  const t = useT('settings');
  const state = useCommand('scheduleList', undefined, { everyMs: 30_000 }).data;
  useCommands(
    (state?.jobs ?? []).map((job) => ({ id: `job-${job.name}`, title: t('schedule.runNow', { job: jobWord(job.name) }), icon: IconClockPlay, run: () => void ask('scheduleRun', { job: job.name }).catch(failed) })),
  );
  if (!state) return null;
  const paused = state.paused_by !== null;
  return (
    <Block title={t('section.schedule')} aside={t(state.here ? 'schedule.here' : 'schedule.notHere')}>
      <RowsTable className={classes.jobs} head={[t('schedule.job'), t('schedule.cadence'), t('schedule.last'), t('schedule.next'), '']}>
        {state.jobs.map((job) => (
          <Job key={job.name} job={job} paused={paused} />
        ))}
      </RowsTable>
      <div className={classes.add}>
        <ActionButton
          action={{
            id: 'pause-all', label: t(paused ? 'schedule.resumeAll' : 'schedule.pauseAll'), icon: paused ? IconPlayerPlay : IconPlayerPause,
            run: () => void ask('schedulePause', { job: null, paused: !paused }).catch(failed),
          }}
        />
      </div>
    </Block>
  );
}

function Job({ job, paused }: { job: JobRow; paused: boolean }) {
  const t = useT('settings');
  const [busy, setBusy] = useState(false);
  const [runs, setRuns] = useState(false);
  const { cadence } = job;
  const often = cadence.kind === 'continuous' ? t('schedule.continuous') : cadence.kind === 'daily' ? t('schedule.daily', { at: cadence.at }) : t('schedule.every', { count: cadence.minutes });
  const run = () => {
    if (busy) return;
    setBusy(true);
    ask('scheduleRun', { job: job.name }).catch(failed).finally(() => setBusy(false));
  };
  const held = job.paused_by !== null;
  return (
    <tr data-held={held || paused || undefined}>
      <th scope="row">{jobWord(job.name)}</th>
      <td>{often}</td>
      <td>{job.running || busy ? t('schedule.running') : job.last ? <Last run={job.last} failures={job.failures} /> : '—'}</td>
      <td>{held ? t('schedule.pausedBy', { by: job.paused_by ?? '' }) : job.next_at ? <RelativeTime at={job.next_at} /> : '—'}</td>
      <td>
        <span className={classes.jobActions}>
          <ActionButton size="xs" busy={busy} action={{ id: 'run', label: t('schedule.run'), disabled: job.running ? t('schedule.running') : undefined, run }} />
          <ActionButton size="xs" look="quiet" action={{ id: 'history', label: t('schedule.history'), run: () => setRuns(true) }} />
          <ActionButton size="xs" look="quiet" action={{ id: 'pause', label: t(held ? 'schedule.resume' : 'schedule.pause'), run: () => void ask('schedulePause', { job: job.name, paused: !held }).catch(failed) }} />
        </span>
        {runs && <JobHistory job={job.name} title={t('schedule.historyOf', { job: jobWord(job.name) })} onClose={() => setRuns(false)} />}
      </td>
    </tr>
  );
}

function Last({ run, failures }: { run: JobRun; failures: number }) {
  const t = useT('settings');
  const came = outcomeOf(run);
  return (
    <span data-bad={run.outcome === 'failed' || undefined}>
      <RelativeTime at={run.ended_at ?? run.began_at} /> · {wordOf(`settings:outcome.${run.outcome ?? 'running'}`, run.outcome ?? '')}
      {came && (run.error ? `: ${came}` : ` · ${came}`)}
      {failures > 1 && ` · ${t('schedule.failures', { count: failures })}`}
    </span>
  );
}
