import { type Icon, IconPlayerPlay, IconPlayerStop, IconPower, IconRefresh } from '@tabler/icons-react';
import type { Effect } from './states';

export interface PowerAction {
  name: 'restart' | 'start' | 'shutdown' | 'stop';
  /** The core's name of it. */
  kind: `power.${PowerAction['name']}`;
  icon: Icon;
  effect: Effect;
  keys?: string;
}

/** The power actions, in the order in which they are offered. */
export const powers: readonly PowerAction[] = [
  { name: 'restart', kind: 'power.restart', icon: IconRefresh, effect: 'restart', keys: 'r' },
  { name: 'start', kind: 'power.start', icon: IconPlayerPlay, effect: 'keep', keys: 'u' },
  { name: 'shutdown', kind: 'power.shutdown', icon: IconPower, effect: 'restart', keys: 'd' },
  { name: 'stop', kind: 'power.stop', icon: IconPlayerStop, effect: 'restart' },
];
