import { Button } from '@mantine/core';
import { IconMapOff, IconPlugX } from '@tabler/icons-react';
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  useNavigate,
} from '@tanstack/react-router';
import { useT } from '@/app/i18n';
import { EmptyState } from '@/components/ListStates';
import { Tips } from '@/components/Tips';
import { errorText } from '@/components/errorText';
import type { CallError } from '@/ipc';
import { parseListSearch } from '@/components/useListState';
import { Broken } from './ErrorBoundary';
import { useSession } from './session';
import { Shell } from './shell/Shell';
import { Toasts } from './toasts/Toasts';

function Root() {
  return (
    <>
      <Outlet />
      <Toasts />
      <Tips />
    </>
  );
}

/** Pages inside the frame need an open profile; without one the welcome page is the only place to be. */
function Framed() {
  const session = useSession();
  if (session.error) return <NoCore error={session.error} again={session.again} />;
  if (session.loading) return null;
  if (session.app && !session.app.current) return <Navigate to="/welcome" replace />;
  // Another profile is another desk: nothing typed or chosen at one is found at the other.
  return <Shell key={session.app?.current?.id ?? ''} session={session} />;
}

/** The core does not answer at all: say what it said, and offer to ask again. */
function NoCore({ error, again }: { error: CallError; again: () => void }) {
  const t = useT('common');
  const words = errorText(error);
  return (
    <div style={{ padding: 48 }}>
      <EmptyState icon={IconPlugX} title={words.title} text={`${words.hint} ${error.message}`} actions={<Button onClick={again}>{t('tryNow')}</Button>} />
    </div>
  );
}

function NotFound() {
  const t = useT('shell');
  const navigate = useNavigate();
  return (
    <div style={{ padding: 20 }}>
      <EmptyState
        icon={IconMapOff}
        title={t('notFound.title')}
        text={t('notFound.text')}
        actions={<Button onClick={() => void navigate({ to: '/servers' })}>{t('notFound.action')}</Button>}
      />
    </div>
  );
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: ({ error }) => <Broken error={error instanceof Error ? error : new Error(String(error))} /> });
const framed = createRoute({ getParentRoute: () => root, id: 'framed', component: Framed });
const list = { validateSearch: parseListSearch } as const;

const routes = [
  framed.addChildren([
    createRoute({ getParentRoute: () => framed, path: '/', component: () => <Navigate to="/servers" replace /> }),
    createRoute({ getParentRoute: () => framed, path: '/clients', ...list, component: lazyRouteComponent(() => import('@/features/clients/ClientsPage'), 'ClientsPage') }),
    createRoute({ getParentRoute: () => framed, path: '/clients/$id', ...list, component: lazyRouteComponent(() => import('@/features/clients/ClientPage'), 'ClientPage') }),
    createRoute({ getParentRoute: () => framed, path: '/servers', ...list, component: lazyRouteComponent(() => import('@/features/servers/ServersPage'), 'ServersPage') }),
    createRoute({ getParentRoute: () => framed, path: '/servers/$id', ...list, component: lazyRouteComponent(() => import('@/features/servers/ServerPage'), 'ServerPage') }),
    createRoute({ getParentRoute: () => framed, path: '/services/$id', ...list, component: lazyRouteComponent(() => import('@/features/services/ServicePage'), 'ServicePage') }),
    createRoute({ getParentRoute: () => framed, path: '/invoices', ...list, component: lazyRouteComponent(() => import('@/features/invoices/InvoicesPage'), 'InvoicesPage') }),
    createRoute({ getParentRoute: () => framed, path: '/tickets', ...list, component: lazyRouteComponent(() => import('@/features/tickets/TicketsPage'), 'TicketsPage') }),
    createRoute({ getParentRoute: () => framed, path: '/queue', ...list, component: lazyRouteComponent(() => import('@/features/queue/QueuePage'), 'QueuePage') }),
    createRoute({ getParentRoute: () => framed, path: '/outside', ...list, component: lazyRouteComponent(() => import('@/features/outside/OutsidePage'), 'OutsidePage') }),
    createRoute({ getParentRoute: () => framed, path: '/receipts', ...list, component: lazyRouteComponent(() => import('@/features/receipts/ReceiptsPage'), 'ReceiptsPage') }),
    createRoute({ getParentRoute: () => framed, path: '/usage', ...list, component: lazyRouteComponent(() => import('@/features/usage/UsagePage'), 'UsagePage') }),
    createRoute({ getParentRoute: () => framed, path: '/prices', ...list, component: lazyRouteComponent(() => import('@/features/prices/PricesPage'), 'PricesPage') }),
    createRoute({ getParentRoute: () => framed, path: '/log', ...list, component: lazyRouteComponent(() => import('@/features/log/LogPage'), 'LogPage') }),
    ...(import.meta.env.DEV ? [createRoute({ getParentRoute: () => framed, path: '/parts/table', ...list, component: lazyRouteComponent(() => import('@/features/parts/PartsTablePage'), 'PartsTablePage') })] : []),
    createRoute({ getParentRoute: () => framed, path: '/settings/rights', ...list, component: lazyRouteComponent(() => import('@/features/settings/RightsPage'), 'RightsPage') }),
    createRoute({ getParentRoute: () => framed, path: '/settings/policy', component: lazyRouteComponent(() => import('@/features/settings/policy/PolicyPage'), 'PolicyPage') }),
    createRoute({ getParentRoute: () => framed, path: '/settings', component: lazyRouteComponent(() => import('@/features/settings/SettingsPage'), 'SettingsPage') }),
  ]),
  createRoute({ getParentRoute: () => root, path: '/welcome', component: lazyRouteComponent(() => import('@/features/welcome/WelcomePage'), 'WelcomePage') }),
  createRoute({ getParentRoute: () => root, path: '/connect', component: lazyRouteComponent(() => import('@/features/welcome/ConnectPage'), 'ConnectPage') }),
  ...(import.meta.env.DEV ? [createRoute({ getParentRoute: () => root, path: '/parts', component: lazyRouteComponent(() => import('@/features/parts/PartsPage'), 'PartsPage') })] : []),
] as const;

const routeTree = root.addChildren([...routes]);

/** `?q=web&f=region.is.EU&f=state.is.running`: text as text, so that an address can be read and typed. */
export function readSearch(text: string): Record<string, unknown> {
  const out: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = out[name];
    out[name] = name === 'f' || before !== undefined ? [before ?? [], value].flat() : value;
  }
  return out;
}

export function writeSearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null && one !== '') params.append(name, String(one));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Addresses live behind the hash: the window loads its files from a scheme that knows one page only. */
export function createAppRouter() {
  return createRouter({
    routeTree,
    history: createHashHistory(),
    defaultPreload: 'intent',
    defaultPendingMs: 400,
    scrollRestoration: false,
    parseSearch: readSearch,
    stringifySearch: writeSearch,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
