import { Button } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useSession } from '@/app/session';
import { CopyId, formatFullDay, formatMoney, Freshness, MoneySum, PageHeader, RecordPage, SavedViews, StatePill, TimelinePane, useListState, wordOf } from '@/components';
import { type ClientPage as Page, useCommand } from '@/ipc';
import { tabs } from './ClientTabs';
import classes from './ClientPage.module.css';

const names = ['services', 'servers', 'invoices', 'tickets'] as const;
type TabName = (typeof names)[number];

export function ClientPage() {
  const t = useT('clients');
  const navigate = useNavigate();
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const reading = useCommand('clientPage', { id }, { fresh: true });
  const row = reading.data?.row;
  useCrumbs([{ label: t('title'), to: '/clients' }, { label: row ? row.name || row.company : String(id) }]);
  const back = () => void navigate({ to: '/clients' });
  useKeys(t('page.keys'), [{ keys: 'Escape', label: t('page.back'), run: back }]);
  return (
    <RecordPage
      filled
      reading={reading}
      missing={{ title: t('page.missing', { id: String(id) }), action: <Button onClick={back}>{t('page.back')}</Button> }}
      aside={reading.data && <TimelinePane subject={{ kind: 'client', id }} />}
    >
      {(page) => <Client page={page} />}
    </RecordPage>
  );
}

function Client({ page }: { page: Page }) {
  const t = useT('clients');
  const { row } = page;
  const session = useSession();
  const whmcs = session.status?.freshness.find((f) => f.provider === 'whmcs');
  const list = useListState();
  const current: TabName = names.find((name) => name === list.view) ?? 'services';
  const counts: Record<TabName, number> = { services: page.services_all, servers: row.servers, invoices: page.invoices, tickets: page.tickets_all };
  const views = names.map((name) => ({ id: name, label: t(`tab.${name}`), count: counts[name] }));
  useKeys(t('page.keys'), [{ keys: ']', label: t('page.nextTab'), run: () => list.setView(views[(names.indexOf(current) + 1) % names.length] ?? { id: 'services', label: '' }) }]);
  const fixed = useMemo(() => [{ field: 'client_id', op: 'is' as const, values: [String(row.id)] }], [row.id]);
  const Tab = tabs[current];
  return (
    <>
      <PageHeader
        title={row.name || row.company}
        {...(row.name && row.company ? { count: row.company } : {})}
        beside={<StatePill area="client" state={row.status} tinted />}
        fresh={whmcs && <Freshness of={whmcs} />}
        facts={
          <>
            {row.email && <CopyId value={row.email} />}
            <span>{t('page.id', { id: row.id })}</span>
            {row.created && <span>{t('page.since', { date: formatFullDay(row.created) })}</span>}
            {page.facts.map((fact) => (
              <span key={fact.code} title={wordOf(`clients:fact.${fact.code}`, fact.code)} className={`${classes.fact} rd-select`}>
                {fact.text}
              </span>
            ))}
          </>
        }
      />
      <Summary page={page} />
      <SavedViews views={views} current={current} onChoose={list.setView} />
      <Tab key={`${current}-${row.id}`} fixed={fixed} />
    </>
  );
}

function Summary({ page }: { page: Page }) {
  const t = useT('clients');
  const { row } = page;
  const figures = [
    { label: t('page.unpaid'), value: page.unpaid.length > 0 ? <MoneySum values={page.unpaid} /> : t('page.nothingUnpaid'), aside: row.overdue ? t('page.overdue', { sum: formatMoney(row.overdue) }) : '', bad: row.overdue !== null },
    { label: t('page.monthly'), value: <MoneySum values={page.monthly} />, aside: t('page.perMonth') },
    { label: t('page.services'), value: row.services, aside: t('page.servicesActive', { active: row.services, all: page.services_all }) },
    { label: t('page.servers'), value: row.servers, aside: t('page.serversLinked') },
    { label: t('page.invoices'), value: page.invoices, aside: t('page.inAll') },
    { label: t('page.tickets'), value: page.tickets_all, aside: row.tickets > 0 ? t('page.ticketsWaiting', { count: row.tickets }) : t('page.ticketsQuiet') },
  ];
  return (
    <dl className={classes.summary}>
      {figures.map((figure) => (
        <div key={figure.label}>
          <dt>{figure.label}</dt>
          <dd className={classes.figure}>{figure.value}</dd>
          <dd className={classes.figureAside} data-bad={figure.bad || undefined}>
            {figure.aside}
          </dd>
        </div>
      ))}
    </dl>
  );
}
