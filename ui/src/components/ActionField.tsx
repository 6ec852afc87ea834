import { Autocomplete, Checkbox, MultiSelect, Select, Textarea } from '@mantine/core';
import { hasText, text, type TextKey, useT } from '@/app/i18n';
import { type FieldChoice, type FieldInfo, useCommand } from '@/ipc';
import { Field, FieldShell } from './Field';
import { formatExact, parseInstant } from './format';
import { instantOf, localOf } from './localTime';
import { wordOf } from './word';

/** Fields whose choices are asked of the core; the second set takes several. */
const chosen: ReadonlySet<string> = new Set(['image', 'tag', 'snapshot', 'private_network', 'password', 'product', 'region', 'ssh_keys', 'tags']);
const several: ReadonlySet<string> = new Set(['ssh_keys', 'tags']);
/** A count of what is left only helps when little is left. */
const NEARLY_FULL = 40;

export const fieldWord = (name: string): string => wordOf(`phrases:field.${name}`, name);

interface ActionFieldProps {
  field: FieldInfo;
  first: boolean;
  /** What the field's choices may depend on. */
  of: { instance_id: number | null; service_id: number | null };
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** One thing that a kind of action wants to know, as its field says. */
export function ActionField({ field, first, of, value, error, onChange }: ActionFieldProps) {
  const t = useT('plan');
  const label = fieldWord(field.name);
  const focus = first ? { 'data-autofocus': true } : {};
  const left = field.most ? field.most - [...value].length : NEARLY_FULL;
  const help = hasText(`plan:help.${field.name}`) ? text(`plan:help.${field.name}` as TextKey) : undefined;
  if (chosen.has(field.holds)) return <Chosen field={field} first={first} label={label} of={of} value={value} error={error} help={help} onChange={onChange} />;
  switch (field.holds) {
    case 'flag':
      return <Checkbox {...focus} label={label} description={help} checked={value === 'true'} onChange={(event) => onChange(event.currentTarget.checked ? 'true' : 'false')} />;
    case 'long_text':
      return (
        <FieldShell label={label} optional={!field.required} help={help} error={error}>
          <Textarea {...focus} aria-label={label} autosize minRows={3} maxRows={10} {...(field.most ? { maxLength: field.most } : {})} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
        </FieldShell>
      );
    case 'choice':
      return (
        <FieldShell label={label} optional={!field.required} help={help} error={error}>
          <Select {...dropdown} {...focus} aria-label={label} clearable={!field.required} value={value || null} onChange={(next) => onChange(next ?? '')} data={field.choices.map((word) => ({ value: word, label: wordOf(`plan:choice.${field.name}.${word}`, word) }))} />
        </FieldShell>
      );
    case 'server_name':
      return <Named field={field} first={first} label={label} of={of} value={value} error={error} help={help} onChange={onChange} />;
    case 'day':
    case 'moment':
      return <Field {...focus} label={label} optional={!field.required} error={error} type={field.holds === 'day' ? 'date' : 'datetime-local'} help={help} value={field.holds === 'day' ? value : localOf(value)} onChange={(event) => onChange(field.holds === 'day' ? event.currentTarget.value : instantOf(event.currentTarget.value))} />;
    default:
      return (
        <Field
          {...focus}
          label={label}
          optional={!field.required}
          error={error}
          inputMode={field.holds === 'number' ? 'numeric' : field.holds === 'amount' ? 'decimal' : 'text'}
          help={left < NEARLY_FULL ? t('form.left', { n: Math.max(0, left) }) : help}
          {...(field.most ? { maxLength: field.most } : {})}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

function asideOf(choice: FieldChoice): string {
  return choice.aside !== '' && parseInstant(choice.aside) && choice.aside.includes('T') ? formatExact(choice.aside) : choice.aside;
}

/** One or several of what the provider or the copy has. */
function Chosen({ field, first, label, of, value, error, help, onChange }: ActionFieldProps & { label: string; help: string | undefined }) {
  const t = useT('plan');
  const reading = useCommand('fieldChoices', { holds: field.holds, ...of }, { fresh: true });
  const wordFor = (choice: FieldChoice) => [choice.label || choice.value, asideOf(choice)].filter(Boolean).join(' · ');
  const found = reading.data ?? [];
  // An item that carries a group of its own would be taken for a group.
  const itemsOf = (choices: readonly FieldChoice[]) => choices.map((choice) => ({ value: choice.value, label: wordFor(choice) }));
  const groups = [...new Set(found.map((choice) => choice.group))];
  const data = groups.length > 1 ? groups.map((group) => ({ group: wordOf(`plan:group.${group}`, group), items: itemsOf(found.filter((choice) => choice.group === group)) })) : itemsOf(found);
  const nothing = reading.error ? t('form.unread') : reading.loading ? t('form.reading') : t('form.nothing');
  const shared = { 'aria-label': label, searchable: true, data, nothingFoundMessage: nothing, limit: 200, ...dropdown, ...(first ? { 'data-autofocus': true } : {}) };
  return (
    <FieldShell label={label} optional={!field.required} help={reading.error ? undefined : help} error={error ?? (reading.error ? t('form.unread') : undefined)}>
      {several.has(field.holds) ? (
        <MultiSelect {...shared} value={listOf(value)} onChange={(next) => onChange(next.length > 0 ? JSON.stringify(next.map(Number)) : '')} />
      ) : (
        <Select {...shared} clearable={!field.required} value={value || null} onChange={(next) => onChange(next ?? '')} />
      )}
    </FieldShell>
  );
}

/** A free text for which the core has proposals. */
function Named({ field, first, label, of, value, error, help, onChange }: ActionFieldProps & { label: string; help: string | undefined }) {
  const proposed = useCommand('fieldChoices', { holds: field.holds, ...of }, { fresh: true });
  return (
    <FieldShell label={label} optional={!field.required} help={help} error={error}>
      <Autocomplete
        {...(first ? { 'data-autofocus': true } : {})}
        {...dropdown}
        aria-label={label}
        spellCheck={false}
        {...(field.most ? { maxLength: field.most } : {})}
        data={[...new Set(proposed.data?.map((choice) => choice.value))]}
        value={value}
        onChange={onChange}
      />
    </FieldShell>
  );
}

/** Opens when asked, not by passing through; the list itself scrolls, so that the keyboard and screen readers have one thing. */
const dropdown = { openOnFocus: false, withScrollArea: false, comboboxProps: { withinPortal: true, zIndex: 400 }, styles: { options: { maxHeight: 280, overflowY: 'auto' } } } as const;

function listOf(json: string): string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}
