import { ActionIcon } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconDatabase, IconRefresh, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { hasText, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { widths } from '@/app/theme/tokens';
import { asCallError, type CallError, type Change, type Plan, type Verdict } from '@/ipc';
import { ActionButton } from '../ActionMenu';
import { CopyId } from '../CopyId';
import { Check } from '../DataTable/Check';
import { Dialog } from '../Dialog';
import { EffectTag } from '../EffectTag';
import { formatClock, formatMoney } from '../format';
import { icon14, icon16 } from '../icon';
import { ErrorStrip } from '../ListStates';
import { phraseText } from '../phrase';
import { sumMoney } from '../sumMoney';
import { ageText } from '../RelativeTime';
import type { Effect } from '../states';
import { wordOf } from '../word';
import { Confirm } from './Confirm';
import { fold } from './fold';
import { Guardrails } from './Guardrails';
import { begunOf, blockOf, overridesOf, planBlock, type Reasons, setBefore } from './overrides';
import { Facts, Touches, type Touch } from './Touches';
import { saidBy, Yeses } from './Yeses';
import classes from './PlanDialog.module.css';

/** A person's yes, as it is given here. */
export interface Yes {
  excluded: number[];
  typed: string | null;
  delay_seconds: number | null;
  overrides: { guardrail: string; reason: string }[];
  by: string | null;
}

export interface PlanDialogProps {
  plan: Plan;
  /** After the plan's number: "from the list Servers, 20 selected". Told from the plan when left out. */
  about?: ReactNode;
  /** What an erasing plan touches, keeps and sets again. */
  touches?: readonly Touch[];
  /** An offer before the deed, such as a snapshot; on by default. */
  offer?: ReactNode;
  /** Rows whose basis moved since; 0 while it holds. */
  moved?: number;
  /** Carries the plan out; a thrown error is shown and nothing typed is lost. */
  onApprove: (approval: Yes) => Promise<unknown>;
  /** Drops a plan that waits for a second person; for everybody. */
  onGiveUp?: () => Promise<unknown>;
  /** Computes the plan again from the facts of now. */
  onRefresh?: () => Promise<unknown> | void;
  /** To the form it was made from, with all that was typed there. */
  onBack?: () => void;
  onCancel: () => void;
}

/** See before you act: what changes, on whom, what it costs and destroys, and which guardrail it meets. */
export function PlanDialog(props: PlanDialogProps) {
  const { plan, onApprove, onBack, onCancel, onGiveUp, onRefresh } = props;
  const t = useT('plan');
  const common = useT('common');
  const wipes = plan.impact === 'wipe';
  const [excluded, setExcluded] = useState<ReadonlySet<number>>(new Set());
  const [typed, setTyped] = useState('');
  // What erases waits a moment, so that it can be taken back.
  const [delay, setDelay] = useState(wipes ? 10 : 0);
  const [reasons, setReasons] = useState<Reasons>({});
  const [by, setBy] = useState('');
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const [movedByError, setMovedByError] = useState<{ count: number; what: string } | null>(null);
  // A plan computed again marks the rows that are not as before, and must be looked at again.
  const [seen, setSeen] = useState<{ plan: Plan; changed: ReadonlySet<number> }>({ plan, changed: new Set() });
  if (seen.plan !== plan) {
    setSeen({ plan, changed: changedTargets(seen.plan, plan) });
    setMovedByError(null);
    setError(null);
  }

  const set = { ...setBefore(plan), ...reasons };
  const open = plan.changes.filter((change) => !blockOf(change, set));
  const chosen = open.filter((change) => !excluded.has(change.index));
  const { shown, folded } = useMemo(() => (all ? { shown: plan.changes, folded: 0 } : fold(plan.changes, plan.impact)), [all, plan]);
  const moved = props.moved || (movedByError?.count ?? 0);
  const wanted = plan.confirmation.kind === 'type' ? plan.confirmation.text : null;
  const second = plan.state === 'waiting';
  const begun = begunOf(reasons);
  const stop = planBlock(plan, set, chosen.length, open.length - chosen.length);
  const blockedBy = moved
    ? t('basis.movedPlain')
    : second && by.trim() === ''
      ? t('second.nameNeeded')
      : second && saidBy(plan, by)
        ? t('second.same', { by })
        : begun
          ? t('override.begun', { guardrail: wordOf(`plan:guardrail.${begun}`, begun) })
          : stop ? t('blockedBy', { guardrail: wordOf(`plan:guardrail.${stop.guardrail}`, stop.guardrail), sentence: phraseText(stop.reason) })
          : chosen.length === 0 ? t('nothingLeft') : wanted !== null && typed !== wanted ? t('missing', { count: Math.max(1, wanted.length - typed.length) }) : undefined;

  const approve = async () => {
    if (blockedBy || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onApprove({ excluded: [...excluded].sort((a, b) => a - b), typed: wanted === null ? null : typed, delay_seconds: delay === 0 ? null : delay, overrides: overridesOf(plan, reasons), by: second ? by.trim() : null });
    } catch (thrown) {
      const failure = asCallError(thrown);
      if (failure.code === 'basis_moved') setMovedByError(movedOf(failure));
      setError(failure.code === 'basis_moved' ? null : failure);
    } finally {
      setBusy(false);
    }
  };
  const attempt = async (what: (() => Promise<unknown> | void) | undefined) => {
    setError(null);
    try {
      await what?.();
    } catch (thrown) {
      setError(asCallError(thrown));
    }
  };
  useKeys(phraseText(plan.title), [
    { keys: 'mod+Enter', label: second ? t('second.approve') : approveLabel(t, plan.kind, chosen.length), run: () => void approve(), inFields: true },
    { keys: 'Escape', label: common('cancel'), run: onCancel, inFields: true },
  ], { modal: true });

  const flip = (change: Change) => {
    const next = new Set(excluded);
    if (!next.delete(change.index)) next.add(change.index);
    setExcluded(next);
  };
  const setReason = (guardrail: string, reason: string | null) => {
    const { [guardrail]: _, ...others } = reasons;
    setReasons(reason === null ? others : { ...others, [guardrail]: reason });
  };
  const flipAll = () => setExcluded(chosen.length === open.length ? new Set(open.map((c) => c.index)) : new Set());

  return (
    <Dialog
      onClose={onCancel}
      width={wipes ? widths.wipeDialog : widths.planDialog}
      label={phraseText(plan.title)}
      className={wipes ? `${classes.dialog} ${classes.wipe}` : classes.dialog}
      closeOnEscape={false}
      closeOnClickOutside={!wipes}
    >
        <div className={classes.head}>
          <div className={classes.headText}>
            <h2 className={classes.title}>
              {phraseText(plan.title)}
            </h2>
            <p className={classes.about}>
              {t('id')} <CopyId value={`PL-${plan.id}`} withIcon={false} tabStop={false} /> · {props.about ?? originText(t, plan)}
            </p>
          </div>
          <EffectTag effect={effectOf(plan.impact, plan.changes.some(costs))} />
          <ActionIcon aria-label={common('close')} onClick={onCancel}>
            <IconX {...icon16} />
          </ActionIcon>
        </div>
        <div className={classes.scroll}>
          {props.touches ? (
            <Touches touches={props.touches} facts={plan.changes[0]?.facts ?? []} />
          ) : (
            <>
            {plan.changes.length === 1 && <Facts facts={plan.changes[0]?.facts ?? []} />}
            <table className={classes.table}>
              <thead>
                <tr>
                  <th className={classes.pick}>
                    <Check on={chosen.length === open.length ? open.length > 0 : chosen.length > 0 ? 'some' : false} label={common('table.selectAll')} onToggle={flipAll} tabStop />
                  </th>
                  <th>{t(plan.changes.every((c) => c.target.kind === 'instance') ? 'head.target' : 'head.on')}</th>
                  <th>{t('head.client')}</th>
                  <th>{t('head.expected')}</th>
                  <th>{t('head.effect')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((change) => (
                  <PlanRow key={change.index} change={change} ends={endings.has(plan.kind)} block={blockOf(change, set)} on={!excluded.has(change.index)} changed={seen.changed.has(change.target.id)} onToggle={() => flip(change)} />
                ))}
                {folded > 0 && (
                  <tr>
                    <td />
                    <td colSpan={4} className={classes.fold}>
                      {t('more', { count: folded })}{' '}
                      <button type="button" className={classes.link} onClick={() => setAll(true)}>
                        {t('showAll', { n: plan.changes.length })}
                      </button>
                    </td>
                  </tr>
                )}
              </tbody>
            </table>
            </>
          )}
          <Figures plan={plan} chosen={chosen} />
          {props.offer && <div className={classes.offer}>{props.offer}</div>}
          <Guardrails plan={plan} reasons={reasons} onReason={setReason} />
          {second && <Yeses plan={plan} by={by} onBy={setBy} />}
          <Delay value={delay} onChange={setDelay} />
          {wanted !== null && <Confirm wanted={wanted} typed={typed} onTyped={setTyped} />}
          {error && <Refused error={error} />}
        </div>
        <div className={classes.foot} data-moved={moved ? true : undefined}>
          <span className={classes.basis} role="status">
            {moved ? <IconAlertTriangle {...icon14} /> : <IconDatabase {...icon14} />}
            {moved ? [t('basis.moved', { count: moved }), movedByError?.what].filter(Boolean).join(': ') : t('basis.current', { time: formatClock(oldest(plan)) })}
          </span>
          {moved > 0 && onRefresh && <ActionButton action={{ id: 'look', label: t('look'), icon: IconRefresh, run: () => void attempt(onRefresh) }} />}
          {onGiveUp && <ActionButton look="danger" action={{ id: 'give-up', label: t('second.giveUp'), run: () => void attempt(onGiveUp) }} />}
          {onBack && <ActionButton action={{ id: 'back', label: t('back'), icon: IconArrowLeft, run: onBack }} />}
          <ActionButton action={{ id: 'cancel', label: common('cancel'), keys: 'Escape', run: onCancel }} />
          <ActionButton
            look={wipes ? 'erase' : 'primary'}
            busy={busy}
            action={{ id: 'approve', label: second ? t('second.approve') : approveLabel(t, plan.kind, chosen.length), keys: wipes ? undefined : 'mod+Enter', disabled: blockedBy, run: () => void approve() }}
          />
        </div>
    </Dialog>
  );
}

/** Why it was not taken: brought into sight, however long the plan is. */
function Refused({ error }: { error: CallError }) {
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => here.current?.scrollIntoView?.({ block: 'nearest' }), [error]);
  return (
    <div ref={here}>
      <ErrorStrip error={error} />
    </div>
  );
}

