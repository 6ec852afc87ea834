import { Button } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { CopyId, ErrorStrip, Field, formatCount, formatDayTime, Strip } from '@/components';
import { ask, asCallError, type CallError, type ReceiptFinding, type ReceiptReport } from '@/ipc';
import classes from './receipts.module.css';

interface Checked {
  report: ReceiptReport;
  at: string;
  /** The hash that was asked for. */
  hash: string | null;
}

export interface Check {
  busy: boolean;
  checked: Checked | null;
  error: CallError | null;
  run: (hash?: string) => void;
  close: () => void;
}

/** Checks the whole chain when it is asked to. */
export function useCheck(): Check {
  const [busy, setBusy] = useState(false);
  const [checked, setChecked] = useState<Checked | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const run = (asked?: string) => {
    if (busy) return;
    const hash = asked?.trim() || null;
    setBusy(true);
    setError(null);
    ask('receiptsVerify', { hash })
      .then((report) => setChecked({ report, hash, at: new Date().toISOString() }))
      .catch((thrown: unknown) => setError(asCallError(thrown)))
      .finally(() => setBusy(false));
  };
  return { busy, checked, error, run, close: () => setChecked(null) };
}

/** Findings named before the rest is only counted. */
const NAMED = 5;

/** What the last check found, and the hash to write down. */
export function CheckStrip({ check, onOpen }: { check: Check; onOpen: (receipt: number) => void }) {
  const t = useT('receipts');
  const common = useT('common');
  const { checked, error } = check;
  if (error) return <ErrorStrip error={error} onRetry={() => check.run()} />;
  if (!checked) return null;
  const { report, at } = checked;
  const whole = report.findings.length === 0;
  return (
    <Strip
      tone={whole ? 'idle' : 'bad'}
      icon={whole ? IconShieldCheck : IconShieldX}
      title={whole ? t('check.whole', { count: report.receipts, n: formatCount(report.receipts), at: formatDayTime(at) }) : t('check.broken', { count: report.findings.length, n: formatCount(report.receipts), at: formatDayTime(at) })}
      text={
        <span className={classes.found}>
          {report.findings.slice(0, NAMED).map((finding) => (
            <Finding key={`${finding.receipt}.${finding.damage}.${finding.action_id}`} finding={finding} onOpen={onOpen} />
          ))}
          {report.findings.length > NAMED && <span>{t('check.more', { count: report.findings.length - NAMED })}</span>}
          {report.last > 0 && (
            <span>
              {t('check.last', { id: report.last })} <CopyId value={report.hash} short /> {t('check.keep')}
            </span>
          )}
          {report.last > 0 && <Known check={check} />}
        </span>
      }
      action={
        <Button size="xs" onClick={check.close}>
          {common('dismiss')}
        </Button>
      }
    />
  );
}

function Finding({ finding, onOpen }: { finding: ReceiptFinding; onOpen: (receipt: number) => void }) {
  const t = useT('receipts');
  const { receipt, to, action_id, damage } = finding;
  const where = receipt === 0 ? t('action', { id: action_id ?? 0 }) : receipt === to ? t('number', { id: receipt }) : t('check.span', { from: receipt, to });
  return (
    <span>
      {receipt > 0 && receipt === to && damage !== 'missing' ? (
        <button type="button" className={classes.open} onClick={() => onOpen(receipt)}>
          {where}
        </button>
      ) : (
        <strong>{where}</strong>
      )}{' '}
      {t(`damage.${damage}`)}
    </span>
  );
}

/** A hash that was written down elsewhere: is it still there? */
function Known({ check }: { check: Check }) {
  const t = useT('receipts');
  const [hash, setHash] = useState('');
  const { checked } = check;
  const well = /^\s*[0-9a-fA-F]{64}\s*$/.test(hash);
  const answer = checked?.hash && checked.hash === hash.trim() ? (checked.report.known === null ? t('check.unknown') : t('check.known', { id: checked.report.known })) : undefined;
  return (
    <form
      className={classes.known}
      onSubmit={(event) => {
        event.preventDefault();
        if (well) check.run(hash);
      }}
    >
      <Field
        mono
        aria-label={t('check.hash')}
        placeholder={t('check.hash')}
        value={hash}
        error={hash.trim() !== '' && !well ? t('check.form') : answer !== undefined && checked?.report.known === null ? answer : undefined}
        help={checked?.report.known === null ? undefined : answer}
        onChange={(event) => setHash(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={!well || check.busy}>
        {t('check.look')}
      </Button>
    </form>
  );
}
