import { type Icon, IconArrowRight, IconCheck, IconEraser, IconRotateClockwise } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { hasText, text, type TextKey, useT } from '@/app/i18n';
import type { FactChange } from '@/ipc';
import { icon14, icon16 } from '../icon';
import { wordOf } from '../word';
import classes from './PlanDialog.module.css';

/** A thing that an erasing plan loses, keeps or sets again. */
export interface Touch {
  icon: Icon;
  what: string;
  detail?: ReactNode;
  outcome: 'erased' | 'kept' | 'set_again';
}

const icons = { erased: IconEraser, kept: IconCheck, set_again: IconRotateClockwise } as const;
const tones = { erased: 'bad', kept: 'ok', set_again: 'warn' } as const;

const begun = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const fieldWord = (name: string): string => wordOf(`phrases:field.${name}`, name);

/** What is behind the target: told also where it stays as it is. */
const behind: ReadonlySet<string> = new Set(['module', 'server_name', 'server_status']);

/** A value in words where it is one of ours; what a provider says stays as it is. */
function valueWord(field: string, value: string): string {
  if (field === 'server_status') return wordOf(`states:server.${value}`, value);
  return hasText(`plan:value.${value}`) ? text(`plan:value.${value}` as TextKey) : value;
}

/** What is, and what it becomes. */
export function Facts({ facts }: { facts: readonly FactChange[] }) {
  const moving = facts.filter((fact) => fact.before !== fact.after || behind.has(fact.field));
  if (moving.length === 0) return null;
  return (
    <dl className={classes.facts}>
      {moving.map((fact) => (
        <div key={fact.field}>
          <dt>{begun(wordOf(`servers:fact.${fact.field}`, fieldWord(fact.field)))}</dt>
          <dd>
            {/* What stays as it is is told without an arrow. */}
            {fact.after === null || fact.after === fact.before ? (
              valueWord(fact.field, fact.before ?? '')
            ) : (
              <>
                {/* What was nothing before needs no arrow either. */}
                {fact.before !== null && (
                  <>
                    {valueWord(fact.field, fact.before)} <IconArrowRight {...icon14} />{' '}
                  </>
                )}
                <strong>{valueWord(fact.field, fact.after)}</strong>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Touches({ touches, facts }: { touches: readonly Touch[]; facts: readonly FactChange[] }) {
  const t = useT('plan');
  return (
    <>
      <Facts facts={facts} />
      <table className={classes.table}>
        <thead>
          <tr>
            <th className={classes.pick} aria-hidden />
            <th>{t('head.touches')}</th>
            <th aria-hidden />
            <th>{t('head.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {touches.map((touch) => {
            const Glyph = touch.icon;
            const Mark = icons[touch.outcome];
            return (
              <tr key={touch.what}>
                <td className={classes.pick} style={{ color: touch.outcome === 'erased' ? 'var(--rd-bad)' : 'var(--rd-text2)' }}>
                  <span className={classes.touchIcon}>
                    <Glyph {...icon16} />
                  </span>
                </td>
                <td className={classes.plainName}>{touch.what}</td>
                <td>{touch.detail}</td>
                <td>
                  <span className={classes.outcome} data-tone={tones[touch.outcome]} data-tinted={touch.outcome !== 'kept' || undefined}>
                    <Mark {...icon14} />
                    {t(`outcome.${touch.outcome}`)}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
