import { Button } from '@mantine/core';
import { IconCheck, IconEyeSearch } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { type T, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { type ToastInput, toast } from '@/app/toasts/toasts';
import { ActionButton, BulkAction, by, type Column, CopyId, Dialog, errorText, Field, type FilterField, formatCount, Keys, ListPage, type ListView, ReadNow, RelativeTime, Strip, useListState } from '@/components';
import { ask, asCallError, type StrangerRow, type StrangersState, useCommand, useWindow } from '@/ipc';
import { useStrangerDrawer } from './StrangerDrawer';
import { didWord, listWord } from './words';
import classes from './outside.module.css';

function columnsOf(t: T<'outside'>): readonly Column<StrangerRow>[] {
  return [
    { id: 'at', header: t('column.at'), width: 128, sort: 'down', fixed: true, cell: (r) => <RelativeTime at={r.at ?? r.found_at} /> },
    { id: 'list', header: t('column.list'), width: 140, sort: 'up', tone: 'name', cell: (r) => listWord(r.list) },
    { id: 'action', header: t('column.action'), width: 92, sort: 'up', tone: 'second', cell: (r) => didWord(r.action) },
    {
      id: 'what', header: t('column.what'), width: 150, grow: 2,
      cell: (r) =>
        r.instance_id === null ? (
          <span title={resource(r)}>{resource(r) || '—'}</span>
        ) : (
          <Link to="/servers/$id" params={{ id: String(r.instance_id) }} tabIndex={-1} className={classes.link}>
            {t('server', { id: r.instance_id })}
          </Link>
        ),
    },
    { id: 'changed', header: t('column.changed'), width: 110, grow: 2, tone: 'second', cell: (r) => <span title={r.changed.join(', ')}>{r.changed.join(', ') || '—'}</span> },
    { id: 'username', header: t('column.username'), width: 110, grow: 1, sort: 'up', tone: 'second', cell: (r) => r.username || r.user_id },
    { id: 'request_id', header: t('column.request'), width: 108, mono: true, tone: 'third', cell: (r) => (r.request_id ? <CopyId value={r.request_id} short withIcon={false} tabStop={false} /> : '—') },
    { id: 'noted', header: t('column.noted'), width: 180, grow: 1, tone: 'second', cell: (r) => (r.acknowledged_by ? <span title={r.reason ?? ''}>{t('notedBy', { by: r.acknowledged_by, reason: r.reason ?? '' })}</span> : <strong className={classes.open}>{t('open')}</strong>) },
  ];
}

const resource = (row: StrangerRow): string => row.resource.map((r) => `${r.name} ${r.value}`).join(', ');

/** What somebody did at Contabo past this console, until a person has taken note of it. */
export function OutsidePage() {
  const t = useT('outside');
  useCrumbs([{ label: t('title') }]);
  const list = useListState({ sort: by('at', true) });
  const source = useWindow('strangersWindow', list.query);
  const state = useCommand('strangersState').data;
  const [noting, setNoting] = useState<{ ids: readonly number[]; done: () => void } | null>(null);
  const drawer = useStrangerDrawer(list.open === null ? null : Number(list.open), source.rows, (id) => setNoting({ ids: [id], done: () => undefined }));
  const columns = useMemo(() => columnsOf(t), [t]);
  const fields = useFields();
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'open', label: t('view.open'), filters: [{ field: 'open', op: 'is', values: ['true'] }] },
      { id: 'all', label: t('view.all') },
    ],
    [t],
  );
  return (
    <>
      <ListPage
        id="outside"
        kind="strangers"
        title={t('title')}
        things={(count) => t('things', { count })}
        placeholder={t('placeholder')}
        columns={columns}
        fields={fields}
        views={views}
        list={list}
        source={source}
        rowKey={(r) => String(r.id)}
        rowLabel={(r) => `${listWord(r.list)} ${r.action}`}
        onOpen={(r) => list.setOpen(String(r.id))}
        drawer={drawer}
        above={state && <Unread state={state} />}
        fresh={state && <span className={classes.state}>{stateText(t, state)}</span>}
        actions={<ReadNow id="outside" keys={t('keys')} label={t('readNow')} icon={IconEyeSearch} ask={() => readAudits(t)} />}
        bulk={(keys, clear) => <BulkAction action={{ id: 'note', label: t('note'), icon: IconCheck, run: () => setNoting({ ids: keys.map(Number), done: clear }) }} />}
        empty={{ icon: IconEyeSearch, title: t('empty.title'), text: t('empty.text') }}
      />
      {noting && <NoteDialog ids={noting.ids} onClose={() => setNoting(null)} onDone={noting.done} />}
    </>
  );
}

