import { locale } from '@/app/i18n';

/** An exact amount, as it crosses from the core: decimal text and a currency code. */
export interface Amount {
  amount: string;
  currency: string;
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options);
  let format = numberFormats.get(key);
  if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(locale(), options)));
  return format;
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let format = dateFormats.get(key);
  if (!format) dateFormats.set(key, (format = new Intl.DateTimeFormat(locale(), options)));
  return format;
}

const decimalText = /^-?\d+(\.\d+)?$/;

/**
 * An amount as people read it. The text goes to the formatter as text: `Intl` rounds decimal strings exactly,
 * so no float is ever made of it. What is not a decimal is shown as it came.
 */
export function formatMoney(value: Amount, options: { mixed?: boolean } = {}): string {
  const currency = /^[A-Z]{3}$/.test(value.currency) ? value.currency : undefined;
  if (!decimalText.test(value.amount)) return `${value.amount} ${value.currency}`.trim();
  const format = numbers(
    currency
      ? { style: 'currency', currency, currencyDisplay: options.mixed ? 'symbol' : 'narrowSymbol' }
      : { minimumFractionDigits: 2 },
  );
  const text = format.format(value.amount as Intl.StringNumericLiteral).replace('-', '−');
  return currency ? text : `${text} ${value.currency}`.trim();
}

export function formatCount(value: number): string {
  return numbers({}).format(value);
}

/** Decimal text that is no money, exact to eight digits after the point: a size, a rate. */
export function formatDecimal(text: string): string {
  if (!decimalText.test(text)) return text;
  return numbers({ maximumFractionDigits: 8 }).format(text as Intl.StringNumericLiteral).replace('-', '−');
}

/** A share as it comes from the core, in hundredths as text: `41.9` → `41.9%`. */
export function formatPercent(text: string): string {
  if (!decimalText.test(text)) return text;
  return `${numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(text as Intl.StringNumericLiteral).replace('-', '−')}%`;
}

const dateOnly = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A clock without a zone: somebody else's wall clock. */
const wallClock = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(:\d{2})?)$/;

/** A day without a clock, and a clock without a zone, keep their numbers in every time zone. */
export function parseInstant(text: string): { date: Date; dayOnly: boolean; ownClock: boolean } | null {
  const dayOnly = dateOnly.test(text);
  const wall = wallClock.exec(text);
  const date = new Date(dayOnly ? `${text}T00:00:00Z` : wall ? `${wall[1]}T${wall[2]}Z` : text);
  return Number.isNaN(date.getTime()) ? null : { date, dayOnly, ownClock: wall !== null };
}

function dated(text: string, options: Intl.DateTimeFormatOptions): string {
  const parsed = parseInstant(text);
  if (!parsed) return text;
  return dates(parsed.dayOnly || parsed.ownClock ? { ...options, timeZone: 'UTC' } : options).format(parsed.date);
}

/** `1 Dec`, with the year when it is not this one. */
export function formatDay(text: string, now: Date = new Date()): string {
  const parsed = parseInstant(text);
  if (!parsed) return text;
  const sameYear = parsed.date.getUTCFullYear() === now.getUTCFullYear();
  return dated(text, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** `1 Dec, 14:02`; another year's is the day. */
export function formatDayTime(text: string, now: Date = new Date()): string {
  const parsed = parseInstant(text);
  if (!parsed) return text;
  if (parsed.dayOnly || parsed.date.getUTCFullYear() !== now.getUTCFullYear()) return formatDay(text, now);
  return `${formatDay(text, now)}, ${formatTime(text)}`;
}

/** `1 Dec 2026`. */
export function formatFullDay(text: string): string {
  return dated(text, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `14:02`. */
export function formatTime(text: string): string {
  return dated(text, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** `14:02:11`. */
export function formatClock(text: string): string {
  return dated(text, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** `13:57:02.114`. */
export function formatMillis(text: string): string {
  return dated(text, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });
}

/** `20 Nov 2026, 14:01:29`; a day without a clock stays a day. */
export function formatExact(text: string): string {
  const parsed = parseInstant(text);
  if (!parsed) return text;
  if (parsed.dayOnly) return formatFullDay(text);
  return dated(text, {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  });
}

/** `Wed 18 Nov`, for the heads of a timeline; with the year when it is not this one. */
export function formatDayHead(text: string, now: Date = new Date()): string {
  const other = parseInstant(text)?.date.getUTCFullYear() !== now.getUTCFullYear();
  return dated(text, { weekday: 'short', day: 'numeric', month: 'short', ...(other ? { year: 'numeric' } : {}) }).replace(',', '');
}

export type AgeUnit = 'second' | 'minute' | 'hour' | 'day';

/** The largest unit that fits: 38 s, 12 min, 3 h, 28 d. */
export function ageOf(milliseconds: number): { unit: AgeUnit; n: number } {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return { unit: 'second', n: seconds };
  if (seconds < 3600) return { unit: 'minute', n: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'hour', n: Math.floor(seconds / 3600) };
  return { unit: 'day', n: Math.floor(seconds / 86_400) };
}
