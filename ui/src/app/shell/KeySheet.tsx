import { useId } from 'react';
import { useT } from '@/app/i18n';
import { Dialog } from '@/components/Dialog';
import { Keys } from '@/components/Keys';
import { createStore, useStore } from '@/store';
import { listedKeys, useKeys } from '../keys/keys';
import classes from './shell.module.css';

export const keySheetOpen = createStore(false);

/** `?`: what the keys do here, read from the same list that runs them. */
export function KeySheet() {
  const open = useStore(keySheetOpen);
  return open ? <OpenSheet /> : null;
}

function OpenSheet() {
  const t = useT('shell');
  const heading = useId();
  // Read once, before this sheet hides the others.
  const groups = listedKeys();
  const close = () => keySheetOpen.set(false);
  return (
    <Dialog onClose={close} width={520} label={t('keys.title')}>
        <Barrier close={close} />
        <div className={classes.sheet} tabIndex={0} data-autofocus role="region" aria-labelledby={heading}>
          <h2 id={heading}>{t('keys.title')}</h2>
          {groups.map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <ul>
                {group.keys.map((entry) => (
                  <li key={entry.keys}>
                    {entry.label}
                    <span className={classes.sheetKeys}>
                      <Keys keys={entry.keys} />
                      {entry.and && <Keys keys={entry.and} />}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
    </Dialog>
  );
}

function Barrier({ close }: { close: () => void }) {
  const t = useT('shell');
  useKeys(t('keys.title'), [{ keys: '?', run: close }], { modal: true });
  return null;
}
