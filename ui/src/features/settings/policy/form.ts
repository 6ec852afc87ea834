import { instantOf, localOf } from '@/components';
import type { PolicyForm, SpendLimit } from '@/ipc';

/** A policy as a person types it: numbers as text, lists as lines, so that what makes no sense yet is kept too. */
export interface PolicyText {
  numbers: Record<NumberField, string>;
  flags: Record<FlagField, boolean>;
  lists: Record<ListField, string>;
  spend_day: SpendLimit;
  spend_month: SpendLimit;
  suspend: PolicyForm['suspend'];
  second_approver: PolicyForm['second_approver'];
  windows: { weekday: string; begins: string; minutes: string; zone: string }[];
  freezes: { name: string; from: string; until: string }[];
}

/** Fields by their path in the core's own form; the empty ones of the second set mean that there is no limit. */
export const numberFields = ['grace_seconds', 'grace_costly_seconds', 'power_per_hour', 'stale_seconds', 'cloud_init.most_bytes'] as const;
export const limitFields = ['create_per_hour', 'create_per_day'] as const;
export const flagFields = ['destructive', 'network_create', 'ssh_key_required', 'cloud_init.allowed', 'stale_blocks', 'tickets_block', 'whmcs_lock'] as const;
export const listFields = ['protected', 'protected_tags', 'cloud_init.required', 'cloud_init.forbidden'] as const;
type NumberField = (typeof numberFields)[number] | (typeof limitFields)[number];
type FlagField = (typeof flagFields)[number];
type ListField = (typeof listFields)[number];

const lines = (list: readonly string[]): string => list.join('\n');
const listOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);
const none: SpendLimit = { amount: '', currency: '' };

export function textOf(form: PolicyForm): PolicyText {
  const { allowed = true, most_bytes = 0, required = [], forbidden = [] } = form.cloud_init;
  const limit = (value: number | null) => (value === null ? '' : String(value));
  return {
    numbers: {
      grace_seconds: String(form.grace_seconds), grace_costly_seconds: String(form.grace_costly_seconds), power_per_hour: String(form.power_per_hour), stale_seconds: String(form.stale_seconds),
      'cloud_init.most_bytes': String(most_bytes), create_per_hour: limit(form.create_per_hour), create_per_day: limit(form.create_per_day),
    },
    flags: {
      destructive: form.destructive, network_create: form.network_create, ssh_key_required: form.ssh_key_required, 'cloud_init.allowed': allowed,
      stale_blocks: form.stale_blocks, tickets_block: form.tickets_block, whmcs_lock: form.whmcs_lock,
    },
    lists: { protected: lines(form.protected), protected_tags: lines(form.protected_tags), 'cloud_init.required': lines(required), 'cloud_init.forbidden': lines(forbidden) },
    spend_day: form.spend_day ?? none,
    spend_month: form.spend_month ?? none,
    suspend: form.suspend,
    second_approver: form.second_approver,
    windows: form.windows.map((window) => ({ weekday: String(window.weekday), begins: window.begins, minutes: String(window.minutes), zone: window.zone })),
    freezes: form.freezes.map((freeze) => ({ name: freeze.name, from: localOf(freeze.from), until: localOf(freeze.until) })),
  };
}

/** Problems by path, in the order of the form. */
export type Problems = Readonly<Record<string, 'number' | 'moment' | 'currency'>>;

const LARGEST = 4_294_967_295;
const whole = (text: string): number | null => {
  const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number <= LARGEST ? number : null;
};

/** What cannot even be sent. All else is judged by the core. */
export function problemsOf(text: PolicyText): Problems {
  const found: Record<string, Problems[string]> = {};
  for (const field of numberFields) if (whole(text.numbers[field]) === null) found[field] = 'number';
  for (const field of limitFields) if (text.numbers[field].trim() !== '' && whole(text.numbers[field]) === null) found[field] = 'number';
  for (const field of ['spend_day', 'spend_month'] as const) if (text[field].amount.trim() !== '' && text[field].currency.trim() === '') found[`${field}.currency`] = 'currency';
  text.windows.forEach((window, at) => {
    if (whole(window.minutes) === null) found[`windows.${at}.minutes`] = 'number';
  });
  text.freezes.forEach((freeze, at) => {
    for (const side of ['from', 'until'] as const) if (instantOf(freeze[side]) === '') found[`freezes.${at}.${side}`] = 'moment';
  });
  return found;
}

/** What is sent. Only for a text without problems. */
export function formOf(text: PolicyText): PolicyForm {
  const number = (field: NumberField): number => whole(text.numbers[field]) ?? 0;
  const limit = (field: (typeof limitFields)[number]) => (text.numbers[field].trim() === '' ? null : number(field));
  const spend = (of: SpendLimit): SpendLimit | null => (of.amount.trim() === '' ? null : { amount: of.amount.trim(), currency: of.currency.trim().toUpperCase() });
  return {
    grace_seconds: number('grace_seconds'),
    grace_costly_seconds: number('grace_costly_seconds'),
    power_per_hour: number('power_per_hour'),
    create_per_hour: limit('create_per_hour'),
    create_per_day: limit('create_per_day'),
    spend_day: spend(text.spend_day),
    spend_month: spend(text.spend_month),
    destructive: text.flags.destructive,
    network_create: text.flags.network_create,
    ssh_key_required: text.flags.ssh_key_required,
    cloud_init: { allowed: text.flags['cloud_init.allowed'], most_bytes: number('cloud_init.most_bytes'), required: listOf(text.lists['cloud_init.required']), forbidden: listOf(text.lists['cloud_init.forbidden']) },
    suspend: text.suspend,
    windows: text.windows.map((window) => ({ weekday: Number(window.weekday), begins: window.begins, minutes: whole(window.minutes) ?? 0, zone: window.zone.trim() })),
    freezes: text.freezes.map((freeze) => ({ name: freeze.name.trim(), from: instantOf(freeze.from), until: instantOf(freeze.until) })),
    protected: listOf(text.lists.protected),
    protected_tags: listOf(text.lists.protected_tags),
    second_approver: text.second_approver,
    stale_seconds: number('stale_seconds'),
    stale_blocks: text.flags.stale_blocks,
    tickets_block: text.flags.tickets_block,
    whmcs_lock: text.flags.whmcs_lock,
  };
}

/** How many fields say something else than before; a table counts as one. */
export function changesOf(text: PolicyText, before: PolicyText): number {
  const parts = (of: PolicyText): unknown[] => [...Object.values(of.numbers), ...Object.values(of.flags), ...Object.values(of.lists), of.spend_day, of.spend_month, of.suspend, of.second_approver, of.windows, of.freezes];
  const old = parts(before).map((part) => JSON.stringify(part));
  return parts(text).filter((part, at) => JSON.stringify(part) !== old[at]).length;
}
