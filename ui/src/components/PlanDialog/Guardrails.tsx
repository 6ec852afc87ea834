import { IconAlertTriangle, IconCircleCheck, IconShieldLock } from '@tabler/icons-react';
import { type T, useT } from '@/app/i18n';
import type { Plan, Verdict } from '@/ipc';
import { icon16 } from '../icon';
import { phraseText } from '../phrase';
import { wordOf } from '../word';
import classes from './PlanDialog.module.css';

const order = { pass: 0, warn: 1, block: 2 } as const;
const icons = { pass: IconCircleCheck, warn: IconAlertTriangle, block: IconShieldLock } as const;
const tones = { pass: 'ok', warn: 'warn', block: 'idle' } as const;
/** Names told before the rest is only counted. */
const NAMED = 3;

/** A guardrail's answer, and the rows it speaks of when it does not speak of the plan as a whole. */
export interface Told {
  verdict: Verdict;
  rows: readonly string[];
}

/** Everything that was said: of the plan, and of single rows, alike sentences once. */
export function toldBy(plan: Plan): readonly Told[] {
  const found: Told[] = plan.verdicts.map((verdict) => ({ verdict, rows: [] }));
  const ofRows = new Map<string, { verdict: Verdict; rows: string[] }>();
  for (const change of plan.changes) {
    for (const verdict of change.verdicts) {
      // What the plan as a whole says already is not said again for each row.
      if (verdict.ruling === 'pass' || plan.verdicts.some((of) => of.guardrail === verdict.guardrail && of.ruling === verdict.ruling)) continue;
      const key = JSON.stringify([verdict.guardrail, verdict.ruling, verdict.reason]);
      const known = ofRows.get(key);
      if (known) known.rows.push(change.target.name);
      else ofRows.set(key, { verdict, rows: [change.target.name] });
    }
  }
  return [...found, ...ofRows.values()].sort((a, b) => order[a.verdict.ruling] - order[b.verdict.ruling]);
}

function rowsText(t: T<'plan'>, rows: readonly string[]): string {
  const named = rows.slice(0, NAMED).join(', ');
  return rows.length > NAMED ? t('rowsMore', { names: named, count: rows.length - NAMED }) : named;
}

/** What each guardrail says, mildest first. */
export function Guardrails({ plan }: { plan: Plan }) {
  const t = useT('plan');
  const told = toldBy(plan);
  if (told.length === 0) return null;
  const several = plan.changes.length > 1;
  return (
    <section className={classes.guardrails}>
      <h3>{t('guardrails')}</h3>
      <dl>
        {told.map(({ verdict, rows }) => {
          const Glyph = icons[verdict.ruling];
          return (
            <div key={verdict.guardrail + verdict.reason.code + rows.join()} data-tone={tones[verdict.ruling]}>
              <dt>
                <Glyph {...icon16} />
                {wordOf(`plan:guardrail.${verdict.guardrail}`, verdict.guardrail)}
              </dt>
              <dd>
                {phraseText(verdict.reason)}
                {several && rows.length > 0 && <span className={classes.rowsOf}> · {rowsText(t, rows)}</span>}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
