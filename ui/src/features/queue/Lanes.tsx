import { Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { type T, useT } from '@/app/i18n';
import { useCommands } from '@/app/palette/commands';
import { toast } from '@/app/toasts/toasts';
import { ActionButton, errorText, formatCount, icon14, icon16, RelativeTime, Strip, wordOf } from '@/components';
import { ask, asCallError, type PausedLane, type QueueBoard } from '@/ipc';
import classes from './queue.module.css';

const nameOf = (lane: string): string => wordOf(`states:provider.${lane}`, lane);

function throwLane(t: T<'queue'>, lane: string, pause: boolean): void {
  ask('queueSwitch', { switch: pause ? 'pause_lane' : 'resume_lane', lane })
    .then(() => toast({ look: 'done', title: t(pause ? 'lane.done_pause' : 'lane.done_resume', { provider: nameOf(lane) }) }))
    .catch((thrown: unknown) => {
      const words = errorText(asCallError(thrown));
      toast({ look: 'failed', title: words.title, detail: words.hint });
    });
}

/** One lane a provider: how fast it is called, whether it works, and the switch for it. */
export function Lanes({ board }: { board: QueueBoard }) {
  const t = useT('queue');
  const paused = (lane: string) => board.lanes.find((one) => one.lane === lane);
  useCommands(
    board.rates.map(({ provider }) => {
      const held = paused(provider) !== undefined;
      return { id: `lane-${provider}`, title: t(held ? 'lane.resume' : 'lane.pause', { provider: nameOf(provider) }), icon: held ? IconPlayerPlay : IconPlayerPause, run: () => throwLane(t, provider, !held) };
    }),
  );
  return board.rates.map(({ provider, calls }) => (
    <Lane key={provider} lane={provider} calls={calls} held={paused(provider)} />
  ));
}

function Lane({ lane, calls, held }: { lane: string; calls: number; held: PausedLane | undefined }) {
  const t = useT('queue');
  const provider = nameOf(lane);
  const state = held ? t('lane.pausedBy', { provider, by: held.by }) : t('lane.running', { provider });
  const rate = t('rate', { provider, calls: formatCount(calls) });
  const verb = t(held ? 'lane.resume' : 'lane.pause', { provider });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className={classes.lane} data-held={held ? true : undefined} aria-label={`${state}. ${rate}`} title={held ? undefined : t('rateHint')}>
          {held && <IconPlayerPause {...icon14} />}
          <span className="rd-num">{held ? state : rate}</span>
          <IconChevronDown {...icon14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {state}
          {held && (
            <>
              {' · '}
              <RelativeTime at={held.since} />
            </>
          )}
        </Menu.Label>
        <Menu.Item leftSection={held ? <IconPlayerPlay {...icon16} /> : <IconPlayerPause {...icon16} />} onClick={() => throwLane(t, lane, held === undefined)}>
          {verb}
          <span className={classes.laneText}>{held ? t('lane.resumeText') : t('lane.pausedText')}</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A paused lane is said above the board, with who paused it and the way out. */
export function LaneStrips({ board }: { board: QueueBoard | undefined }) {
  const t = useT('queue');
  if (!board || board.stopped) return null;
  return board.lanes.map(({ lane, by, since }) => (
    <Strip
      key={lane}
      icon={IconPlayerPause}
      title={t('lane.pausedTitle', { provider: nameOf(lane), by })}
      text={
        <>
          <RelativeTime at={since} /> · {t('lane.pausedText')}
        </>
      }
      action={<ActionButton size="xs" action={{ id: `resume-${lane}`, label: t('lane.resume', { provider: nameOf(lane) }), icon: IconPlayerPlay, run: () => throwLane(t, lane, false) }} />}
    />
  ));
}
