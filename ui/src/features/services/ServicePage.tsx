import { ActionIcon, Button } from '@mantine/core';
import { IconDots, IconServerOff } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { openAction } from '@/app/plans';
import { useSession } from '@/app/session';
import { type Action, ActionButton, ActionMenu, Block, CopyId, Day, Freshness, groupedActions, icon16, KeyValue, Money, PageHeader, RecordPage, StatePill, Strip, useKindActions, useKindCommands, useKinds } from '@/components';
import { CallError, type Reading, type ServiceRow, useCommand } from '@/ipc';
import { ActionsOf, NotYetRead } from './ActionsOf';
import classes from './services.module.css';

const gone = new CallError({ code: 'not_found', message: '', hint: null, retryable: false, requestId: null, params: {} });

/** One row of the list of services; none is told as any record that is not there. */
function useService(id: number): Reading<ServiceRow> {
  const query = useMemo(() => ({ text: '', filters: [{ field: 'id', op: 'is' as const, values: [String(id)] }], sort: null, after: null, limit: 1 }), [id]);
  const { data, ...reading } = useCommand('servicesWindow', query, { fresh: true, enabled: Number.isInteger(id) });
  const row = data?.rows.find((one) => one.id === id);
  return { ...reading, data: row, error: reading.error ?? (!Number.isInteger(id) || (data && !row) ? gone : null) };
}

export function ServicePage() {
  const t = useT('services');
  const clients = useT('clients');
  const navigate = useNavigate();
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const reading = useService(id);
  const row = reading.data;
  useCrumbs([{ label: clients('title'), to: '/clients' }, ...(row ? [{ label: row.client_name || `#${row.client_id}`, to: `/clients/${row.client_id}` }] : []), { label: row ? nameOf(row) : String(id) }]);
  const back = () => void navigate(row ? { to: '/clients/$id', params: { id: String(row.client_id) } } : { to: '/clients' });
  useKeys(t('keys'), [{ keys: 'Escape', label: t('back'), run: back }]);
  return (
    <RecordPage reading={reading} missing={{ title: t('missing', { id: String(id) }), action: <Button onClick={back}>{clients('page.back')}</Button> }}>
      {(service) => <Service row={service} />}
    </RecordPage>
  );
}

const nameOf = (row: ServiceRow): string => row.domain || row.product || `#${row.id}`;
/** What stands as a button; the rest is in the menu. */
const atHand: ReadonlySet<string> = new Set(['server.create', 'service.suspend', 'service.unsuspend']);
const CREATE = 'server.create';

function Service({ row }: { row: ServiceRow }) {
  const t = useT('services');
  const session = useSession();
  const whmcs = session.status?.freshness.find((f) => f.provider === 'whmcs');
  const target = { id: row.id, name: nameOf(row) };
  const actions = useKindActions(useKinds('service', row.id), (kind) => void openAction(kind, [target], 'service'));
  useKindCommands(target.name, actions);
  const create = actions.find((action) => action.id === CREATE);
  // An order is the one thing to do when nothing is there yet; later it only stands in the way.
  const offered = actions.filter((action) => atHand.has(action.id) && (action.id !== CREATE || row.instance_id === null));
  const rest = actions.filter((action) => !atHand.has(action.id));
  return (
    <>
      <PageHeader
        title={nameOf(row)}
        beside={<StatePill area="service" state={row.status} tinted />}
        fresh={whmcs && <Freshness of={whmcs} />}
        facts={
          <>
            <span>
              <Link to="/clients/$id" params={{ id: String(row.client_id) }}>
                {row.client_name || `#${row.client_id}`}
              </Link>
            </span>
            <CopyId value={t('number', { id: row.id })} withIcon={false} />
            <span>{row.product}</span>
            {row.instance_id === null ? <span>{t('noServer')}</span> : <ServerLink row={row} id={row.instance_id} />}
          </>
        }
      />
      <Buttons offered={offered} rest={rest} primary={create?.disabled ? undefined : CREATE} />
      <NotYetRead service={row.id} asOf={whmcs?.kinds.find((kind) => kind.kind === 'services')?.as_of ?? whmcs?.as_of ?? null} />
      {row.instance_id === null && create && !create.disabled && <Strip tone="idle" icon={IconServerOff} title={t('create.title')} text={t('create.text')} />}
      <Block title={t('facts')}>
        <KeyValue
          labelWidth={136}
          facts={[
            {
              label: t('fact.client'),
              value: (
                <Link to="/clients/$id" params={{ id: String(row.client_id) }}>
                  {row.client_name || `#${row.client_id}`}
                </Link>
              ),
            },
            { label: t('fact.product'), value: row.product },
            { label: t('fact.domain'), value: row.domain ? <CopyId value={row.domain} /> : '—' },
            { label: t('fact.ipv4'), value: row.ipv4 ? <CopyId value={row.ipv4} /> : '—' },
            { label: t('fact.cycle'), value: row.cycle },
            { label: t('fact.price'), value: <Money value={row.price} /> },
            { label: t('fact.nextDue'), value: <Day at={row.next_due} /> },
          ]}
        />
      </Block>
      <ActionsOf service={row.id} />
    </>
  );
}

function ServerLink({ row, id }: { row: ServiceRow; id: number }) {
  const t = useT('services');
  return (
    <span className={classes.server}>
      <Link to="/servers/$id" params={{ id: String(id) }}>
        {t('server')} {id}
      </Link>
      {row.server_state && <StatePill area="server" state={row.server_state} />}
    </span>
  );
}

function Buttons({ offered, rest, primary }: { offered: readonly Action[]; rest: readonly Action[]; primary: string | undefined }) {
  const t = useT('services');
  if (offered.length + rest.length === 0) return null;
  return (
    <div className={classes.buttons}>
      {offered.map((action) => (
        <ActionButton key={action.id} look={action.id === primary ? 'primary' : 'plain'} action={action} />
      ))}
      {rest.length > 0 && (
        <span className={classes.more}>
          <ActionMenu
            actions={groupedActions(rest)}
            target={
              <ActionIcon variant="default" size={30} aria-label={t('more')}>
                <IconDots {...icon16} />
              </ActionIcon>
            }
          />
        </span>
      )}
    </div>
  );
}