const DELAYS = [0, 10, 60, 600, 3600] as const;

/** When it starts; until then it can be taken back. */
function Delay({ value, onChange }: { value: number; onChange: (seconds: number) => void }) {
  const t = useT('plan');
  const common = useT('common');
  return (
    <div className={classes.delay} role="radiogroup" aria-label={t('delay.label')}>
      <span>{t('delay.label')}</span>
      {DELAYS.map((seconds) => (
        <button key={seconds} type="button" role="radio" aria-checked={value === seconds} onClick={() => onChange(seconds)}>
          {seconds === 0 ? t('delay.none') : t('delay.in', { time: ageText(common, seconds * 1000) })}
        </button>
      ))}
      {value > 0 && <span className={classes.delayNote}>{t('delay.undo')}</span>}
    </div>
  );
}

/** Kinds after which the thing is not there any more: how long it is down is no question. */
const endings: ReadonlySet<string> = new Set(['module.terminate', 'server.cancel', 'service.terminate']);

const costs = (change: Change): boolean => change.money_now !== null || change.money_month !== null;

/** What keeps the data may still change what is paid, and that is the more to know. */
const effectOf = (impact: Plan['impact'], money: boolean): Effect => (money && impact === 'keep' ? 'money' : impact);

const things = ['instance', 'service', 'invoice', 'ticket', 'order'] as const;

