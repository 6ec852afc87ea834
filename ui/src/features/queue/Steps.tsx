import { type Icon, IconCircleCheck, IconCircleDashed, IconCircleX, IconLock, IconMinus, IconPlayerSkipForward, IconPointFilled } from '@tabler/icons-react';
import { useT } from '@/app/i18n';
import { icon14, phraseText, Section, wordOf } from '@/components';
import type { StepRow, StepStanding, TimelineEntry } from '@/ipc';
import classes from './queue.module.css';

const looks: Record<StepStanding, { icon: Icon; tone: string }> = {
  done: { icon: IconCircleCheck, tone: 'ok' },
  skipped: { icon: IconPlayerSkipForward, tone: 'warn' },
  here: { icon: IconPointFilled, tone: 'busy' },
  ended: { icon: IconCircleX, tone: 'bad' },
  ahead: { icon: IconCircleDashed, tone: 'idle' },
};

export const stepWord = (name: string): string => wordOf(`common:step.${name}`, name);

/** The chosen step while it may be repeated; else the one it ended at, or the only one there is. */
export function stepToRepeat(steps: readonly StepRow[], chosen: string | undefined): string | undefined {
  const able = steps.filter((step) => step.can_retry);
  return (able.find((step) => step.name === chosen) ?? able.find((step) => step.standing === 'ended') ?? able.at(-1))?.name;
}

/** Steps at which there turned out to be nothing to do: the story says so, and they are no deeds. */
export function nothingAt(events: readonly TimelineEntry[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => event.lines.flatMap((line) => (line.code === 'action.nothing_behind' && line.params['step'] ? [line.params['step']] : []))));
}

/** How far an action of several steps is. */
export function Steps({ steps, nothing }: { steps: readonly StepRow[]; nothing: ReadonlySet<string> }) {
  const t = useT('queue');
  const at = steps.findIndex((step) => step.standing === 'here' || step.standing === 'ended');
  return (
    <Section title={t('step.title')} {...(at < 0 ? {} : { aside: t('step.of', { at: at + 1, all: steps.length }) })} flush>
      <ol className={classes.steps}>
        {steps.map((step) => {
          const empty = step.standing === 'done' && nothing.has(step.name);
          const look = empty ? looks.ahead : looks[step.standing];
          const Glyph = look.icon;
          return (
            <li key={step.name} data-standing={step.standing} aria-current={step.standing === 'here' ? 'step' : undefined}>
              {empty ? <IconMinus {...icon14} color="var(--rd-idle)" /> : <Glyph {...icon14} color={`var(--rd-${look.tone})`} />}
              <span className={classes.stepName}>{stepWord(step.name)}</span>
              <span>{wordOf(`states:provider.${step.lane}`, step.lane)}</span>
              <span>{t(empty ? 'step.nothing' : `step.${step.standing}`)}</span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

/** From which step a failed action is repeated. What happened already stays visible, locked, with the reason. */
export function StepChoice({ steps, chosen, onChoose }: { steps: readonly StepRow[]; chosen: string | undefined; onChoose: (step: string) => void }) {
  const t = useT('queue');
  return (
    <div role="radiogroup" aria-label={t('step.choose')} className={classes.stepChoice}>
      {steps.map((step) => (
        <label key={step.name} className={classes.choice} data-locked={!step.can_retry || undefined}>
          <input type="radio" name="step" value={step.name} checked={chosen === step.name} disabled={!step.can_retry} onChange={() => onChoose(step.name)} />
          <span className={classes.choiceText}>
            <strong>{stepWord(step.name)}</strong>
            <span>{step.reason ? phraseText(step.reason) : [wordOf(`states:provider.${step.lane}`, step.lane), wordOf(`rights:effect.${step.effect}`, step.effect)].join(' · ')}</span>
          </span>
          {!step.can_retry && <IconLock {...icon14} />}
        </label>
      ))}
    </div>
  );
}
