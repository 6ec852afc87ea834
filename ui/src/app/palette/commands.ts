import type { Icon } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { Effect, StateArea } from '@/components/states';
import { createStore } from '@/store';
import { useLatest } from '@/useLatest';

/** A thing that can be done from the palette. Pages add theirs while they are mounted. */
export interface PaletteCommand {
  id: string;
  title: string;
  /** A short aside after the title: "down about 40 s". */
  aside?: string;
  icon: Icon;
  effect?: Effect;
  /** Shortcut, as in `useKeys`. */
  keys?: string;
  /** What `↵` will do, for the footer: "Opens a plan first." and its details. */
  consequence?: { lead: string; rest?: string };
  /** Why it cannot be done now. The row stays. */
  disabled?: string;
  group?: 'commands' | 'pages';
  run: () => void;
}

interface Source {
  id: number;
  commands: () => readonly PaletteCommand[];
}

const sources = createStore<readonly Source[]>([]);
let nextId = 1;

export function useCommands(commands: readonly PaletteCommand[]): void {
  const latest = useLatest(commands);
  useEffect(() => {
    const id = nextId++;
    sources.set((before) => [...before, { id, commands: () => latest.current }]);
    return () => sources.set((before) => before.filter((source) => source.id !== id));
  }, [latest]);
}

/** The newest page's commands first. */
export function allCommands(): PaletteCommand[] {
  const seen = new Set<string>();
  return sources
    .get()
    .toReversed()
    .flatMap((source) => source.commands())
    .filter((command) => !seen.has(command.id) && seen.add(command.id));
}

/** A hit in the store. */
export interface PaletteRecord {
  id: string;
  icon: Icon;
  title: string;
  aside?: string;
  /** Positions of the characters that matched. */
  hits: readonly number[];
  state?: { area: StateArea; word: string } | undefined;
  open: () => void;
}

export const paletteOpen = createStore(false);