/** What the rows are, for their number. */
function thingsOf(plan: Plan): (typeof things)[number] | 'things' {
  const kind = plan.changes[0]?.target.kind;
  return things.find((thing) => plan.changes.every((change) => change.target.kind === thing) && thing === kind) ?? 'things';
}

type PlanT = ReturnType<typeof useT<'plan'>>;

function approveLabel(t: PlanT, kind: string, count: number): string {
  if (count === 0) return t('approve.none');
  if (hasText(`plan:approve.${kind}_other`)) return t(`approve.${kind}` as 'approve.power.restart', { count });
  return hasText(`phrases:kind.${kind}`) ? t('approve.kind', { count, kind: wordOf(`phrases:kind.${kind}`, kind) }) : t('approve.change', { count });
}

/** What moved, in the core's words: names, and what was and is. */
function movedOf({ params }: CallError): { count: number; what: string } {
  const what = params['moved'] ?? '';
  const count = Number(what);
  return Number.isInteger(count) && count > 0 ? { count, what: '' } : { count: Math.max(1, what.split('; ').length), what };
}

function originText(t: PlanT, plan: Plan): string {
  const from = hasText(`plan:from.${plan.origin}`) ? t(`from.${plan.origin}` as 'from.server') : plan.origin;
  return plan.changes.length > 1 ? `${from}, ${t('selected', { count: plan.changes.length })}` : from;
}

function oldest(plan: Plan): string {
  return plan.basis.map((b) => b.as_of).sort()[0] ?? plan.created_at;
}

