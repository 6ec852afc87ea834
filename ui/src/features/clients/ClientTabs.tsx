import { useNavigate } from '@tanstack/react-router';
import { IconFileInvoice, IconMessage2, IconPackage, IconServer2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useT } from '@/app/i18n';
import { by, ListPage, type ListState, useListState } from '@/components';
import { invoiceColumns, invoiceFields } from '@/components/records/invoices';
import { serverColumns, serverFields } from '@/components/records/servers';
import { serviceColumns, serviceFields } from '@/components/records/services';
import { ticketColumns, ticketFields } from '@/components/records/tickets';
import { type Filter, useWindow } from '@/ipc';

interface TabProps {
  fixed: readonly Filter[];
}

/** The list's question with the client always in it. */
function useOwn(list: ListState, fixed: readonly Filter[]) {
  return useMemo(() => ({ ...list.query, filters: [...fixed, ...list.query.filters] }), [list.query, fixed]);
}

function ServicesTab({ fixed }: TabProps) {
  const t = useT('clients');
  const navigate = useNavigate();
  const list = useListState({ sort: by('id', true) });
  const source = useWindow('servicesWindow', useOwn(list, fixed));
  const columns = useMemo(() => serviceColumns(t), [t]);
  const fields = useMemo(() => serviceFields(t), [t]);
  return (
    <ListPage
      embedded id="client-services" kind="services" provider="whmcs" title={t('tab.services')} things={(count) => t('plural.services', { count })} placeholder={t('placeholders.services')}
      columns={columns} fields={fields} list={list} fixed={fixed} source={source} rowKey={(r) => String(r.id)} rowLabel={(r) => r.product}
      onOpen={(r) => void navigate({ to: '/services/$id', params: { id: String(r.id) } })}
      empty={{ icon: IconPackage, title: t('none.services.title'), text: t('none.services.text') }}
    />
  );
}

function ServersTab({ fixed }: TabProps) {
  const t = useT('clients');
  const servers = useT('servers');
  const navigate = useNavigate();
  const list = useListState({ sort: by('name') });
  const source = useWindow('serversWindow', useOwn(list, fixed));
  const columns = useMemo(() => serverColumns(servers, true), [servers]);
  const fields = useMemo(() => serverFields(servers), [servers]);
  return (
    <ListPage
      embedded id="client-servers" kind="servers" provider="contabo" title={t('tab.servers')} things={(count) => t('plural.servers', { count })} placeholder={t('placeholders.servers')}
      columns={columns} fields={fields} list={list} fixed={fixed} source={source} rowKey={(r) => String(r.id)} rowLabel={(r) => r.name}
      onOpen={(r) => void navigate({ to: '/servers/$id', params: { id: String(r.id) } })}
      empty={{ icon: IconServer2, title: t('none.servers.title'), text: t('none.servers.text') }}
    />
  );
}

function InvoicesTab({ fixed }: TabProps) {
  const t = useT('clients');
  const invoices = useT('invoices');
  const list = useListState({ sort: by('date', true) });
  const source = useWindow('invoicesWindow', useOwn(list, fixed));
  const columns = useMemo(() => invoiceColumns(invoices, true), [invoices]);
  const fields = useMemo(() => invoiceFields(invoices), [invoices]);
  return (
    <ListPage
      embedded id="client-invoices" kind="invoices" provider="whmcs" title={t('tab.invoices')} things={(count) => t('plural.invoices', { count })} placeholder={t('placeholders.invoices')}
      columns={columns} fields={fields} list={list} fixed={fixed} source={source} rowKey={(r) => String(r.id)} rowLabel={(r) => r.number}
      empty={{ icon: IconFileInvoice, title: t('none.invoices.title'), text: t('none.invoices.text') }}
    />
  );
}

function TicketsTab({ fixed }: TabProps) {
  const t = useT('clients');
  const tickets = useT('tickets');
  const list = useListState({ sort: by('last_reply', true) });
  const source = useWindow('ticketsWindow', useOwn(list, fixed));
  const columns = useMemo(() => ticketColumns(tickets, true), [tickets]);
  const fields = useMemo(() => ticketFields(tickets), [tickets]);
  return (
    <ListPage
      embedded id="client-tickets" kind="tickets" provider="whmcs" title={t('tab.tickets')} things={(count) => t('plural.tickets', { count })} placeholder={t('placeholders.tickets')}
      columns={columns} fields={fields} list={list} fixed={fixed} source={source} rowKey={(r) => String(r.id)} rowLabel={(r) => r.subject}
      empty={{ icon: IconMessage2, title: t('none.tickets.title'), text: t('none.tickets.text') }}
    />
  );
}

/** The lists of a client's page, by the view in its address. */
export const tabs = { services: ServicesTab, servers: ServersTab, invoices: InvoicesTab, tickets: TicketsTab } as const;
