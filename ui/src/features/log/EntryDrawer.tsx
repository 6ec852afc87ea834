import { IconCopy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { widths } from '@/app/theme/tokens';
import { ActionButton, CodeBlock, CopyId, ErrorStrip, type Fact, formatCount, formatExact, formatMillis, Keys, KeyValue, type ListPageProps, PathText, REDACTED, Section, useCopy, wordOf } from '@/components';
import { type LogEntry, type LogRow, type NameValue, useCommand } from '@/ipc';
import { wordsOf } from './Marked';
import { Outcome, ProviderMark } from './outcome';
import classes from './log.module.css';

type DrawerOf = NonNullable<ListPageProps<LogRow>['drawer']>;

/** The open call; its row stands in until the whole has been read. */
export function useEntryDrawer(id: number | null, rows: readonly LogRow[], search: string): DrawerOf | undefined {
  const t = useT('log');
  const reading = useCommand('logEntry', { id: id ?? 0 }, { fresh: true, enabled: id !== null && Number.isInteger(id) });
  if (id === null) return undefined;
  const entry = reading.data;
  const row = entry?.row ?? rows.find((r) => r.id === id);
  return {
    of: row as LogRow,
    width: widths.logDetail,
    title: row?.operation ?? t('title'),
    state: row && <Outcome row={row} tinted />,
    about: row && (
      <span className={classes.about}>
        <ProviderMark provider={row.provider} /> <span className="rd-mono rd-select">{row.provider === 'whmcs' ? row.path : `${row.method} ${row.path}`}</span>
      </span>
    ),
    body: (
      <>
        {reading.error && <ErrorStrip error={reading.error} onRetry={reading.again} />}
        {entry && <Exchange key={entry.row.id} entry={entry} search={search} />}
      </>
    ),
    footer: (
      <>
        <span className={classes.removed}>{t('drawer.removed')}</span>
        <span className={classes.walk}>
          <Keys keys="J" /> <Keys keys="K" /> {t('drawer.walk')}
        </span>
      </>
    ),
  };
}

function Exchange({ entry, search }: { entry: LogEntry; search: string }) {
  const t = useT('log');
  const { copied, copy } = useCopy();
  const copyCurl = () => copy(entry.curl);
  const mark = wordsOf(search)[0];
  const marked = mark ? { mark } : {};
  useKeys(t('keys'), [{ keys: 'c', label: t('drawer.copyCurl'), run: copyCurl }]);
  return (
    <>
      <div className={classes.buttons}>
        <ActionButton action={{ id: 'curl', label: copied ? t('drawer.curlCopied') : t('drawer.copyCurl'), icon: IconCopy, keys: 'c', run: copyCurl }} />
      </div>
      <Section>
        <KeyValue facts={factsOf(t, entry)} />
      </Section>
      <Section flush title={t('drawer.request')} aside={headerNote(t, entry.request_headers, entry.request_body)}>
        <CodeBlock label={t('drawer.request')} language="text" text={withHeaders(entry.request_headers, entry.request_body)} {...marked} />
      </Section>
      <Reply entry={entry} marked={marked} />
      <Section flush title={t('drawer.curl')} aside={t('drawer.curlAside')}>
        <CodeBlock label={t('drawer.curl')} text={entry.curl} />
      </Section>
    </>
  );
}

/** The action it was sent for, which of its attempts it is, its plan and its receipt. */
function Belongs({ id, action }: { id: number; action: number }) {
  const t = useT('log');
  const links = useCommand('logLinks', { id }, { fresh: true }).data;
  const { plan_id: plan, receipt, attempt } = links ?? { plan_id: null, receipt: null, attempt: null };
  return (
    <>
      <Link to="/queue" search={{ o: String(action) }}>
        {t('actionNumber', { id: action })}
      </Link>
      {attempt !== null && <> · {t('drawer.attempt', { n: attempt })}</>}
      {plan !== null && (
        <>
          {' · '}
          <Link to="/queue" search={{ f: [`plan.is.${plan}`] }}>
            {t('planNumber', { id: plan })}
          </Link>
        </>
      )}
      {receipt !== null && (
        <>
          {' · '}
          <Link to="/receipts" search={{ o: String(receipt) }}>
            {t('receiptNumber', { id: receipt })}
          </Link>
        </>
      )}
    </>
  );
}

type LogT = ReturnType<typeof useT<'log'>>;

function factsOf(t: LogT, entry: LogEntry): Fact[] {
  const { row } = entry;
  return [
    { label: t('drawer.sent'), value: `${formatExact(row.at).replace(/\d\d:\d\d:\d\d$/, '')}${formatMillis(row.at)} · ${t('drawer.took', { ms: formatCount(row.ms) })}` },
    { label: t('drawer.requestId'), value: <CopyId value={row.request_id} /> },
    ...(entry.trace_id ? [{ label: t('drawer.traceId'), value: <CopyId value={entry.trace_id} /> }] : []),
    ...(row.action_id !== null ? [{ label: t('drawer.belongs'), value: <Belongs id={row.id} action={row.action_id} /> }] : []),
    { label: t('drawer.effect'), value: wordOf(`log:effect.${entry.effect}`, entry.effect) },
    { label: t('drawer.address'), value: <span className="rd-mono"><PathText text={entry.url} /></span> },
    ...(entry.detail ? [{ label: t('drawer.detail'), value: entry.detail }] : []),
  ];
}

function headerNote(t: LogT, headers: readonly NameValue[], body: string): string {
  const count = (`${headers.map((h) => h.value).join(' ')} ${body}`.match(REDACTED) ?? []).length;
  return [t('drawer.headers', { count: headers.length }), ...(count > 0 ? [t('drawer.redacted', { count })] : [])].join(', ');
}

/** JSON is set out on lines of its own; anything else stays as it came. */
function setOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function withHeaders(headers: readonly NameValue[], body: string): string {
  const lines = headers.map((h) => `${h.name}: ${h.value}`).join('\n');
  return body === '' ? lines : `${lines}\n\n${setOut(body)}`;
}

function Reply({ entry, marked }: { entry: LogEntry; marked: { mark?: string } }) {
  const t = useT('log');
  const [show, setShow] = useState<'body' | 'headers'>('body');
  if (entry.row.status === null && entry.reply_headers.length === 0 && entry.reply_body === '') {
    return <Section title={t('drawer.reply')}>{t('drawer.noReply')}</Section>;
  }
  const tabs = [
    { id: 'body', label: t('drawer.body') },
    { id: 'headers', label: t('drawer.headersTab', { n: entry.reply_headers.length }) },
  ] as const;
  const body = entry.reply_body === '' ? t('drawer.emptyBody') : entry.reply_body;
  return (
    <Section
      flush
      title={t('drawer.reply')}
      aside={[entry.row.status, t('drawer.bytes', { n: formatCount(entry.reply_bytes) })].filter((x) => x !== null).join(' · ')}
      end={
        <span className={classes.tabs} role="group" aria-label={t('drawer.show')}>
          {tabs.map((tab) => (
            <button key={tab.id} type="button" aria-pressed={show === tab.id} onClick={() => setShow(tab.id)}>
              {tab.label}
            </button>
          ))}
        </span>
      }
    >
      <CodeBlock
        label={t('drawer.reply')}
        language={show === 'body' ? 'json' : 'text'}
        text={show === 'body' ? body : withHeaders(entry.reply_headers, '')}
        {...marked}
      />
    </Section>
  );
}
