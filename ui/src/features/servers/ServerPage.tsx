import { ActionIcon, Button } from '@mantine/core';
import { IconAlertTriangle, IconDots, IconProgress } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { useCrumbs } from '@/app/crumbs';
import { useKeys } from '@/app/keys/keys';
import { type PaletteCommand, useCommands } from '@/app/palette/commands';
import { openAction, openPowerPlan } from '@/app/plans';
import { useSession } from '@/app/session';
import { type Action, ActionButton, ActionMenu, Block, CopyId, Day, type Fact, Freshness, groupedActions, icon16, KeyValue, PageHeader, phraseText, powers, RecordPage, RelativeTime, SavedViews, Strip, stateName, TimelinePane, useKindActions, useKindCommands, useKinds, useListState, wordOf } from '@/components';
import { useDenied } from '@/components/rights';
import { ServerState } from '@/components/records/servers';
import { type KindInfo, type ServerPage as Page, useCommand } from '@/ipc';
import { Facts } from './Facts';
import { Snapshots } from './Snapshots';
import classes from './ServerPage.module.css';

export function ServerPage() {
  const t = useT('servers');
  const navigate = useNavigate();
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const reading = useCommand('serverPage', { id }, { fresh: true });
  const row = reading.data?.row;
  const clients = useT('clients');
  useCrumbs([
    ...(row?.client_id != null
      ? [{ label: clients('title'), to: '/clients' }, { label: row.client_name || `#${row.client_id}`, to: `/clients/${row.client_id}` }]
      : [{ label: t('title'), to: '/servers' }]),
    { label: row?.name || String(id) },
  ]);
  const actions = usePowerActions(reading.data);
  const back = () => void navigate({ to: '/servers' });
  useKeys(t('page.keys'), [
    ...actions.flatMap((a) => (a.keys ? [{ keys: a.keys, label: a.label, run: a.run, disabled: a.disabled !== undefined }] : [])),
    { keys: 'Escape', label: t('page.back'), run: back },
  ]);
  return (
    <RecordPage
      reading={reading}
      missing={{ title: t('page.missing', { id: String(id) }), action: <Button onClick={back}>{t('page.back')}</Button> }}
      aside={reading.data && <TimelinePane subject={{ kind: 'server', id }} />}
    >
      {(page) => <Server page={page} actions={actions} />}
    </RecordPage>
  );
}

/** Buttons and palette commands of the power actions, with their reasons when they cannot be pressed. */
function usePowerActions(page: Page | undefined): Action[] {
  const t = useT('servers');
  // Known to be forbidden is told before anybody tries.
  const denied = useDenied();
  const actions = powers.map((power): Action => {
    const ability = page?.abilities.find((a) => a.kind === power.kind);
    const lacking = denied.get(power.name);
    const why = !ability || (!ability.allowed && !ability.reason) ? t('power.wait') : !ability.allowed && ability.reason ? phraseText(ability.reason) : lacking ? t('rights:denied', { needs: lacking }) : undefined;
    return {
      id: power.kind,
      label: t(`power.${power.name}`),
      icon: power.icon,
      effect: ability?.impact ?? power.effect,
      ...(power.keys ? { keys: power.keys } : {}),
      disabled: why,
      run: () => page && void openPowerPlan({ kind: power.kind, instance_ids: [page.row.id], origin: 'server' }),
    };
  });
  useCommands(
    page
      ? powers.map((power, at): PaletteCommand => {
          const action = actions[at] as Action;
          return {
            id: power.kind,
            title: t('power.of', { verb: action.label, name: page.row.name }),
            icon: power.icon,
            effect: power.effect,
            keys: power.keys,
            consequence: { lead: t('power.asks'), rest: t(`power.consequence.${power.name}`) },
            disabled: action.disabled,
            run: action.run,
          };
        })
      : [],
  );
  return actions;
}

const tabNames = ['overview', 'snapshots'] as const;

