import { Button, Checkbox, MultiSelect, Select, Textarea } from '@mantine/core';
import { createElement, useState } from 'react';
import { hasText, text, type TextKey, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useDraft } from '@/app/useDraft';
import { asCallError, type CallError, type FieldChoice, type FieldInfo, type KindInfo, useCommand } from '@/ipc';
import { ActionButton } from './ActionMenu';
import { Dialog } from './Dialog';
import { EffectTag } from './EffectTag';
import { Field, FieldShell } from './Field';
import { formatExact, parseInstant } from './format';
import { icon16 } from './icon';
import { kindEffect, kindIcon, kindWord } from './kinds';
import { Keys } from './Keys';
import { ErrorStrip } from './ListStates';
import { wordOf } from './word';
import classes from './ActionForm.module.css';

export interface ActionFormProps {
  kind: KindInfo;
  targets: readonly { id: number; name: string }[];
  /** Fields that are known already and not shown. */
  given: Readonly<Record<string, string>>;
  /** Asks for the plan; a thrown error is shown and nothing typed is lost. */
  onPlan: (input: Record<string, string>) => Promise<unknown>;
  onClose: () => void;
}

const chosen: ReadonlySet<string> = new Set(['image', 'tag', 'snapshot', 'private_network', 'password', 'ssh_keys']);

export const fieldWord = (name: string): string => wordOf(`phrases:field.${name}`, name);

/** Where what was typed is kept until the plan made of it is approved. */
export const formDraft = (kind: Pick<KindInfo, 'kind'>, targets: readonly { id: number }[]): string => `action.${kind.kind}.${targets.map((target) => target.id).join('-').slice(0, 60)}`;

/** What a kind of action wants to know, before its plan is made. Made from the kind's own fields. */
export function ActionForm({ kind, targets, given, onPlan, onClose }: ActionFormProps) {
  const t = useT('plan');
  const common = useT('common');
  const fields = kind.fields.filter((field) => !(field.name in given));
  const draft = useDraft<Record<string, string>>(formDraft(kind, targets), {});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const missing = fields.find((field) => field.required && (draft.value[field.name] ?? '').trim() === '');
  const wrong = error?.code === 'invalid_input' ? fields.find((field) => field.name === error.params['field']) : undefined;
  const only = targets.length === 1 ? targets[0] : undefined;
  const title = only ? t('form.one', { verb: kindWord(kind.kind), name: only.name }) : t('form.many', { verb: kindWord(kind.kind), count: targets.length });
  const why = missing ? t('form.missing', { field: fieldWord(missing.name) }) : undefined;
  const plan = async () => {
    if (why || busy) return;
    setBusy(true);
    setError(null);
    try {
      const input = Object.fromEntries(fields.flatMap((field) => (draft.value[field.name] ? [[field.name, draft.value[field.name] as string]] : [])));
      await onPlan({ ...given, ...input });
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: t('form.plan'), run: () => void plan(), inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false} closeOnClickOutside={false}>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void plan();
        }}
      >
        <div className={classes.head}>
          <h2>
            {createElement(kindIcon(kind.kind), icon16)}
            {title}
          </h2>
          <EffectTag effect={kindEffect(kind)} />
        </div>
        <div className={classes.fields}>
          {fields.map((field, at) => (
            <Input
              key={field.name}
              field={field}
              first={at === 0}
              instance={kind.target_kind === 'instance' ? only?.id : undefined}
              value={draft.value[field.name] ?? ''}
              error={wrong === field ? error?.params['problem'] : undefined}
              onChange={(value) => draft.set({ ...draft.value, [field.name]: value })}
            />
          ))}
        </div>
        {error && !wrong && <ErrorStrip error={error} />}
        <div className={classes.foot}>
          <span className={classes.note}>{t('form.next')}</span>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton submit look="primary" busy={busy} action={{ id: 'plan', label: t('form.plan'), keys: 'mod+Enter', disabled: why, run: () => void plan() }} />
        </div>
      </form>
    </Dialog>
  );
}

