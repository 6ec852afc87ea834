import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { ActionButton, CopyId, type Fact, formatExact, KeyValue, type ListPageProps, Section } from '@/components';
import type { StrangerRow } from '@/ipc';
import { didWord, listWord } from './words';
import classes from './outside.module.css';

type DrawerOf = NonNullable<ListPageProps<StrangerRow>['drawer']>;

/** All that Contabo's audit says of the open change, and the way to take note of it. */
export function useStrangerDrawer(id: number | null, rows: readonly StrangerRow[], onNote: (id: number) => void): DrawerOf | undefined {
  const t = useT('outside');
  if (id === null) return undefined;
  const row = rows.find((one) => one.id === id);
  if (!row) return { of: undefined as unknown as StrangerRow, title: t('title'), body: <Section>{t('drawer.gone')}</Section> };
  return {
    of: row,
    title: `${listWord(row.list)}: ${didWord(row.action)}`,
    about: row.instance_id !== null && (
      <Link to="/servers/$id" params={{ id: String(row.instance_id) }}>
        {t('server', { id: row.instance_id })}
      </Link>
    ),
    body: <Story row={row} />,
    ...(row.acknowledged_by === null ? { footer: <Note id={row.id} onNote={onNote} /> } : {}),
  };
}

function Story({ row }: { row: StrangerRow }) {
  const t = useT('outside');
  const id = (label: string, value: string): Fact[] => (value ? [{ label, value: <CopyId value={value} /> }] : []);
  const facts: Fact[] = [
    { label: t('column.at'), value: formatExact(row.at ?? row.found_at) },
    { label: t('column.username'), value: row.username || '—' },
    ...id(t('drawer.user'), row.user_id),
    ...id(t('column.request'), row.request_id),
    ...id(t('drawer.trace'), row.trace_id),
    { label: t('drawer.found'), value: formatExact(row.found_at) },
    ...(row.acknowledged_by ? [{ label: t('column.noted'), value: [row.acknowledged_by, ...(row.acknowledged_at ? [formatExact(row.acknowledged_at)] : []), row.reason ?? ''].filter(Boolean).join(' · ') }] : []),
  ];
  return (
    <>
      <Section>
        <KeyValue facts={facts} />
      </Section>
      {row.resource.length > 0 && (
        <Section title={t('column.what')} sunken flush>
          <KeyValue ruled labelWidth={136} facts={row.resource.map((one) => ({ label: one.name, value: <CopyId value={one.value} /> }))} />
        </Section>
      )}
      <Section title={t('column.changed')} sunken>
        {row.changed.length > 0 ? <ul className={classes.changed}>{row.changed.map((one) => <li key={one} className="rd-mono rd-select">{one}</li>)}</ul> : t('drawer.nothing')}
      </Section>
    </>
  );
}

function Note({ id, onNote }: { id: number; onNote: (id: number) => void }) {
  const t = useT('outside');
  const run = () => onNote(id);
  useKeys(t('keys'), [{ keys: 'n', label: t('note'), run }]);
  return (
    <>
      <span className={classes.noteHint}>{t('drawer.open')}</span>
      <ActionButton look="primary" action={{ id: 'note-one', label: t('note'), icon: IconCheck, keys: 'n', run }} />
    </>
  );
}
