import { useNavigate } from '@tanstack/react-router';
import { IconUsers } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { by, type Column, CopyId, Day, type FilterField, formatCount, ListPage, type ListView, Money, StatePill, useListState } from '@/components';
import { type ClientRow, useWindow } from '@/ipc';

export function ClientsPage() {
  const t = useT('clients');
  const navigate = useNavigate();
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('name') });
  const source = useWindow('clientsWindow', list.query);
  const columns = useMemo<readonly Column<ClientRow>[]>(
    () => [
      { id: 'name', header: t('column.name'), width: 220, grow: 2, tone: 'name', fixed: true, sort: 'up', cell: (r) => r.name || r.company },
      { id: 'company', header: t('column.company'), width: 180, grow: 1, tone: 'second', cell: (r) => r.company || '—' },
      { id: 'status', header: t('column.status'), width: 110, sort: 'up', cell: (r) => <StatePill area="client" state={r.status} /> },
      { id: 'email', header: t('column.email'), width: 220, grow: 1, tone: 'second', cell: (r) => r.email },
      { id: 'services', header: t('column.services'), width: 92, align: 'end', sort: 'down', cell: (r) => formatCount(r.services) },
      { id: 'servers', header: t('column.servers'), width: 92, align: 'end', sort: 'down', cell: (r) => formatCount(r.servers) },
      { id: 'tickets', header: t('column.tickets'), width: 104, align: 'end', sort: 'down', cell: (r) => formatCount(r.tickets) },
      { id: 'overdue', header: t('column.overdue'), width: 116, align: 'end', sort: 'down', cell: (r) => <Money value={r.overdue} /> },
      { id: 'created', header: t('column.created'), width: 104, align: 'end', sort: 'down', tone: 'second', cell: (r) => <Day at={r.created} /> },
      { id: 'id', header: t('column.id'), width: 72, sort: 'up', mono: true, hidden: true, tone: 'third', cell: (r) => <CopyId value={String(r.id)} withIcon={false} tabStop={false} /> },
    ],
    [t],
  );
  const fields = useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => [
      { field: 'status', label: t('column.status'), kind: 'choice', options: facet('status') ?? [], pinned: true },
      { field: 'currency', label: t('filter.currency'), kind: 'choice', options: facet('currency') ?? [] },
      { field: 'country', label: t('filter.country'), kind: 'choice', options: facet('country') ?? [] },
      { field: 'servers', label: t('column.servers'), kind: 'number' },
      { field: 'services', label: t('column.services'), kind: 'number' },
      { field: 'tickets', label: t('column.tickets'), kind: 'number' },
      { field: 'overdue', label: t('column.overdue'), kind: 'money' },
      { field: 'created', label: t('column.created'), kind: 'date' },
    ],
    [t],
  );
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      { id: 'active', label: t('view.active'), filters: [{ field: 'status', op: 'is', values: ['Active'] }] },
      { id: 'overdue', label: t('view.overdue'), filters: [{ field: 'overdue', op: 'over', values: ['0.01'] }], sort: by('overdue', true) },
      { id: 'tickets', label: t('view.tickets'), filters: [{ field: 'tickets', op: 'over', values: ['1'] }], sort: by('tickets', true) },
      { id: 'servers', label: t('view.servers'), filters: [{ field: 'servers', op: 'over', values: ['1'] }], sort: by('servers', true) },
    ],
    [t],
  );
  return (
    <ListPage
      id="clients"
      kind="clients"
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
      rowLabel={(r) => r.name || r.company}
      onOpen={(r) => void navigate({ to: '/clients/$id', params: { id: String(r.id) } })}
      empty={{ icon: IconUsers, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}
