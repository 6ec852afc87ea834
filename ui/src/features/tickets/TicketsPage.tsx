import { useNavigate } from '@tanstack/react-router';
import { IconMessage2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { by, KindBulk, ListPage, type ListView, useListState } from '@/components';
import { ticketColumns, ticketFields } from '@/components/records/tickets';
import { useWindow } from '@/ipc';

export function TicketsPage() {
  const t = useT('tickets');
  const navigate = useNavigate();
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('last_reply', true) });
  const source = useWindow('ticketsWindow', list.query);
  const columns = useMemo(() => ticketColumns(t), [t]);
  const fields = useMemo(() => ticketFields(t), [t]);
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      { id: 'waiting', label: t('view.waiting'), filters: [{ field: 'waiting', op: 'is', values: ['true'] }], sort: by('last_reply') },
      { id: 'high', label: t('view.high'), filters: [{ field: 'priority', op: 'is', values: ['High'] }, { field: 'waiting', op: 'is', values: ['true'] }] },
    ],
    [t],
  );
  return (
    <ListPage
      id="tickets"
      kind="tickets"
      provider="whmcs"
      title={t('title')}
      things={(count) => t('things', { count })}
      placeholder={t('placeholder')}
      columns={columns}
      fields={fields}
      views={views}
      list={list}
      source={source}
      rowKey={(r) => String(r.id)}
      rowLabel={(r) => r.subject}
      onOpen={(r) => {
        if (r.client_id !== null) void navigate({ to: '/clients/$id', params: { id: String(r.client_id) }, search: { v: 'tickets', q: r.tid } });
      }}
      bulk={(keys) => <KindBulk target="ticket" origin="tickets" chosen={keys.map((key) => ({ id: Number(key), name: source.rows.find((r) => String(r.id) === key)?.subject ?? key }))} />}
      empty={{ icon: IconMessage2, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}
