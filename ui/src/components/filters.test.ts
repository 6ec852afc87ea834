import { expect, it } from 'vitest';
import { text } from '@/app/i18n';
import type { Filter } from '@/ipc';
import { filterFromText, filterToText, filterWords, matchesFilters, type FilterField } from './filters';
import { parseListSearch } from './useListState';

const region: FilterField = { field: 'region', label: 'Region', kind: 'choice', options: [{ value: 'EU', label: 'Europe' }] };

it('a filter survives the address, whatever its values hold', () => {
  const nasty: Filter = { field: 'tag', op: 'is', values: ['a~b', 'c.d', '100%', 'ü/&?,', ''] };
  expect(filterFromText(filterToText(nasty))).toEqual(nasty);
});

it('an address that cannot be understood is ignored, not shown as an error', () => {
  expect(filterFromText('region')).toBeNull();
  expect(filterFromText('region.drop.x')).toBeNull();
  expect(filterFromText('region.is.%E0%A4%A')).toBeNull();
  expect(parseListSearch({ f: ['region.is.EU', 7, 'junk'], s: 'name; drop table', q: 12, v: { a: 1 } })).toEqual({ f: ['region.is.EU'], q: '12' });
});

it('reads as words', () => {
  expect(filterWords(text, [region], { field: 'region', op: 'is', values: ['EU'] })).toBe('Region is Europe');
  expect(filterWords(text, [region], { field: 'region', op: 'is_not', values: ['EU', 'UK'] })).toBe('Region is none of Europe, UK');
  expect(filterWords(text, [region], { field: 'region', op: 'is', values: ['EU', 'UK', 'SIN', 'JPN', 'AUS'] })).toBe('Region is any of Europe, UK, SIN +2');
  expect(filterWords(text, [{ field: 'due', label: 'Due', kind: 'date' }], { field: 'due', op: 'under', values: ['2026-12-01'] })).toBe('Due before 2026-12-01');
});

it('filters rows that are whole in this window as the core would', () => {
  const row = { provider: 'contabo', operation: 'retrieveInstance' };
  expect(matchesFilters(row, [])).toBe(true);
  expect(matchesFilters(row, [{ field: 'provider', op: 'is', values: ['whmcs', 'contabo'] }])).toBe(true);
  expect(matchesFilters(row, [{ field: 'provider', op: 'is_not', values: ['contabo'] }])).toBe(false);
  expect(matchesFilters(row, [{ field: 'operation', op: 'contains', values: ['INSTANCE'] }])).toBe(true);
  // A chip that holds nothing hides nothing.
  expect(matchesFilters(row, [{ field: 'provider', op: 'is', values: [] }])).toBe(true);
});
