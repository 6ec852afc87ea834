import { IconClockExclamation, IconRefresh } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useT } from '@/app/i18n';
import { ActionButton, Block, by, ErrorStrip, phraseText, RelativeTime, RowsTable, StatePill, Strip, wordOf } from '@/components';
import { useWindow, useWrite } from '@/ipc';
import classes from './services.module.css';

const SHOWN = 10;

function useActions(service: number) {
  const query = useMemo(() => ({ text: '', filters: [{ field: 'service_id', op: 'is' as const, values: [String(service)] }], sort: by('created', true) }), [service]);
  return useWindow('queueWindow', query, { limit: SHOWN });
}

/** What was done after this page's facts were read does not show in them yet: said, with the way to read them again. */
export function NotYetRead({ service, asOf }: { service: number; asOf: string | null }) {
  const t = useT('services');
  const sync = useWrite('syncNow');
  const read = asOf === null ? Number.NaN : Date.parse(asOf);
  const newer = useActions(service).rows.find((row) => row.state === 'succeeded' && Date.parse(row.updated_at) > read);
  if (!newer) return null;
  return (
    <Strip
      tone="idle"
      icon={IconClockExclamation}
      title={t('notYet.title', { kind: wordOf(`phrases:kind.${newer.kind}`, newer.kind), id: newer.id })}
      text={t('notYet.text')}
      action={<ActionButton size="xs" busy={sync.busy} action={{ id: 'read-again', label: t('notYet.read'), icon: IconRefresh, run: () => void sync.write({ kinds: ['services', 'instances'] }).catch(() => undefined) }} />}
    />
  );
}

/** What was asked for on this service, newest first, with what became of it. */
export function ActionsOf({ service }: { service: number }) {
  const t = useT('services');
  const found = useActions(service);
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
