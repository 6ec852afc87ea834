import { useMemo } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { listedKeys } from '@/app/keys/keys';
import { useSession } from '@/app/session';
import { Appearance } from '@/app/shell/TopBar';
import { Block, errorText, KeyValue, Keys, PageHeader } from '@/components';
import type { AppState } from '@/ipc';
import { Profiles } from './Profiles';
import classes from './settings.module.css';

export function SettingsPage() {
  const t = useT('settings');
  const { app } = useSession();
  useCrumbs([{ label: t('title') }]);
  return (
    <div className={classes.page} tabIndex={0} role="region" aria-label={t('title')}>
      <PageHeader title={t('title')} />
      {app && <Profiles app={app} />}
      <Block title={t('section.appearance')}>
        <div className={classes.narrow}>
          <Appearance />
        </div>
      </Block>
      <Block title={t('section.keys')} aside={t('keys.aside')}>
        <AllKeys />
      </Block>
      {app && <About app={app} />}
    </div>
  );
}

function AllKeys() {
  // The keys of everywhere are registered before any page is.
  const groups = useMemo(() => listedKeys(), []);
  return (
    <div className={classes.keys}>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h3>{group.title}</h3>
          <dl>
            {group.keys.map((key) => (
              <div key={key.keys}>
                <dt>{key.label}</dt>
                <dd>
                  <Keys keys={key.keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
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
