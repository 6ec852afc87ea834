import { createStore, useStore } from '@/store';

/** What a person prefers. Small, never secret, and readable before the core answers. */
export interface Prefs {
  theme: 'light' | 'dark' | 'system';
  density: 'dense' | 'comfortable';
  motion: 'system' | 'less';
  language: string;
  /** Closing the window only hides it. The shell reads this one and the next two under these names. */
  keepWorking: boolean;
  /** Failures and what needs a person are told by the operating system while nobody looks. */
  notify: boolean;
  /** Without names of servers and customers. */
  notifyHideNames: boolean;
  /** Per table: widths a person dragged and columns a person hid or showed. */
  tables: Record<string, TablePrefs>;
}

export interface TablePrefs {
  widths?: Record<string, number>;
  visible?: Record<string, boolean>;
}

/** Where preferences outlive the window. */
export interface PrefsBackend {
  load(): Promise<Record<string, string>>;
  save(name: string, value: string): Promise<void>;
}

const KEY = 'rackdesk.prefs';
const defaults: Prefs = { theme: 'system', density: 'dense', motion: 'system', language: 'en', keepWorking: false, notify: true, notifyHideNames: false, tables: {} };

function cached(): Prefs {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>) };
  } catch {
    return defaults;
  }
}

export const prefs = createStore<Prefs>(cached());
let backend: PrefsBackend | undefined;

function remember(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.get()));
  } catch {
    // A full or forbidden storage only costs the first frame of the next start.
  }
}

/** Takes over what the core kept, and from then on tells it every change. */
export async function attachPrefs(to: PrefsBackend): Promise<void> {
  const kept = await to.load();
  backend = to;
  const after: Record<string, unknown> = { ...prefs.get() };
  for (const name of Object.keys(defaults)) {
    const text = kept[name];
    if (text === undefined) continue;
    try {
      after[name] = JSON.parse(text);
    } catch {
      // An unreadable preference falls back to its default.
    }
  }
  prefs.set(after as unknown as Prefs);
  remember();
}

export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  prefs.set((before) => ({ ...before, [name]: value }));
  remember();
  backend?.save(name, JSON.stringify(value)).catch(() => undefined);
}

export function setTablePrefs(table: string, change: TablePrefs): void {
  const tables = prefs.get().tables;
  setPref('tables', { ...tables, [table]: { ...tables[table], ...change } });
}

export function usePref<K extends keyof Prefs>(name: K): Prefs[K] {
  return useStore(prefs, (all) => all[name]);
}
