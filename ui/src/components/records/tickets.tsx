import type { T } from '@/app/i18n';
import type { TicketRow } from '@/ipc';
import { CopyId } from '../CopyId';
import type { Column } from '../DataTable';
import type { FilterField } from '../filters';
import { RelativeTime } from '../RelativeTime';
import { StatePill } from '../StatePill';

/** Columns of every list of tickets; a client's own leaves the client out. Subjects are foreign text: shown as text. */
export function ticketColumns(t: T<'tickets'>, own = false): readonly Column<TicketRow>[] {
  const all: (Column<TicketRow> | false)[] = [
    { id: 'subject', header: t('column.subject'), width: 300, grow: 3, tone: 'name', fixed: true, sort: 'up', cell: (r) => r.subject || '—' },
    { id: 'tid', header: t('column.tid'), width: 96, sort: 'up', mono: true, cell: (r) => <CopyId value={r.tid} withIcon={false} tabStop={false} /> },
    !own && { id: 'client', header: t('column.client'), width: 180, grow: 1, sort: 'up', tone: 'second', cell: (r) => r.client_name || '—' },
    { id: 'status', header: t('column.status'), width: 140, sort: 'up', cell: (r) => <StatePill area="ticket" state={r.status} /> },
    { id: 'department', header: t('column.department'), width: 130, sort: 'up', tone: 'second', cell: (r) => r.department || '—' },
    { id: 'priority', header: t('column.priority'), width: 88, sort: 'down', tone: 'second', cell: (r) => r.priority },
    { id: 'last_reply', header: t('column.lastReply'), width: 120, align: 'end', sort: 'down', cell: (r) => <RelativeTime at={r.last_reply} /> },
    { id: 'opened', header: t('column.opened'), width: 112, align: 'end', sort: 'down', tone: 'second', cell: (r) => <RelativeTime at={r.opened} /> },
  ];
  return all.filter((column): column is Column<TicketRow> => column !== false);
}

/** Filters of every list of tickets. */
export function ticketFields(t: T<'tickets'>): (facet: (field: string) => FilterField['options']) => readonly FilterField[] {
  return (facet) => [
    { field: 'status', label: t('column.status'), kind: 'choice', options: facet('status') ?? [], pinned: true },
    { field: 'department', label: t('column.department'), kind: 'choice', options: facet('department') ?? [] },
    { field: 'priority', label: t('column.priority'), kind: 'choice', options: facet('priority') ?? [] },
    { field: 'waiting', label: t('filter.waiting'), kind: 'choice', options: [{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }] },
  ];
}
