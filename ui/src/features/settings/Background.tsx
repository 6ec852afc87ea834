import { Checkbox } from '@mantine/core';
import { useT } from '@/app/i18n';
import { type Prefs, setPref, usePref } from '@/app/prefs';
import { Block } from '@/components';
import type { AppState } from '@/ipc';
import classes from './settings.module.css';

/** What goes on when nobody looks: whether closing the window ends the work, and what the system tells. */
export function Background({ tray }: { tray: AppState['tray'] }) {
  const t = useT('settings');
  // A browser that shows the page of a bridge has neither.
  if (tray === 'no_window') return null;
  return (
    <Block title={t('section.background')}>
      <div className={classes.wishes}>
        <Wish name="keepWorking" off={tray === 'missing'} help={t(tray === 'missing' ? 'background.noTray' : 'background.keepWorkingHelp')} />
        <Wish name="notify" help={t('background.notifyHelp')} />
        <Wish name="notifyHideNames" help={t('background.notifyHideNamesHelp')} />
      </div>
    </Block>
  );
}

type WishName = keyof Pick<Prefs, 'keepWorking' | 'notify' | 'notifyHideNames'>;

function Wish({ name, help, off = false }: { name: WishName; help: string; off?: boolean }) {
  const t = useT('settings');
  const wish = usePref(name);
  return (
    <Checkbox
      styles={{ body: { alignItems: 'start' }, inner: { marginBlockStart: 3 } }}
      label={t(`background.${name}`)}
      description={help}
      checked={wish && !off}
      disabled={off}
      onChange={(event) => setPref(name, event.currentTarget.checked)}
    />
  );
}
