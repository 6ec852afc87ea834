import { useT } from '@/app/i18n';
import { icon14 } from './icon';
import { lookOf, type StateArea, turning } from './states';
import classes from './parts.module.css';

export interface StatePillProps {
  area: StateArea;
  /** The core's or the provider's word. */
  state: string;
  /** Values of the word, such as the date of `ends {{date}}`. */
  values?: Record<string, string>;
  /** The one pill beside a page title is always tinted. */
  tinted?: boolean;
  /** Other words for the same state. */
  label?: string;
}

/** A state: quiet when healthy, on a tint when it waits for a person. */
export function StatePill({ area, state, values, tinted, label }: StatePillProps) {
  const t = useT('states');
  const look = lookOf(area, state);
  const word = label ?? (look.known ? t(`states:${area}.${look.name}` as 'states:server.running', values ?? {}) : state);
  const Glyph = look.icon;
  return (
    <span className={tinted || look.waits ? classes.tinted : classes.quiet} data-tone={look.tone} data-state={look.name}>
      <Glyph {...icon14} {...(turning.has(look.icon) ? { className: 'rd-turn' } : {})} />
      <span>{word}</span>
    </span>
  );
}
