import { useT } from '@/app/i18n';
import { formatCount, icon14, lookOf, phraseText } from '@/components';
import type { ActionState, StateCount } from '@/ipc';
import classes from './queue.module.css';

/** How many in each state; a click shows only those. */
export function Tiles({ counts, chosen, onChoose }: { counts: readonly StateCount[]; chosen: readonly string[]; onChoose: (state: ActionState) => void }) {
  const t = useT('queue');
  const states = useT('states');
  return (
    <div className={classes.tiles} role="group" aria-label={t('tiles')}>
      {counts.map((count) => {
        const look = lookOf('action', count.state);
        const Glyph = look.icon;
        return (
          <button
            key={count.state}
            type="button"
            className={classes.tile}
            data-tone={look.tone}
            data-waits={(look.waits && count.count > 0) || undefined}
            aria-pressed={chosen.includes(count.state)}
            onClick={() => onChoose(count.state)}
          >
            <span className={classes.tileState}>
              <Glyph {...icon14} />
              {states(`action.${count.state}`)}
            </span>
            <strong>{formatCount(count.count)}</strong>
            <span className={classes.tileAside}>{count.aside ? phraseText(count.aside) : ' '}</span>
          </button>
        );
      })}
    </div>
  );
}