/** Targets whose row is another one than in the plan shown before. */
function changedTargets(before: Plan, after: Plan): ReadonlySet<number> {
  const text = (change: Change) => JSON.stringify([change.facts, change.impact, change.verdicts]);
  const old = new Map(before.changes.map((change) => [change.target.id, text(change)]));
  return new Set(after.changes.filter((c) => old.has(c.target.id) && old.get(c.target.id) !== text(c)).map((c) => c.target.id));
}

/** In a row a word or two; the sentence is on hover and among the guardrails. */
function briefly(t: PlanT, { guardrail, reason }: Verdict): string {
  return hasText(`plan:brief.${guardrail}`) ? t(`brief.${guardrail}` as 'brief.open_tickets') : phraseText(reason);
}

function PlanRow({ change, ends, block, on, changed, onToggle }: { change: Change; ends: boolean; block: Verdict | undefined; on: boolean; changed: boolean; onToggle: () => void }) {
  const t = useT('plan');
  const common = useT('common');
  // What somebody set themselves over still deserves a look.
  const warnings = change.verdicts.filter((v) => v.ruling === 'warn' || (v.ruling === 'block' && !block));
  const expected = block
    ? t('row.untouched')
    : ends
      ? t('row.ends')
    : change.impact === 'keep'
      ? t('row.up')
      : change.down_seconds === null
        ? t('row.downUnknown')
        : t('row.down', { time: ageText(common, change.down_seconds * 1000) });
  return (
    <tr data-blocked={block ? true : undefined} data-changed={changed || undefined}>
      <td className={classes.pick}>
        <Check on={on && !block} locked={Boolean(block)} label={t('row.choose', { name: change.target.name })} onToggle={onToggle} tabStop />
      </td>
      <td data-tip={change.target.name}>
        <span className={classes.name}>{change.target.name}</span> <span className={`rd-mono ${classes.number}`}>{change.target.service_id ?? change.target.id}</span>
      </td>
      <td>{change.target.client_name ?? '—'}</td>
      <td className="rd-num">{expected}</td>
      <td>
        <span className={classes.effects}>
          {block ? <EffectTag effect="blocked" why={phraseText(block.reason)} /> : <EffectTag effect={effectOf(change.impact, costs(change))} />}
          {warnings.map((warning) => (
            <span key={warning.guardrail} className={classes.warning}>
              <IconAlertTriangle {...icon14} />
              <span title={phraseText(warning.reason)}>{briefly(t, warning)}</span>
            </span>
          ))}
          {changed && <span className={classes.changed}>{t('row.changed')}</span>}
        </span>
      </td>
    </tr>
  );
}

/** How many, how long, how much money, what is erased: of the rows that are left in. */
function Figures({ plan, chosen }: { plan: Plan; chosen: readonly Change[] }) {
  const t = useT('plan');
  const common = useT('common');
  const untouched = chosen.length === plan.totals.changes;
  const customers = untouched ? plan.totals.clients : new Set(chosen.map((c) => c.target.client_id).filter((id) => id !== null)).size;
  const wiped = untouched ? plan.totals.wiped : chosen.filter((c) => c.impact === 'wipe').length;
  const down = plan.totals.down_seconds;
  const ends = endings.has(plan.kind);
  const quiet = plan.impact === 'keep' && !ends;
  const sumText = (sums: readonly { amount: string; currency: string }[]) => sums.map((sum) => formatMoney(sum, { mixed: sums.length > 1 })).join(' + ');
  const money = sumText(untouched ? plan.totals.money_now : sumMoney(chosen.map((change) => change.money_now)));
  const month = sumText(untouched ? plan.totals.money_month : sumMoney(chosen.map((change) => change.money_month)));
  return (
    <div className={classes.figures}>
      <div>
        <strong>{t(`figure.${thingsOf(plan)}`, { count: chosen.length })}</strong>
        <span>{customers > 0 ? t('figure.customers', { count: customers }) : t('figure.noCustomers')}</span>
      </div>
      <div>
        <strong>{ends ? t('figure.ends') : quiet ? t('figure.noWait') : down === null ? t('figure.unknownWait') : t('figure.about', { time: ageText(common, down * 1000) })}</strong>
        <span>{ends ? t('figure.forGood') : quiet ? t('figure.up') : down === null ? t('figure.unmeasured') : t('figure.down')}</span>
      </div>
      <div>
        <strong>{money || t('figure.free')}</strong>
        <span>{month ? t('figure.month', { sum: month }) : money ? t('figure.now') : t('figure.noMoney')}</span>
      </div>
      <div>
        <strong>{wiped > 0 ? t('figure.erased', { count: wiped }) : t('figure.nothingErased')}</strong>
        <span>{wiped > 0 ? t('figure.gone') : t('figure.stays')}</span>
      </div>
    </div>
  );
}
