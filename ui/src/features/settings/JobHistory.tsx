import { Button } from '@mantine/core';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { ageText, Dialog, ErrorStrip, Keys, RelativeTime, RowsTable, wordOf } from '@/components';
import { useCommand } from '@/ipc';
import { outcomeOf } from './outcome';
import classes from './settings.module.css';

/** When a job ran, who asked, how long it took and what came of it. */
export function JobHistory({ job, title, onClose }: { job: string; title: string; onClose: () => void }) {
  const t = useT('settings');
  const common = useT('common');
  const runs = useCommand('scheduleRuns', { job, limit: 50 });
  useKeys(title, [{ keys: 'Escape', label: common('close'), run: onClose, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={860} label={title} closeOnEscape={false}>
      <div className={classes.history}>
        <h2>{title}</h2>
        {runs.error && <ErrorStrip error={runs.error} onRetry={runs.again} />}
        {/* Focusable, so that the keyboard can scroll it. */}
        <div className={classes.historyRows} tabIndex={0} role="region" aria-label={title}>
          {runs.data?.length === 0 ? (
            <p className={classes.historyNone}>{t('schedule.none')}</p>
          ) : (
            <RowsTable className={classes.jobs} head={[t('schedule.began'), t('schedule.took'), t('schedule.why'), t('schedule.place'), t('schedule.came')]}>
              {runs.data?.map((run) => (
                <tr key={run.id}>
                  <th scope="row">
                    <RelativeTime at={run.began_at} />
                  </th>
                  <td className="rd-num">{run.ms === null ? '—' : ageText(common, Math.max(1000, run.ms))}</td>
                  <td>{run.by ?? t('schedule.due')}</td>
                  <td>{wordOf(`settings:place.${run.place}`, run.place)}</td>
                  <td>
                    <span data-bad={run.outcome === 'failed' || undefined}>
                      {[wordOf(`settings:outcome.${run.outcome ?? 'running'}`, run.outcome ?? ''), outcomeOf(run)].filter(Boolean).join(' · ')}
                    </span>
                  </td>
                </tr>
              ))}
            </RowsTable>
          )}
        </div>
        <div className={classes.removeButtons}>
          <span className={classes.historyNote}>{t('schedule.fifty')}</span>
          <Button data-autofocus onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
