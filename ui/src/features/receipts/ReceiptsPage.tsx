import { IconDownload, IconReceipt, IconShieldCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { type T, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import { ActionButton, by, type Column, CopyId, type FilterField, ListPage, RelativeTime, StatePill, stateName, useListState, WriteFile, wordOf } from '@/components';
import { ask, type ReceiptRow, useWindow } from '@/ipc';
import { CheckStrip, useCheck } from './Check';
import { useReceiptDrawer } from './ReceiptDrawer';
import { kindWord, Target } from './target';
import classes from './receipts.module.css';

function columnsOf(t: T<'receipts'>): readonly Column<ReceiptRow>[] {
  return [
    { id: 'id', header: t('column.id'), width: 84, grow: 0, fixed: true, mono: true, sort: 'down', cell: (r) => t('number', { id: r.id }) },
    { id: 'at', header: t('column.at'), width: 96, grow: 0, sort: 'down', tone: 'second', cell: (r) => <RelativeTime at={r.at} /> },
    { id: 'kind', header: t('column.kind'), width: 130, grow: 1, fixed: true, tone: 'name', sort: 'up', cell: (r) => kindWord(r.kind) },
    { id: 'state', header: t('column.state'), width: 126, grow: 0, sort: 'up', cell: (r) => <StatePill area="action" state={r.state} /> },
    { id: 'target', header: t('column.target'), width: 130, grow: 2, tone: 'second', sort: 'up', cell: (r) => <Target row={r} tabIndex={-1} /> },
    {
      id: 'client_id', header: t('column.client'), width: 90, grow: 0, tone: 'second', hidden: true,
      cell: (r) =>
        r.client_id === null ? '—' : (
          <Link to="/clients/$id" params={{ id: String(r.client_id) }} tabIndex={-1} className={classes.link}>
            #{r.client_id}
          </Link>
        ),
    },
    { id: 'by', header: t('column.by'), width: 90, grow: 1, tone: 'second', sort: 'up', cell: (r) => r.by },
    {
      id: 'action_id', header: t('column.action'), width: 86, grow: 0, mono: true, sort: 'down',
      cell: (r) => (
        <Link to="/queue" search={{ o: String(r.action_id) }} tabIndex={-1}>
          {t('action', { id: r.action_id })}
        </Link>
      ),
    },
    { id: 'hash', header: t('column.hash'), width: 112, grow: 0, hidden: true, mono: true, tone: 'third', cell: (r) => <CopyId value={r.hash} short withIcon={false} tabStop={false} /> },
  ];
}

/** What was done, each with who said yes and how it was proven, chained so that a later change shows. */
export function ReceiptsPage() {
  const t = useT('receipts');
  const list = useListState({ sort: by('id', true) });
  useCrumbs([{ label: t('title'), ...(list.open ? { to: '/receipts' } : {}) }, ...(list.open ? [{ label: t('number', { id: list.open }) }] : [])]);
  const source = useWindow('receiptsWindow', list.query);
  const check = useCheck();
  const [exporting, setExporting] = useState(false);
  const columns = useMemo(() => columnsOf(t), [t]);
  const fields = useFields();
  const drawer = useReceiptDrawer(list.open === null ? null : Number(list.open), source.rows);
  const write = () => setExporting(true);
  const verify = () => check.run();
  useKeys(t('keys'), [
    { keys: 'v', label: t('check.run'), run: verify, disabled: check.busy },
    { keys: 'x', label: t('export.title'), run: write },
  ]);
  useCommands([
    { id: 'receipts-check', title: t('check.run'), icon: IconShieldCheck, effect: 'read', keys: 'v', run: verify },
    { id: 'receipts-export', title: t('export.title'), icon: IconDownload, keys: 'x', run: write },
  ]);
  return (
    <>
      {exporting && (
        <WriteFile
          title={t('export.title')}
          text={t('export.text')}
          job="receipts:export"
          name="rackdesk-receipts.jsonl"
          things={(count, n) => t('export.things', { count, n })}
          write={(path) => ask('receiptsExport', { path })}
          stop={() => ask('receiptsExportStop', undefined)}
          onClose={() => setExporting(false)}
        />
      )}
      <ListPage
        id="receipts"
        kind="receipts"
        title={t('title')}
        things={(count) => t('things', { count })}
        placeholder={t('placeholder')}
        columns={columns}
        fields={fields}
        list={list}
        source={source}
        rowKey={(r) => String(r.id)}
        rowLabel={(r) => `${t('number', { id: r.id })}: ${kindWord(r.kind)} ${r.target_name}`}
        onOpen={(r) => list.setOpen(String(r.id))}
        drawer={drawer}
        actions={
          <>
            <ActionButton busy={check.busy} action={{ id: 'check', label: t('check.run'), icon: IconShieldCheck, keys: 'v', run: verify }} />
            <ActionButton action={{ id: 'export', label: t('export.button'), icon: IconDownload, keys: 'x', run: write }} />
          </>
        }
        above={<CheckStrip check={check} onOpen={(id) => list.setOpen(String(id))} />}
        empty={{ icon: IconReceipt, title: t('empty.title'), text: t('empty.text') }}
      />
    </>
  );
}

function useFields() {
  const t = useT('receipts');
  const states = useT('states');
  return useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => {
      const named = (field: string, word: (value: string) => string) => (facet(field) ?? []).map((o) => Object.assign({}, o, { label: word(o.value) }));
      return [
        { field: 'state', label: t('column.state'), kind: 'choice', pinned: true, options: named('state', (v) => states(`action.${stateName(v)}` as 'action.ready')) },
        { field: 'kind', label: t('column.kind'), kind: 'choice', pinned: true, options: named('kind', (v) => wordOf(`phrases:kind.${v}`, v)) },
        { field: 'at', label: t('column.at'), kind: 'duration', pinned: true },
        { field: 'by', label: t('column.by'), kind: 'choice', options: facet('by') ?? [] },
        { field: 'target_id', label: t('filter.target'), kind: 'number' },
        { field: 'client_id', label: t('filter.client'), kind: 'number' },
      ];
    },
    [t, states],
  );
}
