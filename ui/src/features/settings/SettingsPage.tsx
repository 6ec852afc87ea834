import { IconKeyboard } from '@tabler/icons-react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { useSession } from '@/app/session';
import { keySheetOpen } from '@/app/shell/KeySheet';
import { Appearance } from '@/app/shell/TopBar';
import { ActionButton, Block, errorText, KeyValue, PageHeader } from '@/components';
import type { AppState } from '@/ipc';
import { Background } from './Background';
import { Profiles } from './Profiles';
import { PolicyBlock } from './policy/PolicyBlock';
import { RightsBlock } from './RightsBlock';
import { Retention } from './Retention';
import { Schedule } from './Schedule';
import classes from './settings.module.css';

export function SettingsPage() {
  const t = useT('settings');
  const { app } = useSession();
  useCrumbs([{ label: t('title') }]);
  return (
    <div className={classes.page} tabIndex={0} role="region" aria-label={t('title')}>
      <PageHeader title={t('title')} />
      {app && <Profiles app={app} />}
      {app?.current && <PolicyBlock />}
      {app?.current && <RightsBlock />}
      {app?.current && <Schedule />}
      {app?.current && <Retention />}
      {app && <Background tray={app.tray} />}
      <Block title={t('section.appearance')}>
        <div className={classes.narrow}>
          <Appearance />
        </div>
      </Block>
      <Block title={t('section.keys')} aside={t('keys.aside')}>
        <ActionButton action={{ id: 'keys', label: t('keys.show'), icon: IconKeyboard, keys: '?', run: () => keySheetOpen.set(true) }} />
      </Block>
      {app && <About app={app} />}
    </div>
  );
}

function About({ app }: { app: AppState }) {
  const t = useT('settings');
  const { keychain } = app;
  const where = keychain.kind === 'available' ? keychain.name : keychain.kind === 'directory' ? t('about.keychainDirectory') : `${t('about.keychainNone')}: ${errorText(keychain.error).title}`;
  return (
    <Block title={t('section.about')}>
      <KeyValue
        labelWidth={136}
        facts={[
          { label: t('about.version'), value: app.version },
          { label: t('about.operator'), value: app.operator },
          { label: t('about.keychain'), value: where },
          { label: t('about.data'), value: t('about.dataText') },
          { label: t('about.licence'), value: t('about.licenceText') },
        ]}
      />
    </Block>
  );
}
