import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconPlug, IconProgress, IconRefresh } from '@tabler/icons-react';
import { Rich, useT } from '@/app/i18n';
import { ActionButton, CopyId, EmptyState, ErrorStrip, errorText, formatClock, icon14, useCopy, wordOf } from '@/components';
import type { AppError, CallError, StepState, TestStep } from '@/ipc';
import type { SideTest } from './form';
import classes from './connect.module.css';

const looks = {
  passed: { icon: IconCircleCheck, tone: 'ok' },
  warned: { icon: IconAlertTriangle, tone: 'warn' },
  failed: { icon: IconCircleX, tone: 'bad' },
  skipped: { icon: IconCircleDashed, tone: 'idle' },
} as const satisfies Record<StepState, unknown>;

export interface TestPanelProps {
  test: SideTest | undefined;
  /** Something was typed since. */
  stale: boolean;
  busy: boolean;
  /** The form itself cannot be tested. */
  error: CallError | null;
  onRun: () => void;
}

/** Not whether, but why not: each step as it was found, and what to do about the one that failed. */
export function TestPanel({ test, stale, busy, error, onRun }: TestPanelProps) {
  const t = useT('welcome');
  const steps = test?.report.steps ?? [];
  const failed = steps.findIndex((s) => s.state === 'failed');
  return (
    <>
      <div className={classes.testHead}>
        <h2>{t('test.title')}</h2>
        <span role="status">
          {busy ? (
            <span className={classes.result} data-tone="busy">
              <IconProgress {...icon14} className="rd-turn" />
              {t('test.running')}
            </span>
          ) : stale ? (
            <span className={classes.result} data-tone="idle">
              {t('test.stale')}
            </span>
          ) : test && failed >= 0 ? (
            <span className={classes.result} data-tone="bad">
              <IconCircleX {...icon14} />
              {t('test.stopped', { n: failed + 1, all: steps.length })}
            </span>
          ) : test ? (
            <span className={classes.result} data-tone="ok">
              <IconCircleCheck {...icon14} />
              {t('test.passed')}
            </span>
          ) : null}
        </span>
        <span className={classes.testWhen}>{test && t('test.took', { time: formatClock(test.at), seconds: test.seconds })}</span>
        <ActionButton busy={busy} action={{ id: 'test', label: test ? t('test.again') : t('test.run'), icon: IconRefresh, keys: 't', run: onRun }} />
      </div>
      {error && <ErrorStrip error={error} />}
      {!test && !error && (
        <div className={classes.noTest}>
          <EmptyState icon={IconPlug} title={t('test.run')} text={t('test.none')} />
        </div>
      )}
      <ol className={classes.steps} data-stale={stale || undefined}>
        {steps.map((step) => (
          <Step key={`${step.provider}-${step.step}`} step={step} />
        ))}
      </ol>
    </>
  );
}

/** Facts of a step worth a sentence; its duration stands at the right. */
function useFacts(step: TestStep): string {
  const t = useT('welcome');
  if (step.error) return errorText(step.error).title;
  if (step.state === 'skipped') return t('test.notReached');
  const known = new Set(['version', 'user', 'instances', 'clients', 'services', 'seconds', 'role']);
  const facts = Object.entries(step.params).flatMap(([name, value]) => {
    if (value === '' || name === 'milliseconds') return [];
    return known.has(name) ? t(`param.${name}` as 'param.version', { value }) : value;
  });
  return facts.length > 0 ? facts.join(' · ') : t('test.good');
}

function Step({ step }: { step: TestStep }) {
  const t = useT('welcome');
  const common = useT('common');
  const look = looks[step.state];
  const Glyph = look.icon;
  const ms = step.params['milliseconds'];
  return (
    <li>
      <div className={classes.step} data-tone={look.tone} data-state={step.state}>
        <Glyph {...icon14} />
        <strong>{wordOf(`welcome:stepName.${step.step}`, step.step)}</strong>
        <span className={classes.stepFact}>{useFacts(step)}</span>
        {ms && <span className="rd-num">{common('unit.millisecond', { n: ms })}</span>}
        {step.state === 'warned' && <span>{t('test.warned')}</span>}
      </div>
      {step.error && <Why error={step.error} mild={step.state === 'warned'} />}
    </li>
  );
}

/** Why a step failed and what to do, in the order in which it is done. */
function Why({ error, mild }: { error: AppError; mild: boolean }) {
  const t = useT('welcome');
  const { copied, copy } = useCopy();
  const words = errorText(error);
  const ip = error.params['ip'];
  const strong = [<strong key="strong" />];
  return (
    <div className={classes.why} data-mild={mild || undefined}>
      <strong>{words.hint}</strong>
      {error.params['text'] && <p className="rd-select">{t('test.said', { text: error.params['text'] })}</p>}
      {ip && (
        <div className={classes.ip}>
          <span>{t('test.address')}</span>
          <CopyId value={ip} />
          <span className={classes.refused}>{t('test.refused')}</span>
        </div>
      )}
      {error.code === 'ip_not_allowed' && (
        <ol className={classes.todo}>
          <li>
            <Rich k="welcome:test.first" parts={strong} />
          </li>
          <li>
            <Rich k="welcome:test.second" parts={strong} />
          </li>
          <li>
            <Rich k="welcome:test.third" parts={strong} />
          </li>
        </ol>
      )}
      <p className={classes.technical}>{error.message}</p>
      <button type="button" className={classes.anyway} onClick={() => copy([words.title, words.hint, ip, error.message].filter(Boolean).join('\n'))}>
        {copied ? t('test.copied') : t('test.copySteps')}
      </button>
    </div>
  );
}
