import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { type Icon, IconDots, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { EffectTag } from './EffectTag';
import { icon14, icon16 } from './icon';
import { Keys } from './Keys';
import type { Effect } from './states';
import classes from './actions.module.css';

/** A thing that can be done: the same shape in menus, bulk bars, headers and the palette. */
export interface Action {
  id: string;
  label: string;
  icon?: Icon;
  effect?: Effect;
  keys?: string;
  /** Why not now. The action keeps its place and says so. */
  disabled?: string | undefined;
  danger?: boolean;
  run: () => void;
}

/** Row and page actions. A disabled one stays where it is, with its reason. */
export function ActionMenu({ actions, label, target }: { actions: readonly (Action | 'divider' | { heading: string })[]; label?: string; target?: ReactNode }) {
  const t = useT('common');
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        {target ?? (
          <ActionIcon aria-label={label ?? t('more')} tabIndex={0}>
            <IconDots {...icon16} />
          </ActionIcon>
        )}
      </Menu.Target>
      <Menu.Dropdown mah="calc(100vh - 13rem)" style={{ overflowY: 'auto' }}>
        {actions.map((action, index) => {
          // eslint-disable-next-line react/no-array-index-key
          if (action === 'divider') return <Menu.Divider key={`divider-${index}`} />;
          if ('heading' in action) return <Menu.Label key={action.heading}>{action.heading}</Menu.Label>;
          const Glyph = action.icon;
          return (
            <Menu.Item
              key={action.id}
              aria-disabled={action.disabled ? true : undefined}
              data-disabled={action.disabled ? true : undefined}
              closeMenuOnClick={!action.disabled}
              leftSection={Glyph && <Glyph {...icon16} color={action.danger && !action.disabled ? 'var(--rd-bad)' : 'var(--rd-text2)'} />}
              rightSection={
                <span className={classes.end}>
                  {action.disabled ? <IconLock {...icon14} /> : action.effect && <EffectTag effect={action.effect} />}
                  {action.keys && !action.disabled && <Keys keys={action.keys} />}
                </span>
              }
              onClick={() => !action.disabled && action.run()}
            >
              <span style={action.danger && !action.disabled ? { color: 'var(--rd-bad)' } : undefined}>{action.label}</span>
              {action.disabled && <span className={classes.reason}>{action.disabled}</span>}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

export interface ActionButtonProps {
  action: Action;
  /** `primary` once per view; `erase` only in a confirmed wipe. */
  look?: 'plain' | 'primary' | 'danger' | 'erase' | 'quiet';
  size?: 'xs' | 'sm';
  busy?: boolean;
  submit?: boolean;
}

const variants = { plain: 'default', primary: 'filled', danger: 'outline', erase: 'danger', quiet: 'subtle' } as const;

/** A button that keeps its place when it cannot be pressed, and says why on hover and on focus. */
export function ActionButton({ action, look = 'plain', size = 'sm', busy = false, submit = false }: ActionButtonProps) {
  const Glyph = action.disabled && look === 'erase' ? IconLock : action.icon;
  const filled = look === 'primary' || look === 'erase';
  return (
    <Tooltip label={action.disabled} disabled={!action.disabled} events={{ hover: true, focus: true, touch: true }}>
      <Button
        type={submit ? 'submit' : 'button'}
        size={size}
        variant={variants[look]}
        aria-disabled={action.disabled || busy ? true : undefined}
        data-disabled={action.disabled ? true : undefined}
        aria-description={action.disabled}
        aria-keyshortcuts={action.keys}
        aria-busy={busy || undefined}
        leftSection={Glyph && <Glyph {...icon16} />}
        rightSection={action.keys && <Keys keys={action.keys} onAccent={filled && !action.disabled} joined={action.keys.includes('+')} />}
        onClick={(event) => {
          if (action.disabled || busy) event.preventDefault();
          else if (!submit) action.run();
        }}
      >
        {action.label}
      </Button>
    </Tooltip>
  );
}

/** An action in the bulk bar. */
export function BulkAction({ action }: { action: Action }) {
  const Glyph = action.icon;
  return (
    <Tooltip label={action.disabled} disabled={!action.disabled} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.bulk} aria-disabled={action.disabled ? true : undefined} aria-description={action.disabled} onClick={() => !action.disabled && action.run()}>
        {Glyph && <Glyph {...icon16} />}
        {action.label}
      </button>
    </Tooltip>
  );
}
