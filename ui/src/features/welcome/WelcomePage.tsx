import { Menu } from '@mantine/core';
import { IconArrowsDiff, IconCheck, IconChevronDown, IconFlask, IconLanguage, IconMoon, IconPlug, IconShieldLock } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { languages, Rich, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { setPref, usePref } from '@/app/prefs';
import { useSession } from '@/app/session';
import { Mark } from '@/app/shell/Mark';
import { Swatch } from '@/app/shell/ProfileMenu';
import { type Action, ActionButton, ErrorStrip, icon14, icon16, StatePill } from '@/components';
import { type AppState, ask, asCallError, type CallError, type ProfileSummary } from '@/ipc';
import classes from './welcome.module.css';

export function WelcomePage() {
  const t = useT('welcome');
  const navigate = useNavigate();
  const { app } = useSession();
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  useCrumbs([{ label: t('title') }]);
  // The window follows once the core itself says which profile is open.
  const opened = busy !== null && app?.current;
  useEffect(() => {
    if (opened) void navigate({ to: '/servers' });
  }, [opened, navigate]);
  const open = (name: string, asking: () => Promise<ProfileSummary>) => {
    setBusy(name);
    setError(null);
    asking().catch((thrown: unknown) => {
      setBusy(null);
      setError(asCallError(thrown));
    });
  };
  const demo: Action = { id: 'demo', label: t(busy === 'demo' ? 'demo.opening' : 'demo.open'), keys: 'd', run: () => open('demo', () => ask('demoStart', undefined)) };
  const connect: Action = { id: 'connect', label: t('connect.open'), keys: 'c', run: () => void navigate({ to: '/connect' }) };
  useKeys(t('keys'), [
    { keys: 'd', label: t('demo.title'), run: demo.run, disabled: busy !== null },
    { keys: 'c', label: t('connect.title'), run: connect.run },
  ]);
  const problem = error ?? app?.problem;
  return (
    <div className={classes.welcome}>
      <main className={classes.start}>
        <div className={classes.startInner}>
          <Mark size={40} />
          <h1>{t('lead')}</h1>
          <p className={classes.intro}>{t('intro')}</p>
          {problem && <ErrorStrip error={problem} />}
          {(app?.profiles.length ?? 0) > 0 && <Profiles app={app} busy={busy} onOpen={(p) => open(p.id, () => ask('profileOpen', { id: p.id }))} />}
          <Offer icon={<IconFlask size={18} stroke={1.5} aria-hidden />} title={t('demo.title')} text={t('demo.text')}>
            <ActionButton look="primary" busy={busy === 'demo'} action={demo} />
          </Offer>
          <Offer icon={<IconPlug size={18} stroke={1.5} aria-hidden />} title={t('connect.title')} text={t('connect.text')}>
            <ActionButton action={connect} />
          </Offer>
        </div>
      </main>
      <aside className={classes.promise}>
        <Example />
        <After />
        {app && <Keychain app={app} />}
      </aside>
      <Foot version={app?.version ?? ''} />
    </div>
  );
}

function Offer({ icon, title, text, children }: { icon: ReactNode; title: string; text: string; children: ReactNode }) {
  return (
    <section className={classes.offer}>
      <span className={classes.offerIcon}>{icon}</span>
      <div className={classes.offerText}>
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      {children}
    </section>
  );
}

function Profiles({ app, busy, onOpen }: { app: AppState | undefined; busy: string | null; onOpen: (profile: ProfileSummary) => void }) {
  const t = useT('welcome');
  const states = useT('states');
  return (
    <section className={classes.profiles} aria-label={t('profiles.title')}>
      {app?.profiles.map((profile) => (
        <div key={profile.id} className={classes.profile}>
          <Swatch profile={profile} />
          <span className={classes.profileName}>
            <strong>{profile.name}</strong> {states(`environment.${profile.environment}`)}
          </span>
          <ActionButton size="xs" busy={busy === profile.id} action={{ id: profile.id, label: t('profiles.open', { name: profile.name }), run: () => onOpen(profile) }} />
        </div>
      ))}
    </section>
  );
}

/** What a server's page will look like; made-up values, marked as an example. */
function Example() {
  const t = useT('welcome');
  const agree = (
    <span className={classes.verdict} data-tone="ok">
      <IconCheck {...icon14} />
      {t('example.agree')}
    </span>
  );
  return (
    <figure className={classes.example} aria-label={t('example.label')}>
      <div className={classes.exampleHead}>
        <strong>{t('example.name')}</strong>
        <StatePill area="server" state="running" tinted />
        <span>{t('example.client')}</span>
      </div>
      <table>
        <thead>
          <tr>
            <th>{t('example.fact')}</th>
            <th>{t('example.whmcs')}</th>
            <th>{t('example.contabo')}</th>
            <th>{t('example.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>{t('example.status')}</td>
            <td>{t('example.active')}</td>
            <td>{t('example.running')}</td>
            <td>{agree}</td>
          </tr>
          <tr>
            <td>{t('example.region')}</td>
            <td>{t('example.europe')}</td>
            <td>{t('example.nuremberg')}</td>
            <td>{agree}</td>
          </tr>
          <tr>
            <td>{t('example.address')}</td>
            <td className="rd-mono">203.0.113.42</td>
            <td className="rd-mono">203.0.113.42</td>
            <td>{agree}</td>
          </tr>
          <tr>
            <td>{t('example.extra')}</td>
            <td>{t('example.billed')}</td>
            <td>{t('example.notThere')}</td>
            <td>
              <span className={classes.differs}>
                <IconArrowsDiff {...icon14} />
                {t('example.billedNotThere')}
              </span>
            </td>
          </tr>
        </tbody>
      </table>
    </figure>
  );
}

function After() {
  const t = useT('welcome');
  const steps = ['connect', 'observe', 'compare'] as const;
  return (
    <section className={classes.after}>
      <h2>{t('after.title')}</h2>
      <ol>
        {steps.map((step, at) => (
          <li key={step}>
            <span className={classes.number}>{at + 1}</span>
            <strong>{t(`after.${step}`)}</strong>
            <span>{t(`after.${step}Text`)}</span>
            <small>{t(`after.${step}Time`)}</small>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Keychain({ app }: { app: AppState }) {
  const t = useT('welcome');
  const { keychain } = app;
  return (
    <p className={classes.keychain} data-tone={keychain.kind === 'unavailable' ? 'warn' : 'ok'}>
      <IconShieldLock {...icon16} />
      <span>
        {keychain.kind === 'available' ? <Rich k="welcome:keychain.available" values={{ name: keychain.name }} parts={[<strong key="name" />]} /> : t(`keychain.${keychain.kind}`)}
      </span>
    </p>
  );
}

const themes = ['light', 'dark', 'system'] as const;

function Foot({ version }: { version: string }) {
  const t = useT('welcome');
  const shell = useT('shell');
  const theme = usePref('theme');
  const language = usePref('language');
  return (
    <footer className={classes.foot}>
      <span>{t('foot.version', { version })}</span>
      <Menu position="top">
        <Menu.Target>
          <button type="button">
            <IconLanguage {...icon14} />
            {t('foot.language', { name: languages.find((l) => l.code === language)?.name ?? language })}
            <IconChevronDown {...icon14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {languages.map((l) => (
            <Menu.Item key={l.code} onClick={() => setPref('language', l.code)}>
              {l.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="top">
        <Menu.Target>
          <button type="button">
            <IconMoon {...icon14} />
            {t('foot.theme', { name: shell(`theme.${theme}`) })}
            <IconChevronDown {...icon14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {themes.map((name) => (
            <Menu.Item key={name} onClick={() => setPref('theme', name)}>
              {shell(`theme.${name}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </footer>
  );
}
