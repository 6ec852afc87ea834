import { TextInput } from '@mantine/core';
import { IconAlertHexagon, IconLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useDraft } from '@/app/useDraft';
import { ActionButton, CopyId, EffectTag, ErrorStrip, type Fact, formatMillis, icon14, Keys, KeyValue, type ListPageProps, PathText, phraseText, Section, StatePill, Strip, Timeline, timelineItems, wordOf } from '@/components';
import { type ActionDetail, type ActionRow, type ActionVerb, type AttemptRow, type EvidenceRow, type TimelineEntry, useCommand, type VerbChoice } from '@/ipc';
import { nothingAt, StepChoice, Steps, stepToRepeat, stepWord } from './Steps';
import { kindWord, TargetLink } from './target';
import { useVerb, verbIcons, verbKeys } from './verbs';
import classes from './queue.module.css';

type DrawerOf = NonNullable<ListPageProps<ActionRow>['drawer']>;

/** The open action with its whole story; its row stands in until that has been read. */
export function useActionDrawer(id: number | null, rows: readonly ActionRow[]): DrawerOf | undefined {
  const t = useT('queue');
  const reading = useCommand('actionDetail', { id: id ?? 0 }, { fresh: true, enabled: id !== null && Number.isInteger(id) });
  const [chosen, setChosen] = useState<{ id: number; verb: ActionVerb; step?: string } | null>(null);
  const detail = id === null ? undefined : reading.data;
  const row = detail?.row ?? rows.find((r) => r.id === id);
  const verb = chosen && chosen.id === id ? chosen.verb : null;
  const choice = detail?.verbs.find((v) => v.verb === verb && v.allowed);
  const from = verb === 'retry_from' ? stepToRepeat(detail?.steps ?? [], chosen?.step) : undefined;
  if (id === null) return undefined;
  if (!row) {
    return {
      of: undefined as unknown as ActionRow,
      title: t('number', { id }),
      body: reading.error ? <ErrorStrip error={reading.error} onRetry={reading.again} /> : reading.loading ? null : <Section>{t('drawer.gone')}</Section>,
    };
  }
  const mayAct = detail?.verbs.some((v) => v.allowed) ?? false;
  return {
    of: row,
    title: kindWord(row.kind),
    state: <StatePill area="action" state={row.state} tinted />,
    about: <About row={row} />,
    body: (
      <>
        {reading.error && <ErrorStrip error={reading.error} onRetry={reading.again} />}
        {detail && <Story detail={detail} verb={verb} onVerb={(next) => setChosen({ id, verb: next })} from={from} onFrom={(step) => setChosen({ id, verb: 'retry_from', step })} />}
      </>
    ),
    ...(detail && mayAct ? { footer: <Decide key={id} id={id} choice={choice} step={from} onDone={() => setChosen(null)} /> } : {}),
  };
}

function About({ row }: { row: ActionRow }) {
  const t = useT('queue');
  const { target } = row;
  return (
    <>
      <CopyId value={t('number', { id: row.id })} withIcon={false} />
      <TargetLink row={row} />
      {target.client_id !== null && (
        <Link to="/clients/$id" params={{ id: String(target.client_id) }}>
          {target.client_name || `#${target.client_id}`}
        </Link>
      )}
      {target.service_id !== null && (
        <Link to="/services/$id" params={{ id: String(target.service_id) }}>
          {t('drawer.service', { id: target.service_id })}
        </Link>
      )}
      {row.plan_id !== null && (
        <Link to="/queue" search={{ f: [`plan.is.${row.plan_id}`], o: String(row.id) }}>
          {t('planNumber', { id: row.plan_id })}
        </Link>
      )}
      <span>{t('drawer.by', { by: row.by })}</span>
    </>
  );
}

