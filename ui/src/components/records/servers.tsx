import { Link } from '@tanstack/react-router';
import type { T } from '@/app/i18n';
import type { ServerRow } from '@/ipc';
import { CopyId } from '../CopyId';
import type { Column } from '../DataTable';
import type { FilterField } from '../filters';
import { formatDay } from '../format';
import { Money } from '../Money';
import { Day } from '../RelativeTime';
import { StatePill } from '../StatePill';
import { stateName } from '../states';
import { wordOf } from '../word';
import classes from './records.module.css';

/** A server's state; one that runs and was cancelled says when it ends. */
export function ServerState({ row, tinted = false }: { row: Pick<ServerRow, 'state' | 'cancel_date'>; tinted?: boolean }) {
  const ends = row.cancel_date !== null && stateName(row.state) === 'running';
  return <StatePill area="server" state={ends ? 'ending' : row.state} {...(ends ? { values: { date: formatDay(row.cancel_date ?? '') } } : {})} tinted={tinted} />;
}

/** Columns of every list of servers; a client's own leaves the client out. */
export function serverColumns(t: T<'servers'>, own = false): readonly Column<ServerRow>[] {
  const all: (Column<ServerRow> | false)[] = [
    {
      id: 'name', header: t('column.name'), width: 220, grow: 4, tone: 'name', fixed: true, sort: 'up',
      cell: (r) => (
        <span className={classes.two}>
          <span title={r.name}>{r.name || r.id}</span>
          {r.service_id !== null && <span className={classes.aside}>{r.service_id}</span>}
        </span>
      ),
    },
    !own && {
      id: 'client', header: t('column.client'), width: 170, grow: 1, sort: 'up', tone: 'second',
      cell: (r) =>
        r.client_id === null ? (
          t('notLinked')
        ) : (
          <Link to="/clients/$id" params={{ id: String(r.client_id) }} tabIndex={-1} className={classes.link} title={r.client_name ?? ''}>
            {r.client_name || `#${r.client_id}`}
          </Link>
        ),
    },
    { id: 'state', header: t('column.state'), width: 158, sort: 'up', cell: (r) => <ServerState row={r} /> },
    { id: 'region', header: t('column.region'), width: 96, sort: 'up', tone: 'second', cell: (r) => r.region },
    { id: 'size', header: t('column.size'), width: 150, grow: 1, sort: 'up', tone: 'second', cell: (r) => r.size },
    { id: 'ipv4', header: t('column.ipv4'), width: 128, sort: 'up', mono: true, cell: (r) => (r.ipv4 ? <CopyId value={r.ipv4} withIcon={false} tabStop={false} /> : '–') },
    { id: 'ipv6', header: t('column.ipv6'), width: 200, mono: true, hidden: true, cell: (r) => (r.ipv6 ? <CopyId value={r.ipv6} withIcon={false} tabStop={false} /> : '–') },
    { id: 'tags', header: t('column.tags'), width: 130, grow: 1, tone: 'third', hidden: true, cell: (r) => r.tags.join(', ') },
    { id: 'data_center', header: t('column.dataCenter'), width: 130, tone: 'second', sort: 'up', hidden: true, cell: (r) => r.data_center },
    { id: 'id', header: t('column.id'), width: 100, mono: true, tone: 'third', hidden: true, sort: 'up', cell: (r) => <CopyId value={String(r.id)} withIcon={false} tabStop={false} /> },
    { id: 'next_due', header: t('column.nextDue'), width: 104, align: 'end', sort: 'up', cell: (r) => <Day at={r.next_due} /> },
    { id: 'renews', header: t('column.ends'), width: 92, hidden: true, align: 'end', sort: 'up', tone: 'second', cell: (r) => <Day at={r.cancel_date} /> },
    { id: 'price', header: t('column.price'), width: 100, align: 'end', sort: 'down', cell: (r) => <Money value={r.price} /> },
  ];
  return all.filter((column): column is Column<ServerRow> => column !== false);
}

/** Filters of every list of servers. */
export function serverFields(t: T<'servers'>): (facet: (field: string) => FilterField['options']) => readonly FilterField[] {
  const yesNo = [{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }];
  return (facet) => [
    { field: 'state', label: t('column.state'), kind: 'choice', options: (facet('state') ?? []).map((o) => Object.assign({}, o, { label: wordOf(`states:server.${stateName(o.value)}`, o.label) })), pinned: true },
    { field: 'region', label: t('column.region'), kind: 'choice', options: facet('region') ?? [], pinned: true },
    { field: 'size', label: t('column.size'), kind: 'choice', options: facet('size') ?? [] },
    { field: 'data_center', label: t('column.dataCenter'), kind: 'choice', options: facet('data_center') ?? [] },
    { field: 'tags', label: t('column.tags'), kind: 'choice', options: facet('tags') ?? [] },
    { field: 'linked', label: t('filter.linked'), kind: 'choice', options: yesNo },
    { field: 'cancelled', label: t('filter.ending'), kind: 'choice', options: yesNo },
    { field: 'price', label: t('column.price'), kind: 'money' },
    { field: 'next_due', label: t('column.nextDue'), kind: 'date' },
  ];
}
