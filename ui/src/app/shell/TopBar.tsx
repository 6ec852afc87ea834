import { ActionIcon, Menu, SegmentedControl, Select, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconBell, IconHelpCircle, IconHexagon, IconSearch, IconUsers } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { languages, useT } from '@/app/i18n';
import { icon16 } from '@/components/icon';
import { Keys } from '@/components/Keys';
import { phraseText } from '@/components/phrase';
import { RelativeTime } from '@/components/RelativeTime';
import { lookOf } from '@/components/states';
import { useCommand } from '@/ipc';
import { useStore } from '@/store';
import { crumbs } from '../crumbs';
import { actionName, useNeedsYou } from '../notices';
import { paletteOpen } from '../palette/commands';
import { openPlan } from '../plans';
import { setPref, usePref } from '../prefs';
import type { Session } from '../session';
import { keySheetOpen } from './KeySheet';
import { ProfileMenu } from './ProfileMenu';
import classes from './shell.module.css';

function initials(name: string): string {
  const parts = name.split(/[\s._-]+/).filter(Boolean);
  return ((parts[0]?.[0] ?? '?') + (parts.length > 1 ? (parts.at(-1)?.[0] ?? '') : (parts[0]?.[1] ?? ''))).toUpperCase();
}

export function TopBar({ session }: { session: Session }) {
  const t = useT('shell');
  const navigate = useNavigate();
  const path = useStore(crumbs);
  const { app, status } = session;
  const states = useT('states');
  const needs = status?.needs_you ?? 0;
  const waiting = useNeedsYou();
  const plans = useCommand('plansWaiting', undefined, { enabled: app?.current != null }).data ?? [];
  return (
    <div className={classes.top}>
      <ProfileMenu app={app} />
      <nav aria-label={t('breadcrumb')} style={{ minWidth: 0 }}>
        <ol className={classes.crumbs}>
          {path.map((crumb, index) => (
            // A path may hold the same word twice.
            // eslint-disable-next-line react/no-array-index-key
            <li key={`${index}-${crumb.label}`} aria-current={index === path.length - 1 ? 'page' : undefined}>
              {index > 0 && <span aria-hidden>/</span>}
              {crumb.to && index < path.length - 1 ? <Link to={crumb.to}>{crumb.label}</Link> : crumb.label}
            </li>
          ))}
        </ol>
      </nav>
      <div className={classes.topEnd}>
        <button type="button" className={classes.search} aria-keyshortcuts="Control+K" onClick={() => paletteOpen.set(true)}>
          <IconSearch {...icon16} />
          <span>{t('search')}</span>
          <Keys keys="mod+k" />
        </button>
        <Menu position="bottom-end" width={360}>
          <Menu.Target>
            <Tooltip label={t('notifications')}>
              <ActionIcon aria-label={needs + plans.length > 0 ? `${t('notifications')}: ${t('waits', { count: needs + plans.length })}` : t('notifications')} className={classes.bell}>
                <IconBell {...icon16} />
                {needs + plans.length > 0 && <span className={classes.bellDot} />}
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {needs === 0 && waiting.length === 0 && plans.length === 0 && <Menu.Label>{t('noNews')}</Menu.Label>}
            {plans.map((plan) => (
              <Menu.Item key={`plan-${plan.id}`} leftSection={<IconUsers {...icon16} color="var(--rd-warn)" />} onClick={() => void openPlan(plan.id)}>
                <span className={classes.news}>
                  <span>{phraseText(plan.title)}</span>
                  <span>
                    {t('notice.second')} · <RelativeTime at={plan.approvals?.at(-1)?.at ?? plan.created_at} />
                  </span>
                </span>
              </Menu.Item>
            ))}
            {waiting.map((row) => {
              const look = lookOf('action', row.state);
              const Glyph = look.icon;
              return (
                <Menu.Item
                  key={row.id}
                  leftSection={<Glyph {...icon16} color={`var(--rd-${look.tone})`} />}
                  onClick={() => void navigate({ to: '/queue', search: { o: String(row.id) } } as never)}
                >
                  <span className={classes.news}>
                    <span>{actionName(row)}</span>
                    <span>
                      {states(`action.${look.name}` as 'action.failed')} · {row.waits ? phraseText(row.waits) : <RelativeTime at={row.updated_at} />}
                    </span>
                  </span>
                </Menu.Item>
              );
            })}
            {needs > 0 && (
              <Menu.Item leftSection={<IconHexagon {...icon16} color="var(--rd-warn)" />} onClick={() => void navigate({ to: '/queue', search: { f: ['state.is.unknown,failed'] } } as never)}>
                {t('notice.all')} · {t('waits', { count: needs })}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
        <Tooltip label={t('help')}>
          <ActionIcon aria-label={t('help')} aria-keyshortcuts="?" onClick={() => keySheetOpen.set(true)}>
            <IconHelpCircle {...icon16} />
          </ActionIcon>
        </Tooltip>
        <Menu width={260} position="bottom-end" closeOnItemClick={false} trapFocus>
          <Menu.Target>
            <button type="button" className={classes.avatar}>
              <VisuallyHidden>{t('account')}</VisuallyHidden> {initials(app?.operator ?? '?')}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{app?.operator}</Menu.Label>
            <Appearance />
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  );
}

/** Theme, rows, motion, language: in the avatar's menu and on the settings page. */
export function Appearance() {
  const t = useT('shell');
  const theme = usePref('theme');
  const density = usePref('density');
  const motion = usePref('motion');
  const language = usePref('language');
  return (
    <div className={classes.choices}>
      <Choice label={t('theme.label')}>
        <SegmentedControl size="xs" fullWidth aria-label={t('theme.label')} value={theme} onChange={(v) => setPref('theme', v as typeof theme)} data={[{ value: 'light', label: t('theme.light') }, { value: 'dark', label: t('theme.dark') }, { value: 'system', label: t('theme.system') }]} />
      </Choice>
      <Choice label={t('density.label')}>
        <SegmentedControl size="xs" fullWidth aria-label={t('density.label')} value={density} onChange={(v) => setPref('density', v as typeof density)} data={[{ value: 'dense', label: t('density.dense') }, { value: 'comfortable', label: t('density.comfortable') }]} />
      </Choice>
      <Choice label={t('motion.label')}>
        <SegmentedControl size="xs" fullWidth aria-label={t('motion.label')} value={motion} onChange={(v) => setPref('motion', v as typeof motion)} data={[{ value: 'system', label: t('motion.system') }, { value: 'less', label: t('motion.less') }]} />
      </Choice>
      <Choice label={t('language.label')}>
        <Select aria-label={t('language.label')} value={language} comboboxProps={{ withinPortal: false }} onChange={(v) => v && setPref('language', v)} data={languages.map((l) => ({ value: l.code, label: l.name }))} />
      </Choice>
    </div>
  );
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div style={{ marginBlockEnd: 10 }}>
      <div style={{ fontSize: 11, lineHeight: '16px', color: 'var(--rd-text2)', marginBlockEnd: 4 }}>{label}</div>
      {children}
    </div>
  );
}
