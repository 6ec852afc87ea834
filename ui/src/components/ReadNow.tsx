import { type Icon, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import { type ToastInput, toast } from '@/app/toasts/toasts';
import { asCallError } from '@/ipc';
import { ActionButton } from './ActionMenu';
import { errorText } from './errorText';

interface Wish {
  /** The page it is for; names its entry in the palette. */
  id: string;
  /** Under which heading its key is listed. */
  keys: string;
  label: string;
  icon: Icon;
  /** Reads, and says what came of it. */
  ask: () => Promise<ToastInput>;
}

/** Reads a page's matter anew when a person wants it: a button, `R`, and an entry in the palette; once at a time. */
export function ReadNow({ id, keys, label, icon, ask }: Wish) {
  const [busy, setBusy] = useState(false);
  const run = () => {
    if (busy) return;
    setBusy(true);
    ask()
      .catch((thrown: unknown): ToastInput => {
        const words = errorText(asCallError(thrown));
        return { look: 'failed', title: words.title, detail: words.hint };
      })
      .then(toast)
      .finally(() => setBusy(false));
  };
  useKeys(keys, [{ keys: 'r', label, run, disabled: busy }]);
  useCommands([{ id: `${id}-read`, title: label, icon, effect: 'read', keys: 'r', run }]);
  return <ActionButton busy={busy} action={{ id: 'read', label, icon: IconRefresh, keys: 'r', run }} />;
}
