import { IconAlertTriangle, IconTrendingUp } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { hasText, type T, text, useT } from '@/app/i18n';
import type { ToastInput } from '@/app/toasts/toasts';
import { by, type Column, errorText, type FilterField, formatCount, formatDecimal, formatFullDay, formatMoney, ListPage, type ListView, ReadNow, RelativeTime, Strip, useListState, wordOf } from '@/components';
import { ask, type PriceMove, type PricesState, useCommand, useWindow } from '@/ipc';
import classes from './prices.module.css';

const kindWord = (kind: string): string => wordOf(`prices:kind.${kind}`, kind);
const changeWord = (change: string): string => wordOf(`prices:change.${change}`, change);

/** `setup.monthly` → “set-up, monthly”; what has no words keeps its own. */
function termWord(term: string): string {
  const dot = term.indexOf('.');
  const [head, rest] = dot < 0 ? [term, ''] : [term.slice(0, dot), term.slice(dot + 1)];
  if (head === '' || !hasText(`prices:term.${head}`)) return term || '—';
  const arg = hasText(`prices:term.${rest}`) ? text(`prices:term.${rest}` as 'prices:term.monthly') : rest.replaceAll('_', ' ');
  return text(`prices:term.${head}` as 'prices:term.setup', { arg });
}

/** A rate is no money. */
function amount(row: PriceMove, value: string | null, none: string): string {
  if (value === null) return none;
  return row.kind === 'rate' ? formatDecimal(value) : formatMoney({ amount: value, currency: row.currency }, { mixed: true });
}

function columnsOf(t: T<'prices'>): readonly Column<PriceMove>[] {
  return [
    { id: 'at', header: t('column.at'), width: 116, sort: 'down', fixed: true, cell: (r) => <RelativeTime at={r.at} /> },
    { id: 'name', header: t('column.name'), width: 260, grow: 3, sort: 'up', tone: 'name', fixed: true, cell: (r) => <span title={r.subject}>{r.name || r.subject}</span> },
    { id: 'kind', header: t('column.kind'), width: 120, sort: 'up', tone: 'second', cell: (r) => kindWord(r.kind) },
    { id: 'term', header: t('column.term'), width: 170, grow: 1, sort: 'up', tone: 'second', cell: (r) => termWord(r.term) },
    { id: 'currency', header: t('column.currency'), width: 88, sort: 'up', tone: 'second', cell: (r) => r.currency },
    { id: 'old', header: t('column.old'), width: 110, align: 'end', tone: 'second', cell: (r) => <span className="rd-num">{amount(r, r.old, t('none'))}</span> },
    { id: 'new', header: t('column.new'), width: 110, align: 'end', cell: (r) => <span className="rd-num">{amount(r, r.new, t('none'))}</span> },
    { id: 'change', header: t('column.change'), width: 88, sort: 'up', tone: 'second', cell: (r) => changeWord(r.change) },
  ];
}

/** Prices and rates that moved, each with its day. */
export function PricesPage() {
  const t = useT('prices');
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('at', true) });
  const source = useWindow('pricesWindow', list.query);
  const state = useCommand('pricesState').data;
  const columns = useMemo(() => columnsOf(t), [t]);
  const fields = useFields();
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      { id: 'rates', label: t('view.rates'), filters: [{ field: 'kind', op: 'is', values: ['rate'] }] },
      { id: 'contabo', label: t('view.contabo'), filters: [{ field: 'kind', op: 'is', values: ['contabo'] }] },
    ],
    [t],
  );
  const known = state?.lists.reduce((sum, l) => sum + l.prices, 0) ?? 0;
  return (
    <ListPage
      id="prices"
      kind="prices"
      title={t('title')}
      things={(count) => t('things', { count })}
      placeholder={t('placeholder')}
      columns={columns}
      fields={fields}
      views={views}
      list={list}
      source={source}
      rowKey={(r) => String(r.id)}
      rowLabel={(r) => `${r.name} ${termWord(r.term)}`}
      fresh={state && <span className={classes.state}>{t('state', { prices: formatCount(known), day: formatFullDay(state.contabo.as_of) })}</span>}
      above={state && <Warnings state={state} />}
      actions={<ReadNow id="prices" keys={t('keys')} label={t('readNow')} icon={IconTrendingUp} ask={() => look(t)} />}
      empty={{ icon: IconTrendingUp, title: t('empty.title'), text: t('empty.text') }}
    />
  );
}

/** Looks at once, as the daily job does. */
async function look(t: T<'prices'>): Promise<ToastInput> {
  const run = await ask('scheduleRun', { job: 'prices' });
  const moved = run.counts.find((c) => c.value === 'moved')?.count ?? 0;
  return { look: run.error ? 'failed' : 'done', title: t('read', { count: moved }), ...(run.error ? { detail: errorText(run.error).title } : {}) };
}

/** What the list may miss: lists that could not be read, and a list of Contabo's that is too old. */
function Warnings({ state }: { state: PricesState }) {
  const t = useT('prices');
  const failed = state.lists.flatMap((l) => (l.error ? [{ name: wordOf(`prices:list.${l.list}`, l.list), error: l.error }] : []));
  return (
    <>
      {state.contabo.old && <Strip icon={IconAlertTriangle} title={t('old', { days: formatCount(state.contabo.days) })} text={t('oldText')} />}
      {failed.length > 0 && <Strip icon={IconAlertTriangle} title={t('failed', { count: failed.length })} text={failed.map((f) => t('unread', { name: f.name, why: errorText(f.error).title })).join(' ')} />}
    </>
  );
}

function useFields() {
  const t = useT('prices');
  return useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => {
      const worded = (field: string, word: (value: string) => string) => (facet(field) ?? []).map((o) => Object.assign({}, o, { label: word(o.value) }));
      return [
        { field: 'kind', label: t('column.kind'), kind: 'choice', pinned: true, options: worded('kind', kindWord) },
        { field: 'change', label: t('column.change'), kind: 'choice', pinned: true, options: worded('change', changeWord) },
        { field: 'currency', label: t('column.currency'), kind: 'choice', options: facet('currency') ?? [] },
        { field: 'term', label: t('column.term'), kind: 'choice', options: worded('term', termWord) },
        { field: 'at', label: t('column.at'), kind: 'duration' },
      ];
    },
    [t],
  );
}
