import { hasText, i18next } from '@/app/i18n';
import type { Phrase } from '@/ipc';
import { formatClock, formatExact, formatMoney, parseInstant } from './format';
import { lookOf, type StateArea } from './states';

function moment(raw: string): string {
  const parsed = parseInstant(raw);
  if (!parsed) return raw;
  return parsed.date.toDateString() === new Date().toDateString() ? formatClock(raw) : formatExact(raw);
}

function stateWord(area: StateArea, raw: string): string {
  const look = lookOf(area, raw);
  return look.known ? (i18next.t(`states:${area}.${look.name}`) as string) : raw;
}

/** A phrase inside another one in the reader's language; what is none is somebody's own words, and quoted as such. */
function within(raw: string): string {
  if (raw === '') return raw;
  const inner = phraseIn(raw);
  return inner ? phraseText(inner) : (i18next.t('common:quoted', { text: raw }) as string);
}

function phraseIn(raw: string): Phrase | undefined {
  try {
    const found = JSON.parse(raw) as Partial<Phrase> | null;
    return typeof found?.code === 'string' && typeof found.params === 'object' ? (found as Phrase) : undefined;
  } catch {
    return undefined;
  }
}

/** A value as people read it; what is none of these is foreign text and stays as it is. */
function shown(name: string, raw: string): string | number {
  switch (name) {
    case 'count':
      return Number(raw);
    case 'at':
    case 'from':
    case 'until':
      return moment(raw);
    case 'kind':
      return hasText(`phrases:kind.${raw}`) ? (i18next.t(`phrases:kind.${raw}`) as string) : raw;
    case 'status':
    case 'wanted':
      return stateWord('server', raw);
    case 'lane':
    case 'provider':
      return hasText(`states:provider.${raw}`) ? (i18next.t(`states:provider.${raw}`) as string) : raw;
    case 'why':
    case 'off':
      return within(raw);
    case 'step':
      return hasText(`common:step.${raw}`) ? `“${i18next.t(`common:step.${raw}`) as string}”` : raw;
    default:
      return raw;
  }
}

/**
 * The sentence of a phrase from the core: a code and its values. A code without a text shows itself and its values,
 * so that nothing the core says is ever silent.
 */
export function phraseText(phrase: Phrase): string {
  const values = Object.fromEntries(Object.entries(phrase.params).map(([name, raw]) => [name, shown(name, raw)]));
  const { amount, currency } = phrase.params;
  // Money is one value here; the command line shows its two parts.
  if (amount !== undefined && currency !== undefined) Object.assign(values, { amount: formatMoney({ amount, currency }), currency: '' });
  const key = `phrases:${phrase.code}`;
  if (hasText(key) || ('count' in values && hasText(`${key}_other`))) return (i18next.t(key, values) as string).replace('  ', ' ').trim();
  return [phrase.code, ...Object.values(phrase.params)].join(' · ');
}
