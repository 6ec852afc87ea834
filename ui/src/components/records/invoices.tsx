import type { T } from '@/app/i18n';
import type { InvoiceRow } from '@/ipc';
import { CopyId } from '../CopyId';
import type { Column } from '../DataTable';
import type { FilterField } from '../filters';
import { Money } from '../Money';
import { Day } from '../RelativeTime';
import { StatePill } from '../StatePill';

/** An invoice's state as people see it: unpaid and late is overdue. */
function stateOf(row: InvoiceRow): string {
  return row.overdue ? 'overdue' : row.status;
}

/** Columns of every list of invoices; a client's own leaves the client out. */
export function invoiceColumns(t: T<'invoices'>, own = false): readonly Column<InvoiceRow>[] {
  const all: (Column<InvoiceRow> | false)[] = [
    { id: 'number', header: t('column.number'), width: 120, tone: 'name', fixed: true, sort: 'down', cell: (r) => <CopyId value={r.number} withIcon={false} tabStop={false} /> },
    !own && { id: 'client', header: t('column.client'), width: 200, grow: 2, sort: 'up', tone: 'second', cell: (r) => r.client_name || '—' },
    { id: 'status', header: t('column.status'), width: 146, sort: 'up', cell: (r) => <StatePill area="invoice" state={stateOf(r)} /> },
    { id: 'date', header: t('column.date'), width: 108, align: 'end', sort: 'down', cell: (r) => <Day at={r.date} /> },
    { id: 'due', header: t('column.due'), width: 108, align: 'end', sort: 'up', cell: (r) => <Day at={r.due} /> },
    { id: 'paid', header: t('column.paid'), width: 108, align: 'end', sort: 'down', tone: 'second', cell: (r) => <Day at={r.paid} /> },
    { id: 'method', header: t('column.method'), width: 130, grow: 1, tone: 'third', cell: (r) => r.method || '—' },
    { id: 'total', header: t('column.total'), width: 116, align: 'end', sort: 'down', cell: (r) => <Money value={r.total} /> },
  ];
  return all.filter((column): column is Column<InvoiceRow> => column !== false);
}

/** Filters of every list of invoices. */
export function invoiceFields(t: T<'invoices'>): (facet: (field: string) => FilterField['options']) => readonly FilterField[] {
  return (facet) => [
    { field: 'status', label: t('column.status'), kind: 'choice', options: facet('status') ?? [], pinned: true },
    { field: 'overdue', label: t('filter.overdue'), kind: 'choice', options: [{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }] },
    { field: 'total', label: t('column.total'), kind: 'money' },
    { field: 'currency', label: t('filter.currency'), kind: 'choice', options: facet('currency') ?? [] },
    { field: 'date', label: t('column.date'), kind: 'date' },
    { field: 'due', label: t('column.due'), kind: 'date' },
    { field: 'method', label: t('column.method'), kind: 'choice', options: facet('method') ?? [] },
  ];
}
