import { type Icon, IconPlayerPlay, IconPlayerStop, IconPower, IconRefresh } from '@tabler/icons-react';

/** The power actions, in the order in which they are offered; `kind` is the core's name. */
export const powers = [
  { name: 'restart', kind: 'power.restart', icon: IconRefresh, effect: 'restart', keys: 'r' },
  { name: 'start', kind: 'power.start', icon: IconPlayerPlay, effect: 'keep', keys: 'u' },
  { name: 'shutdown', kind: 'power.shutdown', icon: IconPower, effect: 'restart', keys: 'd' },
  { name: 'stop', kind: 'power.stop', icon: IconPlayerStop, effect: 'restart', keys: undefined },
] as const satisfies readonly { name: string; kind: string; icon: Icon; effect: 'restart' | 'keep'; keys: string | undefined }[];
