import { Menu, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconSelector, IconSettings } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { type AppState, type ProfileSummary, useWrite } from '@/ipc';
import { icon16 } from '@/components/icon';
import { errorText } from '@/components/errorText';
import { colourOf } from '../theme/ThemeProvider';
import { profileColours } from '../theme/tokens';
import { toast, withdrawOffers } from '../toasts/toasts';
import { Mark } from './Mark';
import classes from './shell.module.css';

/** A profile's colour, the hatch of a demo included. */
export function Swatch({ profile }: { profile: ProfileSummary }) {
  const colour = profileColours[colourOf(profile)];
  const demo = 'repeating-linear-gradient(135deg, var(--rd-field-line) 0 3px, transparent 3px 6px)';
  return <span className={classes.swatch} style={{ background: profile.environment === 'demo' ? demo : `light-dark(${colour.light.bar}, ${colour.dark.bar})` }} />;
}

/** Which company, and whether its customers are real. */
export function ProfileMenu({ app }: { app: AppState | undefined }) {
  const t = useT('shell');
  const states = useT('states');
  const navigate = useNavigate();
  const open = useWrite('profileOpen');
  const current = app?.current ?? null;
  const choose = (profile: ProfileSummary | undefined) => {
    if (!profile || profile.id === current?.id) return;
    withdrawOffers();
    open
      .write({ id: profile.id })
      .then(() => navigate({ to: '/servers' }))
      .catch((error) => toast({ look: 'failed', title: errorText(error).title, detail: errorText(error).hint }));
  };
  return (
    <Menu width={260}>
      <Menu.Target>
        <button type="button" className={classes.profile}>
          <VisuallyHidden>{t('profile.switch')}</VisuallyHidden>{' '}
          <Mark />
          <span className={classes.profileText}>
            <strong>{current?.name ?? t('profile.none')}</strong>{' '}
            {current && <span>{states(`environment.${current.environment}`)}</span>}
          </span>
          <IconSelector size={14} stroke={1.75} color="var(--rd-text2)" aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={current?.id ?? ''} onChange={(id) => choose(app?.profiles.find((p) => p.id === id))}>
        {app?.profiles.map((profile) => (
          <Menu.RadioItem key={profile.id} value={profile.id} rightSection={<Swatch profile={profile} />}>
            <span className={classes.menuTwo}>
              {profile.name}
              <span>{states(`environment.${profile.environment}`)}</span>
            </span>
          </Menu.RadioItem>
        ))}
        </Menu.RadioGroup>
        {app && app.profiles.length > 0 && <Menu.Divider />}
        <Menu.Item leftSection={<IconPlus {...icon16} />} onClick={() => void navigate({ to: '/connect' })}>
          {t('profile.add')}
        </Menu.Item>
        <Menu.Item leftSection={<IconSettings {...icon16} />} onClick={() => void navigate({ to: '/settings' })}>
          {t('profile.manage')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