/** In the drawer's order: what to know, history, attempts, evidence, choices. */
function Story({ detail, from, onFrom, ...chosen }: { detail: ActionDetail; from: string | undefined; onFrom: (step: string) => void } & Pick<ChoicesProps, 'verb' | 'onVerb'>) {
  const t = useT('queue');
  const { row } = detail;
  const unknown = row.state === 'unknown';
  return (
    <>
      {detail.notice && (
        <Strip tone={row.state === 'failed' ? 'bad' : 'warn'} icon={IconAlertHexagon} title={phraseText(detail.notice)} text={row.waits ? phraseText(row.waits) : undefined} />
      )}
      {detail.steps.length > 1 && <Steps steps={detail.steps} nothing={nothingAt(detail.events)} />}
      <Section>
        <Timeline items={timelineItems(ownEvents(detail))} days={false} millis />
      </Section>
      {detail.attempts.length > 0 && (
        <Section
          title={t('drawer.attempts')}
          sunken
          flush
          end={
            <Link to="/log" search={{ f: [`action_id.is.${row.id}`] }} className={classes.small}>
              {t('drawer.showRequests')}
            </Link>
          }
        >
          {detail.attempts.map((attempt) => (
            <Attempt key={attempt.number} attempt={attempt} many={detail.attempts.length > 1} named={detail.steps.length > 1} />
          ))}
        </Section>
      )}
      {detail.evidence.length > 0 && (
        <Section title={t('drawer.evidence')} sunken flush>
          <KeyValue ruled labelWidth={116} facts={detail.evidence.map(evidenceFact)} />
        </Section>
      )}
      <Receipt id={row.id} state={row.state} />
      <Choices title={t(unknown ? 'drawer.truth' : 'drawer.choices')} choices={detail.verbs} {...chosen}>
        {(of) => of === 'retry_from' && <StepChoice steps={detail.steps} chosen={from} onChoose={onFrom} />}
      </Choices>
    </>
  );
}

const activityWord = (state: string): string => wordOf(`queue:activity.${state}`, state);

/** What is left of an action that ended: a link of the chain, and what WHMCS was told. */
function Receipt({ id, state }: { id: number; state: ActionRow['state'] }) {
  const t = useT('queue');
  const over = state === 'succeeded' || state === 'failed' || state === 'cancelled';
  const receipt = useCommand('receiptOfAction', { id }, { fresh: true, enabled: over }).data;
  if (!receipt) return null;
  const { row, activity } = receipt;
  return (
    <Section
      title={t('receipt.title', { id: row.id })}
      sunken
      flush
      end={
        <Link to="/receipts" search={{ o: String(row.id) }} className={classes.small}>
          {t('receipt.show')}
        </Link>
      }
    >
      <KeyValue
        ruled
        labelWidth={116}
        facts={[
          { label: t('receipt.hash'), value: <CopyId value={row.hash} short /> },
          { label: t('receipt.state'), value: t(receipt.whole ? 'receipt.whole' : 'receipt.broken') },
          ...(activity ? [{ label: t('receipt.whmcs'), value: [activityWord(activity.state), activity.line].join(' · ') }] : []),
        ]}
      />
    </Section>
  );
}

/** Request ids stand with the attempts; said once is enough. */
function ownEvents(detail: ActionDetail): TimelineEntry[] {
  return detail.events.map((event) => Object.assign({}, event, { request_id: null }));
}

function evidenceFact(row: EvidenceRow): Fact {
  const source = wordOf(`queue:source.${row.source}`, row.source);
  return {
    label: `${source} ${formatMillis(row.at)}`,
    value: (
      <>
        {phraseText(row.says)} <span className={classes.aside}>· {wordOf(`queue:speaks.${row.speaks_for}`, row.speaks_for)}</span>
      </>
    ),
  };
}

function Attempt({ attempt, many, named }: { attempt: AttemptRow; many: boolean; named: boolean }) {
  const t = useT('queue');
  const facts: Fact[] = [
    { label: t('drawer.call'), value: <span className="rd-mono"><PathText text={attempt.call} /></span> },
    { label: t('drawer.request'), value: <CopyId value={attempt.request_id} /> },
    { label: t('drawer.body'), value: <span className="rd-mono">{attempt.body_hash}</span> },
    { label: t('drawer.sent'), value: attempt.sent_at ? formatMillis(attempt.sent_at) : t('drawer.notSent') },
    { label: t('drawer.answered'), value: attempt.answered_at ? formatMillis(attempt.answered_at) : t('drawer.noAnswer') },
    { label: t('drawer.outcome'), value: [wordOf(`queue:outcome.${attempt.outcome}`, attempt.outcome), attempt.result].filter(Boolean).join(' · ') },
  ];
  return (
    <>
      {many && <h4 className={classes.attempt}>{[t('drawer.attempt', { number: attempt.number }), ...(named ? [stepWord(attempt.step)] : [])].join(' · ')}</h4>}
      <KeyValue ruled labelWidth={116} facts={facts} />
    </>
  );
}

