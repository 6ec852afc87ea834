import { IconCheck, IconLock, IconMinus } from '@tabler/icons-react';
import classes from './DataTable.module.css';

export interface CheckProps {
  on: boolean | 'some';
  label: string;
  onToggle: (range: boolean) => void;
  /** Cannot be chosen; drawn with a lock. */
  locked?: boolean;
  tabStop?: boolean;
}

/** A checkbox that answers in its whole cell. */
export function Check({ on, label, onToggle, locked = false, tabStop = false }: CheckProps) {
  return (
    <span
      role="checkbox"
      aria-checked={on === 'some' ? 'mixed' : on}
      aria-disabled={locked || undefined}
      aria-label={label}
      tabIndex={tabStop ? 0 : -1}
      className={classes.check}
      onClick={(event) => {
        event.stopPropagation();
        if (!locked) onToggle(event.shiftKey);
      }}
      onKeyDown={(event) => {
        if (event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        if (!locked) onToggle(event.shiftKey);
      }}
    >
      <span className={classes.box} data-on={(on && !locked) || undefined} data-off={locked || undefined}>
        {locked ? <IconLock size={9} stroke={2.5} /> : on === 'some' ? <IconMinus size={11} stroke={3} /> : on ? <IconCheck size={11} stroke={3} /> : null}
      </span>
    </span>
  );
}
