import { Button } from '@mantine/core';
import { IconCloudOff, IconKeyboard, IconMoon, IconRefresh, IconShieldCheck, IconShieldCog } from '@tabler/icons-react';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { locale, useT } from '@/app/i18n';
import { errorText } from '@/components/errorText';
import { formatTime } from '@/components/format';
import { icon14 } from '@/components/icon';
import { Strip } from '@/components/ListStates';
import { ageText } from '@/components/RelativeTime';
import { useNow } from '@/components/useNow';
import { ask, useWrite } from '@/ipc';
import { ErrorBoundary } from '../ErrorBoundary';
import { useKeys } from '../keys/keys';
import { Palette } from '../palette/Palette';
import { paletteOpen, type PaletteCommand, useCommands } from '../palette/commands';
import { useNotices } from '../notices';
import { PlanHost } from '../plans';
import { prefs, setPref } from '../prefs';
import type { Session } from '../session';
import { KeySheet, keySheetOpen } from './KeySheet';
import { pages } from './pages';
import { Sidebar } from './Sidebar';
import { StatusBar } from './StatusBar';
import { TopBar } from './TopBar';
import classes from './shell.module.css';

/** The bar that stays above every overlay, in the colour of the profile. */
function ProfileBar({ session }: { session: Session }) {
  return <div className={classes.bar} data-demo={session.app?.current?.environment === 'demo' || undefined} />;
}

/** The frame: bar, top, side, content, status. */
export function Shell({ session }: { session: Session }) {
  const t = useT('shell');
  const path = useLocation({ select: (at) => at.pathname });
  useShellKeys();
  useNotices();
  return (
    <div className={classes.window}>
      <a
        className={classes.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t('skip')}
      </a>
      <ProfileBar session={session} />
      <TopBar session={session} />
      <Sidebar session={session} />
      <main id="content" className={classes.main} tabIndex={-1}>
        <OfflineStrip session={session} />
        <ErrorBoundary place={path}>
          <Outlet />
        </ErrorBoundary>
      </main>
      <StatusBar session={session} />
      <ErrorBoundary onLeave={() => paletteOpen.set(false)}>
        <Palette />
      </ErrorBoundary>
      <ErrorBoundary onLeave={() => keySheetOpen.set(false)}>
        <KeySheet />
      </ErrorBoundary>
      <PlanHost />
    </div>
  );
}

/** Offline is a state, not an error: said once, above the page, while the rows stay. */
function OfflineStrip({ session }: { session: Session }) {
  const t = useT('shell');
  const common = useT('common');
  const sync = useWrite('syncNow');
  const now = useNow();
  const off = session.status?.freshness.filter((f) => f.offline) ?? [];
  if (off.length === 0) return null;
  const names = off.map((f) => (f.provider === 'whmcs' || f.provider === 'contabo' ? common(`states:provider.${f.provider}`) : f.provider));
  const copied = off.flatMap((f) => f.as_of ?? []).sort()[0];
  const cause = off.find((f) => f.error)?.error;
  const wait = Math.min(...off.flatMap((f) => (f.next_try ? [Date.parse(f.next_try) - now] : [])));
  return (
    <Strip
      icon={IconCloudOff}
      title={t('offline.title', { provider: new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names) })}
      text={
        <>
          {cause && `${errorText(cause).title} `}
          {Number.isFinite(wait) && wait > 0 && `${common('list.nextTry', { age: ageText(common, wait) })} `}
          {copied ? t('offline.text', { time: formatTime(copied) }) : t('offline.nothing')}
        </>
      }
      action={
        <Button size="xs" leftSection={<IconRefresh {...icon14} />} onClick={() => void sync.write({ kinds: [] }).catch(() => undefined)}>
          {common('tryNow')}
        </Button>
      }
    />
  );
}

function useShellKeys(): void {
  const t = useT('shell');
  const navigate = useNavigate();
  const names = {
    clients: t('keys.goClients'), servers: t('keys.goServers'), invoices: t('keys.goInvoices'), tickets: t('keys.goTickets'),
    queue: t('keys.goQueue'), log: t('keys.goLog'), outside: t('keys.goOutside'), receipts: t('keys.goReceipts'), settings: t('keys.goSettings'),
    usage: t('keys.goUsage'), prices: t('keys.goPrices'),
  } as const;
  const go = (to: string) => void navigate({ to });
  useKeys(t('keys.everywhere'), [
    { keys: 'mod+k', label: t('keys.palette'), run: () => paletteOpen.set(true), inFields: true },
    { keys: '?', label: t('keys.sheet'), run: () => keySheetOpen.set(true) },
    ...pages.map((page) => ({ keys: `g ${page.key}`, label: names[page.id], run: () => go(page.to) })),
    { keys: 'g r', label: t('keys.goRights'), run: () => go('/settings/rights') },
    { keys: 'g p', label: t('keys.goPolicy'), run: () => go('/settings/policy') },
  ]);
  const commands: PaletteCommand[] = [
    ...pages.map((page): PaletteCommand => ({ id: `go-${page.id}`, title: t(`page.${page.id}`), icon: page.icon, keys: `g ${page.key}`, group: 'pages', run: () => go(page.to) })),
    { id: 'go-rights', title: t('page.rights'), icon: IconShieldCheck, keys: 'g r', group: 'pages', run: () => go('/settings/rights') },
    { id: 'go-policy', title: t('page.policy'), icon: IconShieldCog, keys: 'g p', group: 'pages', run: () => go('/settings/policy') },
    {
      id: 'theme', title: t('theme.switch'), icon: IconMoon,
      run: () => setPref('theme', isDark() ? 'light' : 'dark'),
    },
    { id: 'sync', title: t('palette.refresh'), aside: t('palette.refreshAside'), icon: IconRefresh, effect: 'read', run: () => void ask('syncNow', { kinds: [] }).catch(() => undefined) },
    { id: 'keys', title: t('keys.sheet'), icon: IconKeyboard, keys: '?', run: () => keySheetOpen.set(true) },
    ...(import.meta.env.DEV ? [{ id: 'go-parts', title: t('page.parts'), icon: IconKeyboard, group: 'pages' as const, run: () => go('/parts') }] : []),
  ];
  useCommands(commands);
}

function isDark(): boolean {
  const theme = prefs.get().theme;
  return theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);
}
