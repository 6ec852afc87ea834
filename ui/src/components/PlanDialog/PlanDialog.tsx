import { ActionIcon } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconDatabase, IconRefresh, IconX } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { hasText, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { widths } from '@/app/theme/tokens';
import { asCallError, type CallError, type Change, type Plan, type Verdict } from '@/ipc';
import { ActionButton } from '../ActionMenu';
import { Check } from '../DataTable/Check';
import { Dialog } from '../Dialog';
import { EffectTag } from '../EffectTag';
import { formatClock, formatMoney } from '../format';
import { icon14, icon16 } from '../icon';
import { ErrorStrip } from '../ListStates';
import { phraseText } from '../phrase';
import { ageText } from '../RelativeTime';
import { wordOf } from '../word';
import { Confirm } from './Confirm';
import { fold, isBlocked } from './fold';
import { Guardrails } from './Guardrails';
import { Facts, Touches, type Touch } from './Touches';
import classes from './PlanDialog.module.css';

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
  onApprove: (approval: { excluded: number[]; typed: string | null; delay_seconds: number | null }) => Promise<unknown>;
  /** Computes the plan again from the facts of now. */
  onRefresh?: () => Promise<unknown> | void;
  /** To the form it was made from, with all that was typed there. */
  onBack?: () => void;
  onCancel: () => void;
}

/** See before you act: what changes, on whom, what it costs and destroys, and which guardrail it meets. */
export function PlanDialog(props: PlanDialogProps) {
  const { plan, onApprove, onBack, onCancel, onRefresh } = props;
  const t = useT('plan');
  const common = useT('common');
  const wipes = plan.impact === 'wipe';
  const [excluded, setExcluded] = useState<ReadonlySet<number>>(new Set());
  const [typed, setTyped] = useState('');
  // What erases waits a moment, so that it can be taken back.
  const [delay, setDelay] = useState(wipes ? 10 : 0);
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const [movedByError, setMovedByError] = useState(0);
  // A plan computed again marks the rows that are not as before, and must be looked at again.
  const [seen, setSeen] = useState<{ plan: Plan; changed: ReadonlySet<number> }>({ plan, changed: new Set() });
  if (seen.plan !== plan) {
    setSeen({ plan, changed: changedTargets(seen.plan, plan) });
    setMovedByError(0);
    setError(null);
  }

  const open = plan.changes.filter((change) => !isBlocked(change));
  const chosen = open.filter((change) => !excluded.has(change.index));
  const { shown, folded } = useMemo(() => (all ? { shown: plan.changes, folded: 0 } : fold(plan.changes, plan.impact)), [all, plan]);
  const moved = props.moved || movedByError;
  const wanted = plan.confirmation.kind === 'type' ? plan.confirmation.text : null;
  const blockedBy = moved ? t('basis.movedPlain') : chosen.length === 0 ? t('nothingLeft') : wanted !== null && typed !== wanted ? t('missing', { count: Math.max(1, wanted.length - typed.length) }) : undefined;

  const approve = async () => {
    if (blockedBy || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onApprove({ excluded: [...excluded].sort((a, b) => a - b), typed: wanted === null ? null : typed, delay_seconds: delay === 0 ? null : delay });
    } catch (thrown) {
      const failure = asCallError(thrown);
      if (failure.code === 'basis_moved') setMovedByError(Number(failure.params['moved']) || 1);
      setError(failure.code === 'basis_moved' ? null : failure);
    } finally {
      setBusy(false);
    }
  };
  const look = async () => {
    setError(null);
    try {
      await onRefresh?.();
    } catch (thrown) {
      setError(asCallError(thrown));
    }
  };
  useKeys(phraseText(plan.title), [
    { keys: 'mod+Enter', label: approveLabel(t, plan.kind, chosen.length), run: () => void approve(), inFields: true },
    { keys: 'Escape', label: common('cancel'), run: onCancel, inFields: true },
  ], { modal: true });

  const flip = (change: Change) => {
    const next = new Set(excluded);
    if (!next.delete(change.index)) next.add(change.index);
    setExcluded(next);
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
              {t('id', { id: `PL-${plan.id}` })} · {props.about ?? originText(t, plan)}
            </p>
          </div>
          <EffectTag effect={plan.impact} />
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
                  <PlanRow key={change.index} change={change} on={!excluded.has(change.index)} changed={seen.changed.has(change.target.id)} onToggle={() => flip(change)} />
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
          <Guardrails plan={plan} />
          <Delay value={delay} onChange={setDelay} />
          {wanted !== null && <Confirm wanted={wanted} typed={typed} onTyped={setTyped} />}
          {error && <ErrorStrip error={error} />}
        </div>
        <div className={classes.foot} data-moved={moved ? true : undefined}>
          <span className={classes.basis} role="status">
            {moved ? <IconAlertTriangle {...icon14} /> : <IconDatabase {...icon14} />}
            {moved ? t('basis.moved', { count: moved }) : t('basis.current', { time: formatClock(oldest(plan)) })}
          </span>
          {moved > 0 && onRefresh && <ActionButton action={{ id: 'look', label: t('look'), icon: IconRefresh, run: () => void look() }} />}
          {onBack && <ActionButton action={{ id: 'back', label: t('back'), icon: IconArrowLeft, run: onBack }} />}
          <ActionButton action={{ id: 'cancel', label: common('cancel'), keys: 'Escape', run: onCancel }} />
          <ActionButton
            look={wipes ? 'erase' : 'primary'}
            busy={busy}
            action={{ id: 'approve', label: approveLabel(t, plan.kind, chosen.length), keys: wipes ? undefined : 'mod+Enter', disabled: blockedBy, run: () => void approve() }}
          />
        </div>
    </Dialog>
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

function PlanRow({ change, on, changed, onToggle }: { change: Change; on: boolean; changed: boolean; onToggle: () => void }) {
  const t = useT('plan');
  const common = useT('common');
  const block = change.verdicts.find((v) => v.ruling === 'block');
  const warnings = change.verdicts.filter((v) => v.ruling === 'warn');
  const expected = block
    ? t('row.untouched')
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
          {block ? <EffectTag effect="blocked" why={phraseText(block.reason)} /> : <EffectTag effect={change.impact} />}
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
  const quiet = plan.impact === 'keep';
  const money = plan.totals.money_now.map((m) => formatMoney(m, { mixed: plan.totals.money_now.length > 1 })).join(' + ');
  const month = plan.totals.money_month.map((m) => formatMoney(m, { mixed: plan.totals.money_month.length > 1 })).join(' + ');
  return (
    <div className={classes.figures}>
      <div>
        <strong>{t(`figure.${thingsOf(plan)}`, { count: chosen.length })}</strong>
        <span>{customers > 0 ? t('figure.customers', { count: customers }) : t('figure.noCustomers')}</span>
      </div>
      <div>
        <strong>{quiet ? t('figure.noWait') : down === null ? t('figure.unknownWait') : t('figure.about', { time: ageText(common, down * 1000) })}</strong>
        <span>{quiet ? t('figure.up') : down === null ? t('figure.unmeasured') : t('figure.down')}</span>
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
