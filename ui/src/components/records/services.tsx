import { Link } from '@tanstack/react-router';
import type { T } from '@/app/i18n';
import type { ServiceRow } from '@/ipc';
import { CopyId } from '../CopyId';
import type { Column } from '../DataTable';
import type { FilterField } from '../filters';
import { Money } from '../Money';
import { Day } from '../RelativeTime';
import { StatePill } from '../StatePill';
import classes from './records.module.css';

/** Columns of a client's services, each with the machine that serves it. */
export function serviceColumns(t: T<'clients'>): readonly Column<ServiceRow>[] {
  return [
    {
      id: 'product', header: t('service.product'), width: 170, grow: 2, tone: 'name', fixed: true, sort: 'up',
      cell: (r) => (
        <span className={classes.two}>
          <span title={r.product}>{r.product}</span>
          <span className={classes.aside}>{r.id}</span>
        </span>
      ),
    },
    { id: 'domain', header: t('service.domain'), width: 114, grow: 1, sort: 'up', tone: 'second', cell: (r) => r.domain || '—' },
    { id: 'status', header: t('service.status'), width: 112, sort: 'up', cell: (r) => <StatePill area="service" state={r.status} /> },
    {
      id: 'server', header: t('service.server'), width: 116,
      cell: (r) =>
        r.instance_id === null ? (
          <span>—</span>
        ) : (
          <Link to="/servers/$id" params={{ id: String(r.instance_id) }} tabIndex={-1} className={classes.link} title={t('service.openServer', { id: r.instance_id })}>
            {r.server_state ? <StatePill area="server" state={r.server_state} /> : r.instance_id}
          </Link>
        ),
    },
    { id: 'ipv4', header: t('service.ipv4'), width: 120, mono: true, cell: (r) => (r.ipv4 ? <CopyId value={r.ipv4} withIcon={false} tabStop={false} /> : '–') },
    { id: 'cycle', header: t('service.cycle'), width: 108, sort: 'up', tone: 'second', cell: (r) => r.cycle },
    { id: 'next_due', header: t('service.nextDue'), width: 96, align: 'end', sort: 'up', cell: (r) => <Day at={r.next_due} /> },
    { id: 'price', header: t('service.price'), width: 84, align: 'end', sort: 'down', cell: (r) => <Money value={r.price} /> },
  ];
}

/** Filters of a client's services. */
export function serviceFields(t: T<'clients'>): (facet: (field: string) => FilterField['options']) => readonly FilterField[] {
  return (facet) => [
    { field: 'status', label: t('service.status'), kind: 'choice', options: facet('status') ?? [], pinned: true },
    { field: 'cycle', label: t('service.cycle'), kind: 'choice', options: facet('cycle') ?? [] },
    { field: 'price', label: t('service.price'), kind: 'money' },
    { field: 'next_due', label: t('service.nextDue'), kind: 'date' },
  ];
}
