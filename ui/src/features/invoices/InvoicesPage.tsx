import { useNavigate } from '@tanstack/react-router';
import { IconFileInvoice } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { by, KindBulk, ListPage, type ListView, useListState } from '@/components';
import { invoiceColumns, invoiceFields } from '@/components/records/invoices';
import { useWindow } from '@/ipc';

export function InvoicesPage() {
  const t = useT('invoices');
  const navigate = useNavigate();
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('date', true) });
  const source = useWindow('invoicesWindow', list.query);
  const columns = useMemo(() => invoiceColumns(t), [t]);
  const fields = useMemo(() => invoiceFields(t), [t]);
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      { id: 'overdue', label: t('view.overdue'), filters: [{ field: 'overdue', op: 'is', values: ['true'] }], sort: by('due') },
      { id: 'unpaid', label: t('view.unpaid'), filters: [{ field: 'status', op: 'is', values: ['Unpaid'] }], sort: by('due') },
      { id: 'paid', label: t('view.paid'), filters: [{ field: 'status', op: 'is', values: ['Paid'] }] },
    ],
    [t],
  );
  return (
    <ListPage
      id="invoices"
      kind="invoices"
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
      rowLabel={(r) => r.number}
      onOpen={(r) => void navigate({ to: '/clients/$id', params: { id: String(r.client_id) }, search: { v: 'invoices', q: r.number } })}
      bulk={(keys) => <KindBulk target="invoice" origin="invoices" chosen={keys.map((key) => ({ id: Number(key), name: source.rows.find((r) => String(r.id) === key)?.number ?? key }))} />}
      empty={{ icon: IconFileInvoice, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}
