import { Button } from '@mantine/core';
import { IconPlugX, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { openAction } from '@/app/plans';
import { toast } from '@/app/toasts/toasts';
import { ActionButton, Dialog, errorText, Keys, RelativeTime, Strip } from '@/components';
import { ask, asCallError, CallError, type FailedModuleRun, type ModuleQueue as Queue, useCommand } from '@/ipc';
import { kindWord } from './target';
import classes from './queue.module.css';

function failed(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** What WHMCS itself could not carry out and keeps: on the same board as ours. */
export function ModuleQueue() {
  const t = useT('queue');
  const queue = useCommand('moduleQueue').data;
  const [open, setOpen] = useState(false);
  if (!queue || queue.runs.length === 0) return null;
  return (
    <>
      <Strip
        icon={IconPlugX}
        title={t('modules.title', { count: queue.runs.length })}
        text={t('modules.text')}
        action={
          <Button size="xs" onClick={() => setOpen(true)}>
            {t('modules.show')}
          </Button>
        }
      />
      {open && <ModuleDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}

function ModuleDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const t = useT('queue');
  const common = useT('common');
  const [busy, setBusy] = useState(false);
  const title = t('modules.title', { count: queue.runs.length });
  const read = () => {
    setBusy(true);
    ask('moduleQueueRead', undefined).catch(failed).finally(() => setBusy(false));
  };
  useKeys(title, [{ keys: 'Escape', label: common('close'), run: onClose, inFields: true }, { keys: 'r', label: t('modules.read'), run: read, disabled: busy }], { modal: true });
  return (
    <Dialog onClose={onClose} width={860} label={title} closeOnEscape={false}>
      <div className={classes.modules}>
        <div className={classes.modulesHead}>
          <h2>{title}</h2>
          {queue.as_of && (
            <span className={classes.aside}>
              {t('modules.asOf')} <RelativeTime at={queue.as_of} />
            </span>
          )}
          <ActionButton busy={busy} size="xs" action={{ id: 'read', label: t('modules.read'), icon: IconRefresh, keys: 'r', run: read }} />
        </div>
        <ul>
          {queue.runs.map((run) => (
            <Run key={run.id} run={run} onClose={onClose} />
          ))}
        </ul>
        <div className={classes.stopButtons}>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Run({ run, onClose }: { run: FailedModuleRun; onClose: () => void }) {
  const t = useT('queue');
  const name = run.name ?? t('modules.subject', { subject: run.subject, id: run.subject_id });
  const again = () => {
    ask('actionKinds', { target_kind: 'service', target_id: run.subject_id })
      .then((kinds) => {
        const kind = kinds.find((k) => k.kind === run.again);
        // A kind that this version does not know is not left without a word.
        if (!kind) throw new CallError({ code: 'not_found', message: run.again ?? '', hint: null, retryable: false, requestId: null, params: {} });
        onClose();
        return openAction(kind, [{ id: run.subject_id, name }], 'queue');
      })
      .catch(failed);
  };
  return (
    <li>
      <div className={classes.run}>
        <strong>{name}</strong>
        <span>
          {run.module} · {run.action} · {t('modules.tried', { count: run.retries })} · <RelativeTime at={run.last_attempt} />
        </span>
        <span className="rd-select" data-foreign>
          {run.error}
        </span>
      </div>
      {run.again !== null && <ActionButton size="xs" action={{ id: 'again', label: t('modules.again', { kind: kindWord(run.again) }), run: again }} />}
    </li>
  );
}
