import { IconAlertHexagon, IconCopy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { ActionButton, CodeBlock, CopyId, ErrorStrip, type Fact, formatDayTime, KeyValue, type ListPageProps, Section, StatePill, Strip, useCopy, wordOf } from '@/components';
import { type ReceiptDetail, type ReceiptRow, useCommand } from '@/ipc';
import { kindWord, Target } from './target';

type DrawerOf = NonNullable<ListPageProps<ReceiptRow>['drawer']>;

/** The open receipt; its row stands in until the whole has been read. */
export function useReceiptDrawer(id: number | null, rows: readonly ReceiptRow[]): DrawerOf | undefined {
  const t = useT('receipts');
  const reading = useCommand('receiptShow', { id: id ?? 0 }, { fresh: true, enabled: id !== null && Number.isInteger(id) });
  if (id === null) return undefined;
  const detail = reading.data;
  const row = detail?.row ?? rows.find((r) => r.id === id);
  return {
    of: row as ReceiptRow,
    title: row ? kindWord(row.kind) : t('number', { id }),
    state: row && <StatePill area="action" state={row.state} tinted />,
    about: row && (
      <>
        <CopyId value={t('number', { id: row.id })} withIcon={false} />
        <Target row={row} />
        <Link to="/queue" search={{ o: String(row.action_id) }}>
          {t('action', { id: row.action_id })}
        </Link>
      </>
    ),
    body: (
      <>
        {reading.error && <ErrorStrip error={reading.error} onRetry={reading.again} />}
        {detail && <Whole key={detail.row.id} detail={detail} />}
      </>
    ),
  };
}

/** What the text says, as far as it can be read: it is foreign text until its hash was checked. */
function saidIn(body: string): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(body);
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function Whole({ detail }: { detail: ReceiptDetail }) {
  const t = useT('receipts');
  const { copied, copy } = useCopy();
  const { row, activity } = detail;
  const said = saidIn(detail.body);
  const copyText = () => copy(detail.body);
  useKeys(t('keys'), [{ keys: 'c', label: t('drawer.copy'), run: copyText }]);
  const text = (name: string) => (typeof said[name] === 'string' && said[name] !== '' ? said[name] : null);
  const many = (name: string) => (Array.isArray(said[name]) ? said[name].length : 0);
  const approved = text('approved_at');
  const reason = text('reason');
  const facts: Fact[] = [
    { label: t('drawer.by'), value: row.by },
    ...(approved ? [{ label: t('drawer.approved'), value: formatDayTime(approved) }] : []),
    { label: t('drawer.ended'), value: formatDayTime(row.at) },
    ...(reason ? [{ label: t('drawer.reason'), value: reason }] : []),
    { label: t('drawer.proof'), value: [t('drawer.attempts', { count: many('attempts') }), t('drawer.evidence', { count: many('evidence') })].join(' · ') },
    ...(row.client_id === null
      ? []
      : [
          {
            label: t('column.client'),
            value: (
              <Link to="/clients/$id" params={{ id: String(row.client_id) }}>
                #{row.client_id}
              </Link>
            ),
          },
        ]),
  ];
  const chain: Fact[] = [
    { label: t('drawer.text'), value: t(detail.whole ? 'drawer.whole' : 'drawer.broken') },
    { label: t('column.hash'), value: <CopyId value={row.hash} short /> },
    { label: t('drawer.before'), value: /^0+$/.test(detail.prev) ? t('drawer.first') : <CopyId value={detail.prev} short /> },
    ...(activity ? [{ label: t('drawer.whmcs'), value: [wordOf(`queue:activity.${activity.state}`, activity.state), activity.line].join(' · ') }] : []),
  ];
  return (
    <>
      {!detail.whole && <Strip tone="bad" icon={IconAlertHexagon} title={t('drawer.brokenTitle')} text={t('drawer.brokenText')} />}
      <Section>
        <KeyValue facts={facts} />
      </Section>
      <Section title={t('drawer.chain')} sunken flush>
        <KeyValue ruled labelWidth={116} facts={chain} />
      </Section>
      <Section
        title={t('drawer.body')}
        flush
        end={<ActionButton size="xs" action={{ id: 'copy', label: copied ? t('drawer.copied') : t('drawer.copy'), icon: IconCopy, keys: 'c', run: copyText }} />}
      >
        <CodeBlock label={t('drawer.body')} language="json" text={detail.body} />
      </Section>
    </>
  );
}
