import { describe, expect, it } from 'vitest';
import { ageOf, formatDay, formatDayHead, formatDayTime, formatExact, formatMoney, formatPercent, parseInstant } from './format';

describe('money', () => {
  it('is formatted from its text, never from a float', () => {
    expect(formatMoney({ amount: '12.90', currency: 'EUR' })).toBe('€12.90');
    // 0.1 + 0.2 and 2^53 + 1 are where floats give themselves away.
    expect(formatMoney({ amount: '9007199254740993.01', currency: 'EUR' })).toBe('€9,007,199,254,740,993.01');
    expect(formatMoney({ amount: '1.005', currency: 'EUR' })).toBe('€1.01');
  });
  it('shows a loss with a true minus', () => expect(formatMoney({ amount: '-8.67', currency: 'EUR' })).toBe('−€8.67'));
  it('keeps the digits a currency uses', () => {
    expect(formatMoney({ amount: '1200', currency: 'JPY' })).toBe('¥1,200');
    expect(formatMoney({ amount: '1.5', currency: 'KWD' })).toContain('1.500');
  });
  it('tells dollars apart where a list mixes them', () => {
    expect(formatMoney({ amount: '5.00', currency: 'USD' })).toBe('$5.00');
    expect(formatMoney({ amount: '5.00', currency: 'USD' }, { mixed: true })).toBe('US$5.00');
    expect(formatMoney({ amount: '5.00', currency: 'CAD' }, { mixed: true })).toBe('CA$5.00');
  });
  it('shows what it cannot read as it came', () => {
    expect(formatMoney({ amount: 'twelve', currency: 'EUR' })).toBe('twelve EUR');
    expect(formatMoney({ amount: '3.00', currency: 'Credits' })).toBe('3.00 Credits');
  });
});

describe('days', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  it('name the year only when it is another one', () => {
    expect(formatDay('2026-12-01', now)).toBe('1 Dec');
    expect(formatDay('2027-01-03', now)).toBe('3 Jan 2027');
  });
  it('without a clock are the same day everywhere', () => expect(formatExact('2026-12-01')).toBe('1 Dec 2026'));
  it('that are none stay as they came', () => expect(formatDay('0000-00-00', now)).toBe('0000-00-00'));
});

it('an age is told in the largest unit that fits', () => {
  expect(ageOf(38_000)).toEqual({ unit: 'second', n: 38 });
  expect(ageOf(3 * 3600_000)).toEqual({ unit: 'hour', n: 3 });
  expect(ageOf(28 * 86_400_000)).toEqual({ unit: 'day', n: 28 });
  expect(ageOf(-5)).toEqual({ unit: 'second', n: 0 });
});

it('shares keep one digit', () => expect(formatPercent('-17.64')).toBe('−17.6%'));

describe('clocks that are not ours', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  it('keep their numbers in every zone: WHMCS tells none', () => {
    expect(parseInstant('2026-11-20 14:05:00')).toMatchObject({ ownClock: true, dayOnly: false });
    expect(parseInstant('2026-11-20T14:05:00Z')).toMatchObject({ ownClock: false });
    expect(formatDayTime('2026-11-20 14:05:00', now)).toBe('20 Nov, 14:05');
    expect(formatDayTime('2025-03-01 14:05:00', now)).toBe('1 Mar 2025');
  });
  it('days of another year carry it', () => {
    expect(formatDayHead('2026-11-18T10:00:00Z', now)).toBe('Wed 18 Nov');
    expect(formatDayHead('2025-09-28T10:00:00Z', now)).toBe('Sun 28 Sept 2025');
  });
});
