import { Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import { openPlan } from '@/app/plans';
import { Dialog, EffectTag, Keys, phraseText, RelativeTime, Strip } from '@/components';
import { type Plan, useCommand } from '@/ipc';
import classes from './queue.module.css';

/** Plans that one person said yes to: nothing of them is in the queue before a second one does. */
export function Waiting() {
  const t = useT('queue');
  const plans = useCommand('plansWaiting').data;
  const [open, setOpen] = useState(false);
  const show = () => (plans?.length === 1 && plans[0] ? void openPlan(plans[0].id) : setOpen(true));
  const some = plans !== undefined && plans.length > 0;
  useCommands(some ? [{ id: 'plans-waiting', title: t('second.command'), icon: IconUsers, run: show }] : []);
  if (!some) return null;
  const [first] = plans;
  return (
    <>
      <Strip
        icon={IconUsers}
        title={t('second.title', { count: plans.length })}
        text={plans.length === 1 && first ? `${phraseText(first.title)} · ${saidBy(first)}` : t('second.text')}
        action={
          <Button size="xs" onClick={show}>
            {t('second.show', { count: plans.length })}
          </Button>
        }
      />
      {open && <List plans={plans} onClose={() => setOpen(false)} />}
    </>
  );
}

const saidBy = (plan: Plan): string => (plan.approvals ?? []).map((yes) => yes.by).join(', ');

function List({ plans, onClose }: { plans: readonly Plan[]; onClose: () => void }) {
  const t = useT('queue');
  const common = useT('common');
  const title = t('second.title', { count: plans.length });
  useKeys(title, [{ keys: 'Escape', label: common('close'), run: onClose, inFields: true }], { modal: true });
  const look = (plan: Plan) => {
    onClose();
    void openPlan(plan.id);
  };
  return (
    <Dialog onClose={onClose} width={760} label={title} closeOnEscape={false}>
      <div className={classes.modules}>
        <div className={classes.modulesHead}>
          <h2>{title}</h2>
        </div>
        <ul>
          {plans.map((plan) => (
            <li key={plan.id}>
              <div className={classes.run}>
                <strong>{phraseText(plan.title)}</strong>
                <span>
                  {t('planNumber', { id: plan.id })} · {t('second.saidBy', { by: saidBy(plan) })} · <RelativeTime at={plan.approvals?.at(-1)?.at ?? plan.created_at} />
                </span>
              </div>
              <EffectTag effect={plan.impact} />
              <Button size="xs" onClick={() => look(plan)}>
                {t('second.show', { count: 1 })}
              </Button>
            </li>
          ))}
        </ul>
        <div className={classes.stopButtons}>
          <Button data-autofocus onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
