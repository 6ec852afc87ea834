import { Button } from '@mantine/core';
import { IconFolderOpen, IconPlayerStop } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { toast } from '@/app/toasts/toasts';
import { useDraft } from '@/app/useDraft';
import { asCallError, type CallError, chooseFile, progress, type WrittenFile } from '@/ipc';
import { useStore } from '@/store';
import { ActionButton } from './ActionMenu';
import { Dialog } from './Dialog';
import { errorText } from './errorText';
import { Field } from './Field';
import { formatCount } from './format';
import { Keys } from './Keys';
import { ErrorStrip } from './ListStates';
import classes from './WriteFile.module.css';

export interface WriteFileProps {
  title: string;
  /** What goes into the file. */
  text: ReactNode;
  /** Name of the job whose progress is shown. */
  job: string;
  /** What the file is called when nobody says otherwise. */
  name: string;
  /** What is written, by its number: "3 calls". */
  things: (count: number, n: string) => string;
  write: (path: string) => Promise<WrittenFile>;
  stop: () => Promise<unknown>;
  onClose: () => void;
  /** What else has to be chosen. */
  children?: ReactNode;
}

function failed(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** Writes a file: where to, how far it is, and the way to stop it. It goes on when this is closed. */
export function WriteFile({ title, text, job, name, things, write, stop, onClose, children }: WriteFileProps) {
  const t = useT('common');
  const path = useDraft(`file.${job}`, '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  // Once this is closed only a toast can tell how it ended.
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => void (here.current = false);
  }, []);
  const why = path.value.trim() === '' ? t('write.missing') : undefined;
  const run = () => {
    if (why || busy) return;
    setBusy(true);
    setError(null);
    write(path.value.trim())
      .then((file) => {
        toast({ look: 'done', title: t('write.done', { things: things(file.entries, formatCount(file.entries)) }), detail: file.path });
        if (here.current) onClose();
      })
      .catch((thrown: unknown) => {
        const failure = asCallError(thrown);
        setBusy(false);
        if (failure.code === 'cancelled') toast({ look: 'info', title: t('write.stopped'), detail: t('write.stoppedDetail') });
        else if (here.current) setError(failure);
        else failed(failure);
      });
  };
  const choose = () => void chooseFile(name).then((file) => file && path.set(file));
  useKeys(title, [{ keys: 'Escape', label: t(busy ? 'close' : 'cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: t('write.write'), run, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false}>
      <div className={classes.file}>
        <h2>{title}</h2>
        <p>{text}</p>
        {error && <ErrorStrip error={error} />}
        {children}
        <div className={classes.path}>
          <Field data-autofocus mono label={t('write.path')} help={t('write.pathHelp')} disabled={busy} value={path.value} onChange={(event) => path.set(event.currentTarget.value)} />
          {chooseFile.possible() && <ActionButton action={{ id: 'choose', label: t('write.choose'), icon: IconFolderOpen, run: choose }} />}
        </div>
        {busy && <Far job={job} things={things} />}
        <div className={classes.buttons}>
          {busy && <ActionButton action={{ id: 'stop', label: t('write.stop'), icon: IconPlayerStop, run: () => void stop().catch(failed) }} />}
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {t(busy ? 'close' : 'cancel')}
          </Button>
          <ActionButton look="primary" busy={busy} action={{ id: 'write', label: t('write.write'), keys: 'mod+Enter', disabled: why, run }} />
        </div>
      </div>
    </Dialog>
  );
}

/** How far it is; of how much, where that is known. */
function Far({ job, things }: Pick<WriteFileProps, 'job' | 'things'>) {
  const t = useT('common');
  const now = useStore(progress).get(job);
  const done = now?.done ?? 0;
  const total = now?.total ?? null;
  const words = total === null ? t('write.busy', { things: things(done, formatCount(done)) }) : t('write.busyOf', { done: formatCount(done), things: things(total, formatCount(total)) });
  return (
    <div className={classes.busy}>
      {total !== null && total > 0 && (
        <span className={classes.bar} role="progressbar" aria-label={words} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round((done / total) * 100)} style={{ '--done': done / total } as React.CSSProperties} />
      )}
      <p role="status">{words}</p>
    </div>
  );
}
