import { Checkbox, Select, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { Block, Field, FieldPair, FieldShell, wordOf } from '@/components';
import { Freezes, Windows } from './Calendar';
import type { PolicyText } from './form';
import classes from './policy.module.css';

export interface PartProps {
  text: PolicyText;
  defaults: PolicyText;
  onChange: (next: PolicyText) => void;
  /** What is wrong with a field, by its path. */
  problemOf: (path: string) => string | undefined;
}

type NumberName = keyof PolicyText['numbers'];
type FlagName = keyof PolicyText['flags'];
type ListName = keyof PolicyText['lists'];

function Numeric({ name, unit, text, defaults, onChange, problemOf }: PartProps & { name: NumberName; unit: 'seconds' | 'perHour' | 'perDay' | 'bytes' }) {
  const t = useT('policy');
  const shipped = defaults.numbers[name];
  const open = name === 'create_per_hour' || name === 'create_per_day';
  return (
    <Field
      data-field={name}
      label={t(`${name}.label`)}
      help={[t(`${name}.help`), open ? `${t('optional')}.` : text.numbers[name] === shipped ? '' : `${t('default', { value: shipped })}.`].filter(Boolean).join(' ')}
      error={problemOf(name)}
      inputMode="numeric"
      unit={t(`unit.${unit}`)}
      value={text.numbers[name]}
      onChange={(event) => onChange({ ...text, numbers: { ...text.numbers, [name]: event.currentTarget.value } })}
    />
  );
}

function Flag({ name, text, onChange, problemOf }: PartProps & { name: FlagName }) {
  const t = useT('policy');
  return (
    <Checkbox
      data-field={name}
      label={t(`${name}.label`)}
      description={t(`${name}.help`)}
      error={problemOf(name)}
      checked={text.flags[name]}
      onChange={(event) => onChange({ ...text, flags: { ...text.flags, [name]: event.currentTarget.checked } })}
    />
  );
}

function Lines({ name, text, onChange, problemOf }: PartProps & { name: ListName }) {
  const t = useT('policy');
  const label = t(`${name}.label`);
  return (
    <FieldShell label={label} help={t(`${name}.help`)} error={problemOf(name)}>
      <Textarea
        data-field={name}
        aria-label={label}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--rd-mono)', fontSize: 12 } }}
        value={text.lists[name]}
        onChange={(event) => onChange({ ...text, lists: { ...text.lists, [name]: event.currentTarget.value } })}
      />
    </FieldShell>
  );
}

function Spend({ name, text, onChange, problemOf }: PartProps & { name: 'spend_day' | 'spend_month' }) {
  const t = useT('policy');
  const set = (change: Partial<PolicyText['spend_day']>) => onChange({ ...text, [name]: { ...text[name], ...change } });
  return (
    <div className={classes.money}>
      <Field
        data-field={`${name}.amount`} label={t(`${name}.label`)} help={`${t(`${name}.help`)} ${t('optional')}.`} error={problemOf(`${name}.amount`) ?? problemOf(name)} inputMode="decimal"
        value={text[name].amount} onChange={(event) => set({ amount: event.currentTarget.value })}
      />
      <Field data-field={`${name}.currency`} label={t('currency')} error={problemOf(`${name}.currency`)} maxLength={3} value={text[name].currency} onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })} />
    </div>
  );
}

const choices = { suspend: ['stop', 'leave'], second_approver: ['nothing', 'destructive', 'billable', 'all'] } as const;
const wordsOf = { suspend: 'suspendIs', second_approver: 'secondIs' } as const;

function Choice({ name, text, onChange, problemOf }: PartProps & { name: keyof typeof choices }) {
  const t = useT('policy');
  const label = t(`${name}.label`);
  return (
    <FieldShell label={label} help={t(`${name}.help`)} error={problemOf(name)}>
      <Select
        data-field={name}
        aria-label={label}
        allowDeselect={false}
        value={text[name]}
        onChange={(next) => next && onChange({ ...text, [name]: next })}
        data={choices[name].map((value) => ({ value, label: wordOf(`policy:${wordsOf[name]}.${value}`, value) }))}
      />
    </FieldShell>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Block title={title}>
      <div className={classes.fields}>{children}</div>
    </Block>
  );
}

/** Every field of the policy, by what it is for. */
export function Parts(props: PartProps) {
  const t = useT('policy');
  return (
    <>
      <Part title={t('part.may')}>
        <Flag {...props} name="destructive" />
        <Flag {...props} name="network_create" />
        <Flag {...props} name="ssh_key_required" />
        <Flag {...props} name="whmcs_lock" />
        <Choice {...props} name="suspend" />
      </Part>
      <Part title={t('part.who')}>
        <Choice {...props} name="second_approver" />
      </Part>
      <Part title={t('part.much')}>
        <Numeric {...props} name="power_per_hour" unit="perHour" />
        <FieldPair>
          <Numeric {...props} name="create_per_hour" unit="perHour" />
          <Numeric {...props} name="create_per_day" unit="perDay" />
        </FieldPair>
        <Spend {...props} name="spend_day" />
        <Spend {...props} name="spend_month" />
      </Part>
      <Block title={t('part.when')}>
        <Windows {...props} />
        <Freezes {...props} />
      </Block>
      <Part title={t('part.apart')}>
        <Lines {...props} name="protected" />
        <Lines {...props} name="protected_tags" />
      </Part>
      <Part title={t('part.boot')}>
        <Flag {...props} name="cloud_init.allowed" />
        <Numeric {...props} name="cloud_init.most_bytes" unit="bytes" />
        <Lines {...props} name="cloud_init.required" />
        <Lines {...props} name="cloud_init.forbidden" />
      </Part>
      <Part title={t('part.sure')}>
        <FieldPair>
          <Numeric {...props} name="grace_seconds" unit="seconds" />
          <Numeric {...props} name="grace_costly_seconds" unit="seconds" />
        </FieldPair>
        <Numeric {...props} name="stale_seconds" unit="seconds" />
        <Flag {...props} name="stale_blocks" />
        <Flag {...props} name="tickets_block" />
      </Part>
    </>
  );
}
