import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from '@tanstack/react-router';
import { render, type RenderResult } from '@testing-library/react';
import axe from 'axe-core';
import type { ReactElement } from 'react';
import { expect } from 'vitest';
import { ThemeProvider } from '@/app/theme/ThemeProvider';
import { parseListSearch } from '@/components/useListState';
import { createQueryClient } from '@/ipc';

/** Draws something as it stands in the program: theme, texts, answers. */
export function show(what: ReactElement): RenderResult & { client: ReturnType<typeof createQueryClient> } {
  const client = createQueryClient();
  const result = render(
    <QueryClientProvider client={client}>
      <ThemeProvider colour="petrol">{what}</ThemeProvider>
    </QueryClientProvider>,
  );
  return { ...result, client };
}

/** Addresses are read as in the program. */
const validateSearch = (raw: Record<string, unknown>) => ({ ...raw, ...parseListSearch(raw) });

/** The same at an address, for what keeps its state there; `pattern` names its parts. Answers with the router. */
export async function showAt(path: string, what: () => ReactElement, pattern?: string) {
  const root = createRootRoute({ component: Outlet });
  const any = createRoute({ getParentRoute: () => root, path: '$', component: what, validateSearch });
  const named = pattern ? [createRoute({ getParentRoute: () => root, path: pattern, component: what, validateSearch })] : [];
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createRouter({ routeTree: root.addChildren([...named, any]), history });
  const result = show(<RouterProvider router={router as never} />);
  await result.findByTestId('page');
  return { ...result, router, history };
}

/** No violation that axe can see in a document without layout; contrast is measured on the tokens themselves. */
export async function expectAccessible(node: Element = document.body): Promise<void> {
  const report = await axe.run(node, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } }, resultTypes: ['violations'] });
  expect(report.violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => n.html).join('\n')}`)).toEqual([]);
}
