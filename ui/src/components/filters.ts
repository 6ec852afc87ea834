import type { Filter, FilterOp } from '@/ipc';
import type { T } from '@/app/i18n';

/** What a list can be filtered by. */
export interface FilterField {
  field: string;
  label: string;
  kind: 'choice' | 'text' | 'number' | 'money' | 'date' | 'duration';
  /** Values to choose from; counts come from the list's facets. */
  options?: readonly { value: string; label: string; count?: number }[];
  /** Always there: a chip without an ×, saying "any" when it holds nothing. */
  pinned?: boolean;
  /** Written after the value: `%`, `EUR`. */
  unit?: string;
}

const opsOf: Record<FilterField['kind'], readonly FilterOp[]> = {
  choice: ['is', 'is_not'],
  text: ['contains'],
  number: ['over', 'under'],
  money: ['over', 'under'],
  date: ['over', 'under'],
  duration: ['within'],
};

export function opsFor(field: FilterField): readonly FilterOp[] {
  return opsOf[field.kind];
}

export const durations = ['1h', '6h', '24h', '7d', '30d', '90d'] as const;

/** Operators are words: "is any of", "under", "before". */
export function opWord(t: T<'common'>, field: FilterField | undefined, filter: Filter): string {
  const many = filter.values.length > 1;
  if (filter.op === 'is') return t(many ? 'filter.op.is_any' : 'filter.op.is');
  if (filter.op === 'is_not') return t(many ? 'filter.op.is_none' : 'filter.op.is_not');
  if (field?.kind === 'date' && filter.op === 'over') return t('filter.op.after');
  if (field?.kind === 'date' && filter.op === 'under') return t('filter.op.before');
  return t(`filter.op.${filter.op}`);
}

const SHOWN = 3;

export function valueWords(t: T<'common'>, field: FilterField | undefined, filter: Filter): string {
  if (filter.values.length === 0) return t('any');
  const words = filter.values.map((value) => {
    if (field?.kind === 'duration' && (durations as readonly string[]).includes(value)) return t(`filter.duration.${value as '6h'}`);
    const option = field?.options?.find((o) => o.value === value);
    const word = option?.label ?? value;
    return field?.unit ? `${word} ${field.unit}` : word;
  });
  if (words.length <= SHOWN) return words.join(', ');
  return t('filter.moreValues', { shown: words.slice(0, SHOWN).join(', '), more: words.length - SHOWN });
}

/** A filter as a sentence, for "None match" and for screen readers. */
export function filterWords(t: T<'common'>, fields: readonly FilterField[], filter: Filter): string {
  const field = fields.find((f) => f.field === filter.field);
  return `${field?.label ?? filter.field} ${opWord(t, field, filter)} ${valueWords(t, field, filter)}`;
}

/** Whether a row of texts passes the chips: for the short lists that are whole in this window. */
export function matchesFilters(row: Readonly<Record<string, unknown>>, filters: readonly Filter[]): boolean {
  return filters.every((filter) => {
    if (filter.values.length === 0) return true;
    const held = String(row[filter.field] ?? '');
    if (filter.op === 'contains') return filter.values.some((value) => held.toLowerCase().includes(value.toLowerCase()));
    return filter.values.includes(held) === (filter.op !== 'is_not');
  });
}

/** A filter as it stands in the address: `region.is.EU,UK`. */
export function filterToText(filter: Filter): string {
  return [filter.field, filter.op, filter.values.map(encodeURIComponent).join(',')].join('.');
}

const knownOps: readonly string[] = ['is', 'is_not', 'contains', 'over', 'under', 'within'] satisfies FilterOp[];

export function filterFromText(text: string): Filter | null {
  const match = /^([a-z_0-9]+)\.([a-z_]+)\.(.*)$/s.exec(text);
  if (!match) return null;
  const [, field, op, values] = match as unknown as [string, string, FilterOp, string];
  if (!knownOps.includes(op)) return null;
  try {
    return { field, op, values: values === '' ? [] : values.split(',').map(decodeURIComponent) };
  } catch {
    return null;
  }
}
