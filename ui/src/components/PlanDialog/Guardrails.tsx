import { TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconShieldLock, IconShieldOff } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { type T, useT } from '@/app/i18n';
import type { Plan, Verdict } from '@/ipc';
import { icon16 } from '../icon';
import { phraseText } from '../phrase';
import { wordOf } from '../word';
import { LEAST_REASON, MOST_REASON, type Reasons, setBefore, stands } from './overrides';
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

interface GuardrailsProps {
  plan: Plan;
  reasons: Reasons;
  onReason: (guardrail: string, reason: string | null) => void;
}

/** What each guardrail says, mildest first, and the way over those that let themselves be set aside. */
export function Guardrails({ plan, reasons, onReason }: GuardrailsProps) {
  const t = useT('plan');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(Object.keys(reasons)));
  const told = toldBy(plan);
  if (told.length === 0) return null;
  const several = plan.changes.length > 1;
  const before = setBefore(plan);
  const asked = new Set<string>(Object.keys(before));
  return (
    <section className={classes.guardrails}>
      <h3>{t('guardrails')}</h3>
      <dl>
        {told.map(({ verdict, rows }) => {
          const { guardrail } = verdict;
          const aside = verdict.ruling === 'block' && !stands(verdict, { ...before, ...reasons });
          const Glyph = aside ? IconShieldOff : icons[verdict.ruling];
          // One reason covers all that a guardrail says: asked for at its first sentence.
          const first = verdict.ruling === 'block' && verdict.overridable === true && !asked.has(guardrail);
          if (first) asked.add(guardrail);
          const shown = first && open.has(guardrail);
          return (
            <div key={guardrail + verdict.reason.code + rows.join()} data-tone={aside ? 'warn' : tones[verdict.ruling]}>
              <dt>
                <Glyph {...icon16} />
                {wordOf(`plan:guardrail.${guardrail}`, guardrail)}
              </dt>
              <dd>
                {phraseText(verdict.reason)}
                {several && rows.length > 0 && <span className={classes.rowsOf}> · {rowsText(t, rows)}</span>}
                {first && !shown && (
                  <button type="button" className={classes.link} onClick={() => setOpen(new Set(open).add(guardrail))}>
                    {t('override.open')}
                  </button>
                )}
                {shown && (
                  <Reason
                    name={wordOf(`plan:guardrail.${guardrail}`, guardrail)}
                    value={reasons[guardrail] ?? ''}
                    onChange={(reason) => onReason(guardrail, reason)}
                    onDrop={() => {
                      setOpen(new Set([...open].filter((one) => one !== guardrail)));
                      onReason(guardrail, null);
                    }}
                  />
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function Reason({ name, value, onChange, onDrop }: { name: string; value: string; onChange: (reason: string) => void; onDrop: () => void }) {
  const t = useT('plan');
  const state = useId();
  const missing = LEAST_REASON - [...value.trim()].length;
  return (
    <div className={classes.override}>
      <TextInput
        autoFocus
        aria-label={t('override.reason', { guardrail: name })}
        aria-describedby={state}
        placeholder={t('override.placeholder')}
        maxLength={MOST_REASON}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <button type="button" className={classes.link} onClick={onDrop}>
        {t('override.drop')}
      </button>
      <span id={state} role="status" className={classes.overrideState}>
        {missing > 0 ? t('missing', { count: missing }) : t('override.set')}
      </span>
    </div>
  );
}