function Server({ page, actions }: { page: Page; actions: readonly Action[] }) {
  const t = useT('servers');
  const { row } = page;
  const session = useSession();
  const list = useListState();
  const kinds = useKinds('instance', row.id);
  const target = { id: row.id, name: row.name || String(row.id) };
  const run = (kind: KindInfo, given: Record<string, string> = {}) => void openAction(kind, [target], 'server', given);
  // What is done with one snapshot stands beside that snapshot.
  const more = useKindActions(kinds.filter((kind) => !kind.fields.some((field) => field.holds === 'snapshot')), run);
  // The service that sells it has actions of its own.
  const service = { id: row.service_id ?? 0, name: t('page.service', { id: row.service_id ?? 0 }) };
  const serviceKinds = useKinds('service', row.service_id ?? undefined);
  const ofService = useKindActions(serviceKinds, (kind) => void openAction(kind, [service], 'server'));
  useKindCommands(target.name, more);
  useKindCommands(service.name, ofService);
  const current = tabNames.find((name) => name === list.view) ?? 'overview';
  const views = tabNames.map((name) => ({ id: name, label: t(`tab.${name}`) }));
  useKeys(t('page.keys'), [
    ...more.flatMap((a) => (a.keys ? [{ keys: a.keys, label: a.label, run: a.run, disabled: a.disabled !== undefined }] : [])),
    { keys: ']', label: t('page.nextTab'), run: () => list.setView(views[(tabNames.indexOf(current) + 1) % tabNames.length] as { id: string; label: string }) },
  ]);
  return (
    <>
      <PageHeader
        title={row.name || String(row.id)}
        beside={<ServerState row={row} tinted />}
        fresh={session.status?.freshness.map((f) => <Freshness key={f.provider} of={f} />)}
        facts={<HeaderFacts page={page} />}
      />
      <div className={classes.actions}>
        {actions.map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
        {more.length + ofService.length > 0 && (
          <span className={classes.more}>
            <ActionMenu
              actions={[
                ...(more.length > 0 ? [{ heading: t('page.instanceActions') }, ...groupedActions(more)] : []),
                ...(ofService.length > 0 ? [{ heading: service.name }, ...groupedActions(ofService)] : []),
              ]}
              target={
                <ActionIcon variant="default" size={30} aria-label={t('page.more')}>
                  <IconDots {...icon16} />
                </ActionIcon>
              }
            />
          </span>
        )}
      </div>
      <SavedViews views={views} current={current} onChoose={list.setView} />
      {row.action_id !== null && <OpenAction id={row.action_id} />}
      {page.error_message && <Strip tone="bad" icon={IconAlertTriangle} title={t('page.providerError')} text={<span className="rd-select">{page.error_message}</span>} />}
      {current === 'snapshots' ? <Snapshots server={target} kinds={kinds} onRun={run} /> : <Overview page={page} />}
    </>
  );
}

/** What both sides say, and what the machine is. */
function Overview({ page }: { page: Page }) {
  const t = useT('servers');
  const { row } = page;
  const differing = page.facts.filter((f) => f.verdict === 'differ');
  return (
    <>
      {differing.length > 0 && (
        <Strip
          icon={IconAlertTriangle}
          title={t('page.differs', { count: differing.length })}
          text={differing.map((f) => (f.reason ? phraseText(f.reason) : `${wordOf(`servers:fact.${f.fact}`, f.fact)}: ${f.whmcs ?? '—'} / ${f.contabo ?? '—'}`)).join(' · ')}
        />
      )}
      {page.facts.length > 0 && <Facts facts={page.facts} />}
      <div className={classes.columns}>
        <Block title={t('page.machine')}>
          <KeyValue labelWidth={136} facts={page.machine.map((f): Fact => ({ label: wordOf(`servers:machine.${f.code}`, f.code), value: <MachineText code={f.code} text={f.text} /> }))} />
        </Block>
        <div className={classes.column}>
          <Block title={t('page.addresses')}>
            {page.addresses.length === 0 ? <p className={classes.none}>{t('page.noAddresses')}</p> : <ul className={classes.list}>{page.addresses.map((a) => <li key={a}><CopyId value={a} /></li>)}</ul>}
          </Block>
          <Block title={t('page.dates')}>
            <KeyValue
              labelWidth={136}
              facts={[
                { label: t('date.next_due'), value: <Day at={row.next_due} /> },
                ...(row.cancel_date ? [{ label: t('date.ends'), value: <Day at={row.cancel_date} /> }] : []),
                { label: t('date.as_of'), value: <RelativeTime at={row.as_of} /> },
              ]}
            />
          </Block>
          <Block title={t('page.tags')}>
            {row.tags.length === 0 ? <p className={classes.none}>{t('page.noTags')}</p> : <ul className={classes.tags}>{row.tags.map((tag) => <li key={tag}>{tag}</li>)}</ul>}
          </Block>
        </div>
      </div>
    </>
  );
}

function HeaderFacts({ page: { row } }: { page: Page }) {
  const t = useT('servers');
  const place = [row.region, row.size].filter(Boolean).join(' · ');
  return (
    <>
      {row.client_id === null ? (
        <span>{t('page.noClient')}</span>
      ) : (
        <span>
          <Link to="/clients/$id" params={{ id: String(row.client_id) }}>
            {row.client_name || `#${row.client_id}`}
          </Link>
        </span>
      )}
      {row.service_id !== null && (
        <span>
          <Link to="/services/$id" params={{ id: String(row.service_id) }} className={classes.plain}>
            {t('page.service', { id: row.service_id })}
          </Link>
        </span>
      )}
      {place && <span>{place}</span>}
      {row.ipv4 && <CopyId value={row.ipv4} />}
      {row.ipv6 && <CopyId value={row.ipv6} />}
      <span>
        {t('page.instance')} <CopyId value={String(row.id)} withIcon={false} />
      </span>
    </>
  );
}

function MachineText({ code, text }: { code: string; text: string }) {
  if (code === 'created' || code === 'cancelled') return <RelativeTime at={text} />;
  return code === 'mac' ? <CopyId value={text} /> : text;
}

/** What is under way on this server, as the queue sees it, told anew with each of its moves. */
function OpenAction({ id }: { id: number }) {
  const t = useT('servers');
  const states = useT('states');
  const detail = useCommand('actionDetail', { id }, { fresh: true }).data;
  if (!detail) return null;
  const waits = detail.row.state === 'unknown' || detail.row.state === 'failed';
  return (
    <Strip
      tone={waits ? 'warn' : 'idle'}
      icon={waits ? IconAlertTriangle : IconProgress}
      title={t('page.running', { kind: wordOf(`phrases:kind.${detail.row.kind}`, detail.row.kind), state: states(`action.${stateName(detail.row.state)}` as 'action.running') })}
      text={[detail.notice, detail.row.waits].flatMap((p) => (p ? phraseText(p) : [])).join(' · ') || undefined}
      action={
        <Link to="/queue" search={{ o: String(id) }}>
          {t('page.toQueue')}
        </Link>
      }
    />
  );
}
