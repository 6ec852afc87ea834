import { Button, Tooltip } from '@mantine/core';
import { IconArrowDown, IconBroadcast, IconDownload, IconListSearch, IconPlayerPause } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { type T, useT } from '@/app/i18n';
import { useCommands } from '@/app/palette/commands';
import { heights } from '@/app/theme/tokens';
import { ActionButton, by, ClockTime, type Column, CopyId, type FilterField, formatClock, formatCount, formatTime, icon14, icon16, ListPage, Sparkbars, useListState, wordOf } from '@/components';
import { type Filter, type LogRow, type Rows, useCommand, useWindow } from '@/ipc';
import { useEntryDrawer } from './EntryDrawer';
import { ExportDialog } from './ExportDialog';
import { Marked, wordsOf } from './Marked';
import { Outcome, outcomeWord, ProviderMark } from './outcome';
import { useSaved } from './saved';
import classes from './log.module.css';

function columnsOf(t: T<'log'>, search: string): readonly Column<LogRow>[] {
  return [
    { id: 'at', header: t('column.at'), width: 82, grow: 0, sort: 'down', mono: true, tone: 'second', fixed: true, cell: (r) => <ClockTime at={r.at} seconds /> },
    { id: 'call', header: t('column.call'), width: 340, grow: 4, fixed: true, cell: (r) => <Call row={r} search={search} /> },
    { id: 'operation', header: t('column.operation'), width: 160, grow: 1, hidden: true, tone: 'second', cell: (r) => r.operation },
    { id: 'status', header: t('column.status'), width: 78, grow: 0, sort: 'down', cell: (r) => <Outcome row={r} /> },
    { id: 'ms', header: t('column.ms'), width: 70, grow: 0, align: 'end', sort: 'down', tone: 'second', cell: (r) => formatCount(r.ms) },
    { id: 'request_id', header: t('column.request'), width: 108, grow: 0, mono: true, tone: 'second', cell: (r) => <CopyId value={r.request_id} short withIcon={false} tabStop={false} /> },
    {
      id: 'action_id', header: t('column.action'), width: 86, grow: 0, mono: true,
      cell: (r) =>
        r.action_id === null ? '—' : (
          <Link to="/queue" search={{ o: String(r.action_id) }} tabIndex={-1}>
            {t('actionNumber', { id: r.action_id })}
          </Link>
        ),
    },
  ];
}

/** Method and path for one, the action's name for the other. A path loses its beginning, never its end. */
function Call({ row, search }: { row: LogRow; search: string }) {
  const shown = row.path || row.operation;
  const hit = wordsOf(search).some((word) => shown.toLowerCase().includes(word.toLowerCase()));
  return (
    <span className={classes.call}>
      <ProviderMark provider={row.provider} />
      {row.provider !== 'whmcs' && <span className={classes.method}>{row.method}</span>}
      <span className={classes.path} title={shown}>
        <bdi dir="ltr">
          <Marked text={shown} search={search} />
        </bdi>
      </span>
      {!hit && row.snippet && (
        <span className={classes.snippet} title={row.snippet}>
          <Marked text={row.snippet} search={search} />
        </span>
      )}
    </span>
  );
}

export function LogPage() {
  const t = useT('log');
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('at', true) });
  const source = useWindow('logWindow', list.query);
  const [follow, setFollow] = useState(true);
  const newestFirst = list.sort?.column === 'at' && list.sort.descending;
  // While a call is being read, the rows stand still.
  const held = useHeld(source, newestFirst && (!follow || list.open !== null), JSON.stringify(list.query));
  const ms = useTook(list.query, source.refreshing);
  const columns = useMemo(() => columnsOf(t, list.text), [t, list.text]);
  const fields = useFields(list.filters.find((f) => f.field === 'action_id')?.values);
  const drawer = useEntryDrawer(list.open === null ? null : Number(list.open), source.rows, list.text);
  const saved = useSaved(list);
  const [exporting, setExporting] = useState(false);
  useCommands([{ id: 'log-export', title: t('export.title'), icon: IconDownload, run: () => setExporting(true) }]);
  const totals = useCommand('listTotals', { list: 'log', query: { text: '', filters: [], sort: null, after: null, limit: 0 } });
  return (
    <>
    {exporting && <ExportDialog query={list.query} onClose={() => setExporting(false)} />}
    <ListPage
      id="log"
      kind="log"
      title={t('title')}
      things={(count) => t('things', { count })}
      placeholder={t('placeholder')}
      count={
        totals.data ? (
          <Link to="/settings" className={classes.kept} title={t('keep')}>
            {t('kept', { n: formatCount(totals.data.all) })}
          </Link>
        ) : undefined
      }
      fresh={
        <span className={classes.live} data-tone={held.waiting ? 'warn' : 'ok'}>
          {held.holding ? <IconPlayerPause {...icon14} /> : <IconBroadcast {...icon14} />}
          {held.holding ? t('held') : t('live')}
        </span>
      }
      actions={
        <>
          <Tooltip label={t('followHint')}>
            <Button leftSection={<IconArrowDown {...icon16} />} aria-pressed={follow} className={classes.follow} onClick={() => setFollow(!follow)}>
              {t('follow')}
            </Button>
          </Tooltip>
          <ActionButton action={{ id: 'export', label: t('export.button'), icon: IconDownload, run: () => setExporting(true) }} />
        </>
      }
      {...saved}
      above={<Histogram text={list.text} filters={list.query.filters} />}
      note=""
      search={{ ms }}
      rowHeight={heights.rowLog}
      columns={columns}
      fields={fields}
      list={list}
      source={held.rows}
      {...(held.waiting ? { waiting: held.waiting } : {})}
      rowKey={(r) => String(r.id)}
      rowLabel={(r) => `${r.method} ${r.path}`}
      onOpen={(r) => list.setOpen(String(r.id))}
      drawer={drawer}
      empty={{ icon: IconListSearch, title: t('empty.title'), text: t('empty.text') }}
    />
    </>
  );
}

