import { Button, Checkbox, Popover, Radio, TextInput, VisuallyHidden } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import type { Filter } from '@/ipc';
import { durations, type FilterField, opsFor, opWord, valueWords } from './filters';
import { formatCount } from './format';
import classes from './lists.module.css';

export interface FilterChipProps {
  field: FilterField;
  filter: Filter;
  onChange: (filter: Filter) => void;
  /** Without it the chip is always there. */
  onRemove?: () => void;
  startOpen?: boolean;
  onClosed?: () => void;
}

/** One filter: field, operator as a word, value. A click on the value edits it. */
export function FilterChip({ field, filter, onChange, onRemove, startOpen = false, onClosed }: FilterChipProps) {
  const t = useT('common');
  const [open, setOpen] = useState(startOpen);
  const close = () => {
    setOpen(false);
    onClosed?.();
  };
  return (
    <Popover opened={open} onChange={(next) => (next ? setOpen(true) : close())} position="bottom-start" trapFocus returnFocus>
      <span className={classes.chip} data-removable={onRemove ? true : undefined}>
        <Popover.Target>
          <button type="button" className={classes.chipBody} onClick={() => (open ? close() : setOpen(true))}>
            <VisuallyHidden>{t('filter.edit')}</VisuallyHidden>{' '}
            <span className={classes.field}>{field.label}</span> <span className={classes.op}>{opWord(t, field, filter)}</span>{' '}
            <span className={classes.value}>{valueWords(t, field, filter)}</span>
          </button>
        </Popover.Target>
        {onRemove && (
          <button type="button" className={classes.chipX} aria-label={t('filter.remove', { field: field.label })} onClick={onRemove}>
            <IconX size={12} stroke={2} aria-hidden />
          </button>
        )}
      </span>
      <Popover.Dropdown p={0}>
        <FilterEditor
          field={field}
          filter={filter}
          onChange={(next, done) => {
            onChange(next);
            if (done) close();
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

interface EditorProps {
  field: FilterField;
  filter: Filter;
  onChange: (filter: Filter, done: boolean) => void;
}

function FilterEditor({ field, filter, onChange }: EditorProps) {
  const t = useT('common');
  const [typed, setTyped] = useState(filter.values[0] ?? '');
  const ops = opsFor(field);
  const operators = ops.length > 1 && (
    <Radio.Group value={filter.op} onChange={(op) => onChange({ ...filter, op: op as Filter['op'] }, false)} aria-label={field.label}>
      <div style={{ display: 'flex', gap: 16 }}>
        {ops.map((op) => (
          <Radio key={op} value={op} label={opWord(t, field, { ...filter, op })} />
        ))}
      </div>
    </Radio.Group>
  );
  if (field.kind === 'duration') {
    return (
      <div className={classes.editor}>
        <Radio.Group value={filter.values[0] ?? ''} onChange={(value) => onChange({ ...filter, values: [value] }, true)} aria-label={field.label}>
          {durations.map((value) => (
            <Radio key={value} value={value} label={t(`filter.duration.${value}`)} py={4} />
          ))}
        </Radio.Group>
      </div>
    );
  }
  if (field.kind === 'choice') {
    const toggle = (value: string) => {
      const has = filter.values.includes(value);
      onChange({ ...filter, values: has ? filter.values.filter((v) => v !== value) : [...filter.values, value] }, false);
    };
    return (
      <div className={classes.editor}>
        {operators}
        <div className={classes.options} role="group" aria-label={field.label}>
          {(field.options ?? []).map((option) => (
            <label key={option.value} className={classes.option}>
              <Checkbox checked={filter.values.includes(option.value)} onChange={() => toggle(option.value)} />
              <span>{option.label}</span>
              <span>{option.count === undefined ? '' : formatCount(option.count)}</span>
            </label>
          ))}
        </div>
      </div>
    );
  }
  const apply = () => typed.trim() !== '' && onChange({ ...filter, values: [typed.trim()] }, true);
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {operators}
      <TextInput
        data-autofocus
        aria-label={t('filter.value')}
        type={field.kind === 'date' ? 'date' : 'text'}
        inputMode={field.kind === 'number' || field.kind === 'money' ? 'decimal' : 'text'}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        rightSection={field.unit ? <span className={classes.op}>{field.unit}</span> : undefined}
      />
      <Button type="submit" size="xs" style={{ alignSelf: 'flex-end' }}>
        {t('filter.apply')}
      </Button>
    </form>
  );
}
