import { Button } from '@mantine/core';
import { IconHandStop, IconPlayerPause, IconPlayerPlay, IconUserOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import { toast } from '@/app/toasts/toasts';
import { ActionButton, Dialog, errorText, formatDayTime, icon16, Keys, Strip } from '@/components';
import { ask, asCallError, type QueueBoard, type QueueSwitch } from '@/ipc';
import classes from './queue.module.css';

function throwSwitch(to: QueueSwitch): void {
  ask('queueSwitch', { switch: to }).catch((thrown: unknown) => {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
  });
}

/** Pause, resume, and the red one, which first says what it does. */
export function Switches({ board }: { board: QueueBoard | undefined }) {
  const t = useT('queue');
  const [asking, setAsking] = useState(false);
  const held = board?.paused === true || board?.stopped === true;
  useCommands(
    board
      ? [
          { id: 'queue-pause', title: t(held ? 'switch.resume' : 'switch.pause'), aside: t('title'), icon: held ? IconPlayerPlay : IconPlayerPause, run: () => throwSwitch(held ? 'resume' : 'pause') },
          { id: 'queue-stop', title: t('switch.stop'), aside: t('title'), icon: IconHandStop, ...(board.stopped ? { disabled: t('switch.already') } : {}), run: () => setAsking(true) },
        ]
      : [],
  );
  if (!board) return null;
  return (
    <>
      {held ? (
        <ActionButton look="primary" action={{ id: 'resume', label: t('switch.resume'), icon: IconPlayerPlay, run: () => throwSwitch('resume') }} />
      ) : (
        <ActionButton action={{ id: 'pause', label: t('switch.pause'), icon: IconPlayerPause, run: () => throwSwitch('pause') }} />
      )}
      <ActionButton
        look="danger"
        action={{ id: 'stop', label: t('switch.stop'), icon: IconHandStop, disabled: board.stopped ? t('switch.already') : undefined, run: () => setAsking(true) }}
      />
      {asking && <StopDialog onClose={() => setAsking(false)} />}
    </>
  );
}

function StopDialog({ onClose }: { onClose: () => void }) {
  const t = useT('queue');
  const common = useT('common');
  const stop = () => {
    throwSwitch('stop_everything');
    onClose();
  };
  useKeys(t('stop.title'), [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: t('stop.confirm'), run: stop }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={t('stop.title')} closeOnEscape={false}>
      <div className={classes.stop}>
        <h2>{t('stop.title')}</h2>
        <p>{t('stop.text')}</p>
        <p>{t('stop.flight')}</p>
        <p>{t('stop.stays')} {t('stop.undo')}</p>
        <div className={classes.stopButtons}>
          <Button data-autofocus onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton look="erase" action={{ id: 'stop-now', label: t('stop.confirm'), icon: IconHandStop, keys: 'mod+Enter', run: stop }} />
        </div>
      </div>
    </Dialog>
  );
}

const open: ReadonlySet<string> = new Set(['held', 'ready', 'running', 'retryable', 'unknown']);

/** Nobody works the queue: said while something waits in it, with the way out. */
export function NobodyStrip({ board }: { board: QueueBoard | undefined }) {
  const t = useT('queue');
  if (!board || board.worker !== 'nobody' || board.stopped || !board.counts.some((of) => open.has(of.state) && of.count > 0)) return null;
  return <Strip icon={IconUserOff} title={t('nobody.title')} text={t('nobody.text')} />;
}

/** What the switch means for everything below. */
export function SwitchStrip({ board }: { board: QueueBoard | undefined }) {
  const t = useT('queue');
  if (!board || (!board.paused && !board.stopped)) return null;
  return (
    <Strip
      tone={board.stopped ? 'bad' : 'warn'}
      icon={board.stopped ? IconHandStop : IconPlayerPause}
      title={t(board.stopped ? 'switch.stopped' : 'switch.paused')}
      text={
        <>
          {board.by && board.since && `${t('switch.by', { by: board.by, at: formatDayTime(board.since) })} `}
          {t(board.stopped ? 'switch.stoppedText' : 'switch.pausedText')}
        </>
      }
      action={
        <Button size="xs" leftSection={<IconPlayerPlay {...icon16} />} onClick={() => throwSwitch('resume')}>
          {t('switch.resume')}
        </Button>
      }
    />
  );
}