async function readAudits(t: T<'outside'>): Promise<ToastInput> {
  const found = await ask('strangersRead', {});
  const detail = t('readDetail', { rows: formatCount(found.rows), lists: found.lists, failed: found.failed });
  return { look: found.failed > 0 ? 'failed' : 'done', title: t('read', { count: found.new }), detail };
}

function stateText(t: T<'outside'>, state: StrangersState): string {
  const failed = state.lists.filter((one) => one.error !== null).length;
  const values = { open: formatCount(state.open), failed, all: state.lists.length };
  return t(failed > 0 ? 'state' : 'stateWell', values);
}

/** Lists that could not be read: what was done there nobody can say. */
function Unread({ state }: { state: StrangersState }) {
  const t = useT('outside');
  const navigate = useNavigate();
  const failed = state.lists.filter((one) => one.error !== null);
  const [first] = failed;
  if (!first?.error) return null;
  const words = errorText(first.error);
  return (
    <Strip
      title={t('unread.title', { count: failed.length, lists: failed.slice(0, NAMED).map((one) => listWord(one.list)).join(', ') + (failed.length > NAMED ? ' …' : '') })}
      text={[words.title, words.hint, t('unread.text')].filter(Boolean).join(' ')}
      action={
        <Button size="xs" onClick={() => void navigate({ to: '/settings/rights' })}>
          {t('unread.rights')}
        </Button>
      }
    />
  );
}

/** Lists named before the rest is left to three dots. */
const NAMED = 4;

function useFields() {
  const t = useT('outside');
  return useCallback(
    (facet: (field: string) => FilterField['options']): readonly FilterField[] => [
      { field: 'open', label: t('filter.open'), kind: 'choice', pinned: true, options: [{ value: 'true', label: t('filter.yes') }, { value: 'false', label: t('filter.no') }] },
      { field: 'list', label: t('column.list'), kind: 'choice', pinned: true, options: (facet('list') ?? []).map((o) => Object.assign({}, o, { label: listWord(o.value) })) },
      { field: 'action', label: t('column.action'), kind: 'choice', options: (facet('action') ?? []).map((o) => Object.assign({}, o, { label: didWord(o.value) })) },
      { field: 'username', label: t('column.username'), kind: 'choice', options: facet('username') ?? [] },
      { field: 'at', label: t('column.at'), kind: 'duration' },
    ],
    [t],
  );
}

/** Why it is all right: kept with each of them. */
function NoteDialog({ ids, onClose, onDone }: { ids: readonly number[]; onClose: () => void; onDone: () => void }) {
  const t = useT('outside');
  const common = useT('common');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const title = t('noteTitle', { count: ids.length });
  const why = reason.trim() === '' ? t('noteWhy') : undefined;
  const run = () => {
    if (why || busy) return;
    setBusy(true);
    ask('strangersAcknowledge', { ids: ids.slice(0, 1000), reason: reason.trim() })
      .then((results) => {
        toast({ look: 'done', title: t('noted', { count: results.filter((r) => r.error === null).length }) });
        onClose();
        onDone();
      })
      .catch((thrown: unknown) => {
        const words = errorText(asCallError(thrown));
        toast({ look: 'failed', title: words.title, detail: words.hint });
        setBusy(false);
      });
  };
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: t('note'), run, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false}>
      <div className={classes.note}>
        <h2>{title}</h2>
        <Field data-autofocus label={t('noteReason')} maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <div className={classes.buttons}>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton look="primary" busy={busy} action={{ id: 'note', label: t('note'), keys: 'mod+Enter', disabled: why, run }} />
        </div>
      </div>
    </Dialog>
  );
}
