import type { ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { icon13 } from './icon';
import { type Effect, effects } from './states';
import classes from './parts.module.css';

/** What a change does, the same everywhere: menus, palette, tickets, plans. `blocked` must say why. */
export function EffectTag({ effect, label, why }: { effect: Effect; label?: string; why?: ReactNode }) {
  const t = useT('states');
  const Glyph = effects[effect];
  const tag = (
    <span className={classes.tag} data-effect={effect}>
      <Glyph {...icon13} />
      {label ?? t(`effect.${effect}`)}
    </span>
  );
  if (!why) return tag;
  return (
    <span className={classes.tagged}>
      {tag}
      <span className={classes.why}>{why}</span>
    </span>
  );
}