interface InputProps {
  field: FieldInfo;
  first: boolean;
  instance: number | undefined;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Input({ field, first, instance, value, error, onChange }: InputProps) {
  const t = useT('plan');
  const label = fieldWord(field.name);
  const shared = { label, optional: !field.required, error, ...(first ? { 'data-autofocus': true } : {}) };
  const help = hasText(`plan:help.${field.name}`) ? text(`plan:help.${field.name}` as TextKey) : undefined;
  if (chosen.has(field.holds)) return <Chosen field={field} label={label} instance={instance} value={value} error={error} help={help} onChange={onChange} />;
  switch (field.holds) {
    case 'flag':
      return <Checkbox label={label} checked={value === 'true'} onChange={(event) => onChange(event.currentTarget.checked ? 'true' : 'false')} />;
    case 'long_text':
      return (
        <FieldShell label={label} optional={!field.required} help={help} error={error}>
          <Textarea aria-label={label} autosize minRows={3} maxRows={10} {...(field.most ? { maxLength: field.most } : {})} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
        </FieldShell>
      );
    case 'choice':
      return (
        <FieldShell label={label} optional={!field.required} help={help} error={error}>
          <Select aria-label={label} clearable={!field.required} comboboxProps={{ withinPortal: true, zIndex: 400 }} value={value || null} onChange={(next) => onChange(next ?? '')} data={field.choices.map((word) => ({ value: word, label: wordOf(`phrases:choice.${word}`, word) }))} />
        </FieldShell>
      );
    case 'day':
    case 'moment':
      return <Field {...shared} type={field.holds === 'day' ? 'date' : 'datetime-local'} help={help} value={field.holds === 'day' ? value : localOf(value)} onChange={(event) => onChange(field.holds === 'day' ? event.currentTarget.value : instantOf(event.currentTarget.value))} />;
    default:
      return (
        <Field
          {...shared}
          inputMode={field.holds === 'number' ? 'numeric' : field.holds === 'amount' ? 'decimal' : 'text'}
          help={help ?? (field.most ? t('form.left', { n: Math.max(0, field.most - [...value].length) }) : undefined)}
          {...(field.most ? { maxLength: field.most } : {})}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** `2026-11-20T14:00` of this computer's zone as an instant; empty stays empty. */
function instantOf(local: string): string {
  const date = new Date(local);
  return local === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function localOf(instant: string): string {
  if (instant === '') return '';
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function asideOf(choice: FieldChoice): string {
  return choice.aside !== '' && parseInstant(choice.aside) && choice.aside.includes('T') ? formatExact(choice.aside) : choice.aside;
}

/** One or several of what the provider or the copy has. */
function Chosen({ field, label, instance, value, error, help, onChange }: Omit<InputProps, 'first'> & { label: string; help: string | undefined }) {
  const t = useT('plan');
  const reading = useCommand('fieldChoices', { holds: field.holds, instance_id: instance ?? null }, { fresh: true });
  const wordFor = (choice: FieldChoice) => [choice.label || choice.value, asideOf(choice)].filter(Boolean).join(' · ');
  const found = reading.data ?? [];
  // An item that carries a group of its own would be taken for a group.
  const itemsOf = (choices: readonly FieldChoice[]) => choices.map((choice) => ({ value: choice.value, label: wordFor(choice) }));
  const groups = [...new Set(found.map((choice) => choice.group))];
  const data = groups.length > 1 ? groups.map((group) => ({ group: wordOf(`plan:group.${group}`, group), items: itemsOf(found.filter((choice) => choice.group === group)) })) : itemsOf(found);
  const nothing = reading.error ? t('form.unread') : reading.loading ? t('form.reading') : t('form.nothing');
  const shared = { 'aria-label': label, searchable: true, data, nothingFoundMessage: nothing, limit: 200, comboboxProps: { withinPortal: true, zIndex: 400 }, maxDropdownHeight: 280 };
  return (
    <FieldShell label={label} optional={!field.required} help={reading.error ? undefined : help} error={error ?? (reading.error ? t('form.unread') : undefined)}>
      {field.holds === 'ssh_keys' ? (
        <MultiSelect {...shared} value={listOf(value)} onChange={(next) => onChange(next.length > 0 ? JSON.stringify(next.map(Number)) : '')} />
      ) : (
        <Select {...shared} clearable={!field.required} value={value || null} onChange={(next) => onChange(next ?? '')} />
      )}
    </FieldShell>
  );
}

function listOf(json: string): string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}