interface ChoicesProps {
  title: string;
  choices: readonly VerbChoice[];
  verb: ActionVerb | null;
  onVerb: (verb: ActionVerb) => void;
  /** What a chosen verb wants to know besides. */
  children: (verb: ActionVerb) => ReactNode;
}

/** A choice that the evidence rules out stays visible, locked, with the reason. */
function Choices({ title, choices, verb, onVerb, children }: ChoicesProps) {
  const t = useT('queue');
  // A key chooses and goes on to the reason: the deed itself is Ctrl+Enter.
  const choose = (next: ActionVerb) => {
    onVerb(next);
    document.querySelector<HTMLInputElement>('[data-reason]')?.focus();
  };
  useKeys(
    t('keys'),
    choices.filter((c) => c.allowed).map((c) => ({ keys: verbKeys[c.verb], label: t(`verb.${c.verb}`), run: () => choose(c.verb) })),
  );
  if (!choices.some((c) => c.allowed)) return null;
  return (
    <Section title={title} flush>
      <div role="radiogroup" aria-label={title} className={classes.choices}>
        {choices.map((choice) => {
          const Glyph = verbIcons[choice.verb];
          const text: ReactNode = choice.allowed ? t(`consequence.${choice.verb}`) : choice.reason ? phraseText(choice.reason) : '';
          return (
            <Fragment key={choice.verb}>
              <label className={classes.choice} data-on={verb === choice.verb || undefined} data-locked={!choice.allowed || undefined}>
                <input type="radio" name="verb" value={choice.verb} checked={verb === choice.verb} disabled={!choice.allowed} onChange={() => onVerb(choice.verb)} />
                <span className={classes.choiceText}>
                  <strong>
                    <Glyph {...icon14} />
                    {t(`verb.${choice.verb}`)}
                  </strong>
                  <span>{text}</span>
                </span>
                {choice.allowed ? (
                  <span className={classes.choiceEnd} aria-hidden>
                    {choice.verb === 'look_again' && <EffectTag effect="read" />}
                    <Keys keys={verbKeys[choice.verb]} />
                  </span>
                ) : (
                  <IconLock {...icon14} />
                )}
              </label>
              {verb === choice.verb && choice.allowed && children(choice.verb)}
            </Fragment>
          );
        })}
      </div>
    </Section>
  );
}

/** Reason and button. What was typed is kept until it was taken. */
function Decide({ id, choice, step, onDone }: { id: number; choice: VerbChoice | undefined; step: string | undefined; onDone: () => void }) {
  const t = useT('queue');
  const say = useVerb();
  const draft = useDraft(`queue.reason.${id}`, '');
  const [busy, setBusy] = useState(false);
  const reason = draft.value.trim();
  const why = !choice ? t('drawer.choose') : choice.needs_reason && reason === '' ? t('drawer.reasonNeeded') : choice.verb === 'retry_from' && !step ? t('step.missing') : undefined;
  const run = () => {
    if (!choice || why || busy) return;
    setBusy(true);
    void say([id], choice.verb, { reason: reason === '' ? undefined : reason, step }).then((ok) => {
      setBusy(false);
      if (ok) {
        draft.set('');
        draft.forget();
        onDone();
      }
    });
  };
  useKeys(t('keys'), [{ keys: 'mod+Enter', label: t('settle'), run, inFields: true, disabled: why !== undefined }]);
  return (
    <>
      <TextInput
        className={classes.reason}
        data-reason
        aria-label={t('drawer.reason')}
        title={t('drawer.reasonHint')}
        placeholder={choice?.needs_reason ? t('drawer.reasonNeeded') : t('drawer.reasonOptional')}
        value={draft.value}
        onChange={(event) => draft.set(event.currentTarget.value)}
      />
      <ActionButton look="primary" busy={busy} action={{ id: 'settle', label: choice ? t(`verb.${choice.verb}`) : t('settle'), keys: 'mod+Enter', disabled: why, run }} />
    </>
  );
}
