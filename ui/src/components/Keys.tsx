import { isMac } from '@/app/keys/keys';
import classes from './parts.module.css';

const signs: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: isMac ? '⇧' : 'Shift',
  alt: isMac ? '⌥' : 'Alt',
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Space: 'Space',
};

function sign(part: string): string {
  return signs[part] ?? (part.length === 1 ? part.toUpperCase() : part);
}

/** A shortcut as keys. `g c` is two strokes, `mod+Enter` one stroke of two keys. */
export function Keys({ keys, onAccent = false, joined = false }: { keys: string; onAccent?: boolean; joined?: boolean }) {
  const caps = keys.split(' ').flatMap((stroke) => {
    const parts = stroke === '+' ? ['+'] : stroke.split('+').map(sign);
    return joined ? [parts.join(' ')] : parts;
  });
  return (
    <span className={onAccent ? `${classes.keys} ${classes.onAccent}` : classes.keys} dir="ltr">
      {caps.map((cap, index) => (
        // The same cap may come twice, as in `g g`.
        // eslint-disable-next-line react/no-array-index-key
        <kbd className={classes.key} key={index}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