/** Keeps rows that came after the hold began out of sight until they are asked for. */
function useHeld(source: Rows<LogRow>, hold: boolean, question: string) {
  const [top, setTop] = useState<{ question: string; id: number } | null>(null);
  const newest = source.rows[0]?.id;
  const mine = top?.question === question ? top.id : null;
  const known = source.state === 'ready' && !source.refreshing;
  // The hold begins with the rows that are on the screen.
  if (!hold && top !== null) setTop(null);
  if (hold && mine === null && newest !== undefined && known) setTop({ question, id: newest });
  const holding = hold && mine !== null;
  const rows = useMemo(() => (holding ? { ...source, rows: source.rows.filter((r) => r.id <= (mine ?? 0)) } : source), [holding, mine, source]);
  const count = source.rows.length - rows.rows.length;
  const show = () => newest !== undefined && setTop({ question, id: newest });
  return { rows, holding, waiting: count > 0 ? { count, show: () => void show() } : null };
}

/** How long the answer to the present question took. */
function useTook(question: unknown, busy: boolean): number | undefined {
  const [ms, setMs] = useState<number>();
  const asked = useRef<{ question: unknown; at: number; done: boolean } | null>(null);
  useEffect(() => {
    const now = performance.now();
    const before = asked.current;
    const mine = before !== null && before.question === question ? before : { question, at: now, done: false };
    asked.current = mine;
    if (busy || mine.done) return;
    mine.done = true;
    setMs(Math.round(now - mine.at));
  }, [question, busy]);
  return ms;
}

const TICKS = 7;

function Histogram({ text, filters }: { text: string; filters: readonly Filter[] }) {
  const t = useT('log');
  const query = useMemo(() => ({ text, filters: [...filters], sort: null, after: null, limit: 0 }), [text, filters]);
  const data = useCommand('logHistogram', query).data;
  const bars = data?.bars ?? [];
  // A short span is told to the second.
  const mark = (data?.seconds ?? 0) * bars.length < 1800 ? formatClock : formatTime;
  const ticks = bars.length < 2 ? [] : Array.from({ length: TICKS }, (_, i) => mark(bars[Math.round((i * (bars.length - 1)) / (TICKS - 1))]?.from ?? ''));
  return (
    <div className={classes.histogram}>
      <Sparkbars
        label={t('histogram')}
        bars={bars.map((bar) => ({ from: bar.from, all: bar.calls, bad: bar.failed }))}
        ticks={[...new Set(ticks)]}
        describe={(bar) => t('bar', { time: mark(bar.from), count: bar.all, failed: formatCount(bar.bad) })}
      />
    </div>
  );
}

function useFields(actions: readonly string[] | undefined) {
  const t = useT('log');
  return useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => {
      const named = (field: string, word: (value: string) => string) => (facet(field) ?? []).map((o) => Object.assign({}, o, { label: word(o.value) }));
      return [
        { field: 'provider', label: t('filter.provider'), kind: 'choice', options: named('provider', (v) => wordOf(`states:provider.${v}`, v)), pinned: true },
        { field: 'outcome', label: t('filter.outcome'), kind: 'choice', options: named('outcome', outcomeWord), pinned: true },
        { field: 'at', label: t('filter.time'), kind: 'duration', pinned: true },
        { field: 'status', label: t('filter.status'), kind: 'choice', options: facet('status') ?? [] },
        { field: 'call', label: t('filter.operation'), kind: 'choice', options: facet('call') ?? [] },
        { field: 'effect', label: t('filter.effect'), kind: 'choice', options: named('effect', (v) => wordOf(`log:effect.${v}`, v)) },
        { field: 'ms', label: t('filter.ms'), kind: 'number' },
        ...(actions ? [{ field: 'action_id', label: t('filter.action'), kind: 'choice' as const, options: actions.map((value) => ({ value, label: t('actionNumber', { id: value }) })) }] : []),
      ];
    },
    [t, actions],
  );
}
