import { useMemo } from 'react';
import { useT } from '@/app/i18n';
import { ActionButton, ActionMenu, type Column, DataTable, EmptyState, ErrorStrip, formatCount, RelativeTime, snapshotIcon, useKindActions } from '@/components';
import { type KindInfo, type SnapshotRow, useCommand } from '@/ipc';
import classes from './ServerPage.module.css';

export interface SnapshotsProps {
  server: { id: number; name: string };
  kinds: readonly KindInfo[];
  onRun: (kind: KindInfo, given: Record<string, string>) => void;
}

/** The field of a kind that names a snapshot. */
const snapshotField = (kind: KindInfo): string | undefined => kind.fields.find((field) => field.holds === 'snapshot')?.name;

/** A server's snapshots as Contabo tells them now, each with what can be done with it. */
export function Snapshots({ server, kinds, onRun }: SnapshotsProps) {
  const t = useT('servers');
  const reading = useCommand('serverSnapshots', { id: server.id }, { fresh: true, everyMs: 30_000 });
  const rows = reading.data ?? [];
  const own = kinds.filter((kind) => snapshotField(kind) !== undefined);
  const create = useKindActions(kinds.filter((kind) => kind.kind.startsWith('snapshot.') && snapshotField(kind) === undefined), (kind) => onRun(kind, {}));
  const columns = useMemo<readonly Column<SnapshotRow>[]>(
    () => [
      { id: 'name', header: t('snapshot.name'), width: 200, grow: 2, tone: 'name', fixed: true, cell: (r) => r.name || r.id },
      { id: 'description', header: t('snapshot.description'), width: 220, grow: 3, tone: 'second', cell: (r) => r.description || '—' },
      { id: 'image', header: t('snapshot.image'), width: 140, grow: 1, tone: 'second', cell: (r) => r.image || '—' },
      { id: 'created', header: t('snapshot.created'), width: 120, align: 'end', cell: (r) => <RelativeTime at={r.created} /> },
      { id: 'expires', header: t('snapshot.expires'), width: 120, align: 'end', tone: 'second', cell: (r) => <RelativeTime at={r.expires} /> },
      { id: 'do', header: t('snapshot.do'), width: 64, align: 'end', fixed: true, cell: (r) => <RowMenu snapshot={r} kinds={own} onRun={onRun} /> },
    ],
    [t, own, onRun],
  );
  return (
    <div className={classes.snapshots}>
      <div className={classes.snapshotHead}>
        <span>{reading.data ? `${formatCount(rows.length)} ${t('snapshot.things', { count: rows.length })}` : ' '}</span>
        {create.map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
      </div>
      {reading.error && <ErrorStrip error={reading.error} onRetry={reading.again} />}
      <DataTable
        id="snapshots"
        label={t('tab.snapshots')}
        columns={columns}
        source={{
          rows, state: reading.data ? 'ready' : reading.error ? 'error' : 'loading', error: reading.error, refreshing: reading.refreshing,
          more: false, loadingMore: false, loadMore: () => undefined, again: reading.again,
        }}
        rowKey={(r) => r.id}
        rowLabel={(r) => r.name}
        empty={<EmptyState icon={snapshotIcon} title={t('snapshot.none')} text={t('snapshot.noneText')} />}
      />
    </div>
  );
}

function RowMenu({ snapshot, kinds, onRun }: { snapshot: SnapshotRow; kinds: readonly KindInfo[]; onRun: SnapshotsProps['onRun'] }) {
  const t = useT('servers');
  const actions = useKindActions(kinds, (kind) => {
    const field = snapshotField(kind);
    onRun(kind, field ? { [field]: snapshot.id } : {});
  });
  if (actions.length === 0) return null;
  return <ActionMenu label={t('snapshot.actions', { name: snapshot.name })} actions={actions} />;
}
