import { type AppState, type CallError, type Status, useCommand } from '@/ipc';

/** What the frame of the window shows: who is at work, on which profile, and how fresh everything is. */
export interface Session {
  app: AppState | undefined;
  status: Status | undefined;
  loading: boolean;
  /** The core did not say who it is: nothing can be shown. */
  error: CallError | null;
  again: () => void;
}

/** The age of a figure moves by itself; counts are asked again when the core says that they changed. */
const STATUS_MS = 15_000;

export function useSession(): Session {
  const app = useCommand('appState');
  const open = Boolean(app.data?.current);
  const status = useCommand('status', undefined, { enabled: open, everyMs: STATUS_MS });
  return { app: app.data, status: open ? status.data : undefined, loading: app.loading, error: app.data ? null : app.error, again: app.again };
}
