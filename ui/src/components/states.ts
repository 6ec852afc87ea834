import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCalendarX,
  IconCheck,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockExclamation,
  IconClockSearch,
  IconCoins,
  IconDatabase,
  IconEraser,
  IconEye,
  IconHelpHexagon,
  IconLifebuoy,
  IconLock,
  IconMail,
  IconMessageCircle,
  IconPencil,
  IconPlayerPause,
  IconPlayerStop,
  IconProgress,
  IconRefresh,
  IconRotateClockwise,
  IconShieldLock,
  IconTag,
} from '@tabler/icons-react';
import type { Tone } from '@/app/theme/tokens';

/**
 * Every state and effect the program knows: its tone, icon and whether it waits for a person. Names are those the
 * core exports; the words are in the `states` texts under the same names.
 */
export interface StateLook {
  tone: Tone;
  icon: Icon;
  /** Waits for a person: drawn on a tint. */
  waits?: boolean;
}

const server = {
  running: { tone: 'ok', icon: IconCircleCheck },
  stopped: { tone: 'idle', icon: IconPlayerStop },
  provisioning: { tone: 'busy', icon: IconProgress },
  installing: { tone: 'busy', icon: IconProgress },
  restarting: { tone: 'busy', icon: IconRefresh },
  starting: { tone: 'busy', icon: IconProgress },
  stopping: { tone: 'busy', icon: IconProgress },
  shutting_down: { tone: 'busy', icon: IconProgress },
  resetting_password: { tone: 'busy', icon: IconProgress },
  rescue: { tone: 'warn', icon: IconLifebuoy },
  suspended: { tone: 'warn', icon: IconPlayerPause },
  ending: { tone: 'warn', icon: IconCalendarX },
  uninstalled: { tone: 'idle', icon: IconBan },
  manual_provisioning: { tone: 'busy', icon: IconProgress },
  product_not_available: { tone: 'bad', icon: IconAlertTriangle, waits: true },
  verification_required: { tone: 'warn', icon: IconHelpHexagon, waits: true },
  pending_payment: { tone: 'warn', icon: IconClockExclamation, waits: true },
  disk_resize: { tone: 'busy', icon: IconProgress },
  backup: { tone: 'busy', icon: IconProgress },
  migrating: { tone: 'busy', icon: IconProgress },
  error: { tone: 'bad', icon: IconAlertTriangle, waits: true },
  unknown: { tone: 'warn', icon: IconHelpHexagon, waits: true },
} as const satisfies Record<string, StateLook>;

const action = {
  held: { tone: 'idle', icon: IconPlayerPause },
  ready: { tone: 'idle', icon: IconCircleDashed },
  running: { tone: 'busy', icon: IconProgress },
  retryable: { tone: 'warn', icon: IconRotateClockwise },
  unknown: { tone: 'warn', icon: IconHelpHexagon, waits: true },
  succeeded: { tone: 'ok', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconCircleX, waits: true },
  cancelled: { tone: 'idle', icon: IconBan },
  pending_proof: { tone: 'busy', icon: IconClockSearch },
} as const satisfies Record<string, StateLook>;

const invoice = {
  draft: { tone: 'idle', icon: IconPencil },
  unpaid: { tone: 'idle', icon: IconCircleDashed },
  paid: { tone: 'ok', icon: IconCircleCheck },
  overdue: { tone: 'bad', icon: IconClockExclamation, waits: true },
  cancelled: { tone: 'idle', icon: IconBan },
  refunded: { tone: 'idle', icon: IconArrowBackUp },
  collections: { tone: 'bad', icon: IconAlertTriangle, waits: true },
  payment_pending: { tone: 'busy', icon: IconClockSearch },
} as const satisfies Record<string, StateLook>;

const ticket = {
  open: { tone: 'idle', icon: IconCircleDashed },
  answered: { tone: 'ok', icon: IconCircleCheck },
  customer_reply: { tone: 'busy', icon: IconMessageCircle },
  in_progress: { tone: 'idle', icon: IconProgress },
  on_hold: { tone: 'idle', icon: IconPlayerPause },
  closed: { tone: 'idle', icon: IconCheck },
} as const satisfies Record<string, StateLook>;

const client = {
  active: { tone: 'ok', icon: IconCircleCheck },
  inactive: { tone: 'idle', icon: IconCircleDashed },
  closed: { tone: 'idle', icon: IconBan },
} as const satisfies Record<string, StateLook>;

const service = {
  pending: { tone: 'busy', icon: IconClockSearch },
  active: { tone: 'ok', icon: IconCircleCheck },
  suspended: { tone: 'warn', icon: IconPlayerPause },
  terminated: { tone: 'idle', icon: IconBan },
  cancelled: { tone: 'idle', icon: IconBan },
  fraud: { tone: 'bad', icon: IconAlertTriangle, waits: true },
  completed: { tone: 'idle', icon: IconCheck },
} as const satisfies Record<string, StateLook>;

const right = {
  allowed: { tone: 'ok', icon: IconCircleCheck },
  on_tagged: { tone: 'warn', icon: IconTag },
  denied: { tone: 'bad', icon: IconLock },
  unknown: { tone: 'idle', icon: IconCircleDashed },
} as const satisfies Record<string, StateLook>;

export const states = { action, client, invoice, right, server, service, ticket } as const;
export type StateArea = keyof typeof states;

/** A provider's word as a state name: `Customer-Reply` → `customer_reply`. */
export function stateName(word: string): string {
  return word.trim().toLowerCase().replace(/[\s-]+/g, '_');
}

/** The look of a state; a word nobody has told us about is shown as it came, in the idle tone. */
export function lookOf(area: StateArea, word: string): StateLook & { known: boolean; name: string } {
  const name = stateName(word);
  const look = (states[area] as Record<string, StateLook>)[name];
  return look ? { ...look, known: true, name } : { tone: 'idle', icon: IconCircleDashed, known: false, name };
}

export const effects = {
  keep: IconDatabase,
  restart: IconRefresh,
  wipe: IconEraser,
  blocked: IconShieldLock,
  money: IconCoins,
  mail: IconMail,
  read: IconEye,
} as const satisfies Record<string, Icon>;

/** What a change does to the thing it touches. */
export type Effect = keyof typeof effects;

/** Icons turn only while something moves. */
export const turning: ReadonlySet<Icon> = new Set<Icon>([IconProgress, IconRefresh]);
