import { IconFileUnknown } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useT } from '@/app/i18n';
import type { Reading } from '@/ipc';
import { EmptyState, ErrorStrip } from './ListStates';
import classes from './record.module.css';

export interface RecordPageProps<D> {
  reading: Reading<D>;
  /** The page of a record that is there. */
  children: (data: D) => ReactNode;
  /** At the right, the whole height: the timeline. */
  aside?: ReactNode;
  /** Where to go when there is no such record. */
  missing: { title: string; action: ReactNode };
  /** The body scrolls by itself: a list fills it. */
  filled?: boolean;
}

const BARS = [180, 420, 300, 520, 360, 460, 240, 400];

/** A record's page: first its skeleton, then the record; the last good one stays when reading fails. */
export function RecordPage<D>({ reading, children, aside, missing, filled = false }: RecordPageProps<D>) {
  const t = useT('common');
  const { data, error } = reading;
  if (data === undefined && error?.code === 'not_found') {
    return (
      <div className={classes.missing}>
        <EmptyState icon={IconFileUnknown} title={missing.title} text={`${t('record.missing')} ${t('record.missingHint')}`} actions={missing.action} />
      </div>
    );
  }
  return (
    <div className={classes.split}>
      <div className={classes.main} data-filled={filled || undefined} {...(filled ? {} : { tabIndex: 0, role: 'region', 'aria-label': document.title })}>
        {error && <ErrorStrip error={error} onRetry={reading.again} />}
        {data !== undefined ? (
          children(data)
        ) : error ? null : (
          <div className={classes.skeleton} role="status" aria-label={t('record.loading')}>
            {BARS.map((width) => (
              <span key={width} style={{ width }} />
            ))}
          </div>
        )}
      </div>
      {aside}
    </div>
  );
}

/** A part of a record's page, edge to edge, parted by a hairline. */
export function Block({ title, aside, children }: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.block}>
      <h2 className={classes.blockTitle}>
        {title}
        {aside !== undefined && <span>{aside}</span>}
      </h2>
      {children}
    </section>
  );
}
