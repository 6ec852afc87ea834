import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useT } from '@/app/i18n';
import { Block, by, ErrorStrip, phraseText, RelativeTime, RowsTable, StatePill, wordOf } from '@/components';
import { useWindow } from '@/ipc';
import classes from './services.module.css';

const SHOWN = 10;

/** What was asked for on this service, newest first, with what became of it. */
export function ActionsOf({ service }: { service: number }) {
  const t = useT('services');
  const query = useMemo(() => ({ text: '', filters: [{ field: 'service_id', op: 'is' as const, values: [String(service)] }], sort: by('created', true) }), [service]);
  const found = useWindow('queueWindow', query, { limit: SHOWN });
  const rows = found.rows.slice(0, SHOWN);
  return (
    <Block title={t('actions.title')} aside={found.more ? t('actions.aside') : undefined}>
      {found.error && <ErrorStrip error={found.error} onRetry={found.again} />}
      {rows.length === 0 && found.state === 'ready' && <p className={classes.none}>{t('actions.none')}</p>}
      {rows.length > 0 && (
        <RowsTable className={classes.actions} head={[t('actions.state'), t('actions.kind'), t('actions.by'), t('actions.moved')]}>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <StatePill area="action" state={row.state} />
              </td>
              <th scope="row">
                <Link to="/queue" search={{ o: String(row.id) }}>
                  {wordOf(`phrases:kind.${row.kind}`, row.kind)}
                </Link>
                {row.waits && <span className={classes.waits}>{phraseText(row.waits)}</span>}
              </th>
              <td>{row.by}</td>
              <td>
                <RelativeTime at={row.updated_at} />
              </td>
            </tr>
          ))}
        </RowsTable>
      )}
      {found.more && (
        <p className={classes.all}>
          <Link to="/queue" search={{ f: [`service_id.is.${service}`] }}>
            {t('actions.all')}
          </Link>
        </p>
      )}
    </Block>
  );
}
