import { IconUserCheck, IconUsers } from '@tabler/icons-react';
import { useT } from '@/app/i18n';
import type { Plan, PlanYes } from '@/ipc';
import { Field } from '../Field';
import { icon16 } from '../icon';
import { RelativeTime } from '../RelativeTime';
import { wordOf } from '../word';
import { sameName } from './overrides';
import classes from './PlanDialog.module.css';

/** Who of those that said yes has this name. */
export const saidBy = (plan: Plan, name: string): PlanYes | undefined => plan.approvals?.find((yes) => sameName(yes.by, name));

interface YesesProps {
  plan: Plan;
  /** The name that goes with the next yes. */
  by: string;
  onBy: (name: string) => void;
}

/** Who said yes so far, and whose yes is given now. */
export function Yeses({ plan, by, onBy }: YesesProps) {
  const t = useT('plan');
  const yeses = plan.approvals ?? [];
  const again = saidBy(plan, by);
  return (
    <section className={classes.yeses}>
      <h3>
        <IconUsers {...icon16} />
        {t('second.title')}
      </h3>
      <ul>
        {yeses.map((yes) => (
          <li key={yes.by + yes.at}>
            <IconUserCheck {...icon16} />
            <span>
              <strong>{yes.by}</strong> · <RelativeTime at={yes.at} />
              {yes.account && yes.account !== yes.by && <> · {t('second.account', { account: yes.account })}</>}
              {yes.excluded.length > 0 && <> · {t('second.leftOut', { count: yes.excluded.length })}</>}
              {yes.reason && <> · {yes.reason}</>}
              {yes.overrides.map((one) => (
                <span key={one.guardrail} className={classes.over}>
                  {t('second.over', { guardrail: wordOf(`plan:guardrail.${one.guardrail}`, one.guardrail), reason: one.reason })}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <div className={classes.name}>
        <Field
          data-autofocus
          label={t('second.name')}
          help={t('second.help')}
          error={again ? t('second.same', { by: again.by }) : undefined}
          maxLength={80}
          value={by}
          onChange={(event) => onBy(event.currentTarget.value)}
        />
      </div>
    </section>
  );
}
