import type { Change, Plan, Verdict } from '@/ipc';

/** Characters that a reason needs, and may have at most; the core counts the same. */
export const LEAST_REASON = 10;
export const MOST_REASON = 500;

/** Reasons by guardrail, as they are typed. */
export type Reasons = Readonly<Record<string, string>>;

const told = (reason: string | undefined): string => (reason ?? '').trim();
const whole = (reason: string | undefined): boolean => [...told(reason)].length >= LEAST_REASON;

/** What those who said yes before set themselves over: it counts for the second yes too. */
export const setBefore = (plan: Plan): Reasons => Object.fromEntries((plan.approvals ?? []).flatMap((yes) => yes.overrides.map((one) => [one.guardrail, one.reason])));

/** Whether a verdict keeps out what it is about: a block that nobody set themselves over with a whole reason. */
export const stands = (verdict: Verdict, reasons: Reasons): boolean => verdict.ruling === 'block' && !(verdict.overridable === true && whole(reasons[verdict.guardrail]));

/** The block that keeps a row out. */
export const blockOf = (change: Change, reasons: Reasons): Verdict | undefined => change.verdicts.find((verdict) => stands(verdict, reasons));

/** Whether what blocks the plan as a whole still does, now that so many rows are left. */
function stillStands({ guardrail, reason }: Verdict, chosen: number, leftOut: number): boolean {
  const { used, allowed } = reason.params;
  // One order a plan: the other rows only have to go.
  if (guardrail === 'name') return chosen > 1;
  if (used !== undefined && allowed !== undefined) return Number(used) + chosen > Number(allowed);
  // How much money is left the core says when it is asked.
  return !(guardrail === 'spend' && leftOut > 0);
}

/** The block that keeps the plan as a whole from being carried out: nobody can say yes before it is set aside. */
export const planBlock = (plan: Plan, reasons: Reasons, chosen: number, leftOut: number): Verdict | undefined =>
  plan.verdicts.find((verdict) => stands(verdict, reasons) && stillStands(verdict, chosen, leftOut));

/** The first guardrail whose reason was begun and is not whole yet. */
export const begunOf = (reasons: Reasons): string | undefined => Object.keys(reasons).find((guardrail) => told(reasons[guardrail]) !== '' && !whole(reasons[guardrail]));

/** What goes with the yes: whole reasons for guardrails that this plan meets. */
export function overridesOf(plan: Plan, reasons: Reasons): { guardrail: string; reason: string }[] {
  const met = new Set([...plan.verdicts, ...plan.changes.flatMap((change) => change.verdicts)].filter((verdict) => verdict.ruling === 'block' && verdict.overridable).map((verdict) => verdict.guardrail));
  return Object.keys(reasons).filter((guardrail) => met.has(guardrail) && whole(reasons[guardrail])).map((guardrail) => ({ guardrail, reason: told(reasons[guardrail]) }));
}

/** Names that differ in letter case or blanks only are one name. */
export const sameName = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (name: string): string => name.trim().split(/\s+/).join(' ').toLowerCase();
