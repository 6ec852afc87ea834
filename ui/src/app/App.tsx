import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { setLanguage } from './i18n';
import { ErrorBoundary } from './ErrorBoundary';
import { usePref } from './prefs';
import type { AppRouter } from './router';
import { useSession } from './session';
import { colourOf, ThemeProvider } from './theme/ThemeProvider';

function Themed({ router }: { router: AppRouter }) {
  const { app } = useSession();
  const language = usePref('language');
  useEffect(() => void setLanguage(language), [language]);
  return (
    <ThemeProvider colour={colourOf(app?.current)}>
      <ErrorBoundary>
        <RouterProvider router={router} />
      </ErrorBoundary>
    </ThemeProvider>
  );
}

export function App({ client, router }: { client: QueryClient; router: AppRouter }) {
  return (
    <QueryClientProvider client={client}>
      <Themed router={router} />
    </QueryClientProvider>
  );
}
