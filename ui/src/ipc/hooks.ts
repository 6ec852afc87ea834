import {
  type InfiniteData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
} from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { createStore, useStore } from '@/store';
import { type AppState, commands, commandTags, type Filter, type ListKind, type ListQuery, type Tag, type Window } from './bindings';
import { call, type Outcome } from './call';
import { asCallError, type CallError } from './error';

type Commands = typeof commands;
export type CommandName = keyof Commands;
type Input<N extends CommandName> = Parameters<Commands[N]> extends [infer I] ? I : undefined;
type Output<N extends CommandName> = Awaited<ReturnType<Commands[N]>> extends Outcome<infer T> ? T : never;

/** Commands whose answer is a window of rows. */
type WindowName = { [N in CommandName]: Output<N> extends Window<unknown> ? (Input<N> extends ListQuery ? N : never) : never }[CommandName];
export type RowOf<N extends CommandName> = Output<N> extends Window<infer R> ? R : never;

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What an answer shows, as the core declares it. */
export function tagsOf(name: string): readonly Tag[] {
  const tags = commandTags as Record<string, readonly Tag[] | undefined>;
  return tags[snake(name)] ?? tags[name] ?? [];
}

function run<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
  const command = commands[name] as (input?: unknown) => Promise<Outcome<Output<N>>>;
  return call(input === undefined ? command() : command(input));
}

/**
 * Whose rows these are. Answers are kept under the profile that was open when they were asked for, so that no row of one
 * company is ever shown under the name of another.
 */
export const openProfile = createStore('');
const ofNoProfile = new Set<CommandName>(['appState', 'preferences', 'connectionTest']);

function useScope(name: CommandName): string {
  const profile = useStore(openProfile);
  return ofNoProfile.has(name) ? '' : profile;
}

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // Reads are local: cheap, and told to us when they change. Nothing is refetched by guessing.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        retry: (count, error) => count < 2 && asCallError(error).retryable,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  client.getQueryCache().subscribe((event) => {
    if (event.query.queryKey[0] !== 'appState') return;
    const app = event.query.state.data as AppState | undefined;
    if (app) openProfile.set(app.current?.id ?? '');
  });
  return client;
}

export interface Reading<T> {
  /** The last good answer; it stays while a newer one is asked for, and when that fails. */
  data: T | undefined;
  /** First answer not there yet. */
  loading: boolean;
  /** A newer answer is on its way, and `data` may belong to the question before. */
  refreshing: boolean;
  error: CallError | null;
  again: () => void;
}

/** Asks a command and keeps its answer fresh by the tags it shows. */
export function useCommand<N extends CommandName>(
  name: N,
  ...rest: Input<N> extends undefined ? [input?: undefined, options?: ReadOptions] : [input: Input<N>, options?: ReadOptions]
): Reading<Output<N>> {
  const [input, options] = rest as [Input<N>, ReadOptions | undefined];
  const scope = useScope(name);
  const query = useQuery<unknown>({
    queryKey: [name, input ?? null, scope],
    queryFn: () => run(name, input),
    enabled: options?.enabled ?? true,
    refetchInterval: options?.everyMs ?? false,
  });
  const last = useLastGood(query.data as Output<N> | undefined, options?.fresh ? JSON.stringify([scope, input]) : scope);
  const { refetch } = query;
  return {
    data: last,
    loading: query.isPending && last === undefined && (options?.enabled ?? true),
    refreshing: query.isFetching,
    error: query.error ? asCallError(query.error) : null,
    again: useCallback(() => void refetch(), [refetch]),
  };
}

/** How many rows of a list answer each question; `undefined` as long as one is not answered. */
export function useCounts(list: ListKind, questions: readonly { text: string; filters: Filter[] }[]): readonly (number | undefined)[] {
  const scope = useScope('listTotals');
  return useQueries({
    queries: questions.map((question) => {
      const input = { list, query: { ...question, sort: null, after: null, limit: 0 } };
      return { queryKey: ['listTotals', input, scope], queryFn: () => run('listTotals', input) };
    }),
    combine: (answers) => answers.map((answer) => answer.data?.matching),
  });
}

/** The last good answer of the same `place`: it stays while the next one is asked for, and when that fails. */
function useLastGood<T>(data: T | undefined, place: string): T | undefined {
  const [last, setLast] = useState({ data, place });
  const kept = data ?? (last.place === place ? last.data : undefined);
  if (kept !== last.data || last.place !== place) setLast({ data: kept, place });
  return kept;
}

export interface ReadOptions {
  enabled?: boolean;
  /** Do not show the answer to an earlier question: another record's page is not this one's. */
  fresh?: boolean;
  /** Ask again by the clock, for what no event tells. */
  everyMs?: number;
}

/** Rows that arrive window by window. What `DataTable` shows. */
export interface Rows<R> {
  rows: readonly R[];
  state: 'loading' | 'ready' | 'error';
  /** Rows are those of the last good answer. */
  error: CallError | null;
  refreshing: boolean;
  more: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  again: () => void;
}

const WINDOW_ROWS = 100;

/** A list, by keyset windows, never whole. Old rows stay until the new question is answered. */
export function useWindow<N extends WindowName>(
  name: N,
  query: Omit<ListQuery, 'after' | 'limit'>,
  options: { enabled?: boolean; limit?: number } = {},
): Rows<RowOf<N>> {
  const limit = options.limit ?? WINDOW_ROWS;
  type Page = Window<RowOf<N>>;
  const scope = useScope(name);
  const result = useInfiniteQuery<Page, unknown, InfiniteData<Page, string | null>, readonly unknown[], string | null>({
    queryKey: [name, query, scope, limit],
    queryFn: ({ pageParam }) => run(name, { ...query, after: pageParam, limit } as unknown as Input<N>) as unknown as Promise<Page>,
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    enabled: options.enabled ?? true,
  });
  const pages = useLastGood(result.data, scope)?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.rows) ?? [], [pages]);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = result;
  return {
    rows,
    state: pages ? (result.error ? 'error' : 'ready') : result.error ? 'error' : 'loading',
    error: result.error ? asCallError(result.error) : null,
    refreshing: result.isFetching && !isFetchingNextPage,
    more: Boolean(hasNextPage) && result.data !== undefined,
    loadingMore: isFetchingNextPage,
    loadMore: useCallback(() => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
    }, [fetchNextPage, hasNextPage, isFetchingNextPage]),
    again: useCallback(() => void refetch(), [refetch]),
  };
}

export interface Writing<N extends CommandName> {
  /** Answers with the output, or throws a `CallError`. */
  write: (...input: Input<N> extends undefined ? [] : [Input<N>]) => Promise<Output<N>>;
  busy: boolean;
  error: CallError | null;
  reset: () => void;
}

/** A command that changes something. What it changes is told by the core's own event, so nothing is guessed here. */
export function useWrite<N extends CommandName>(name: N): Writing<N> {
  const mutation = useMutation<Output<N>, unknown, Input<N>>({ mutationFn: (input) => run(name, input) });
  const { mutateAsync, reset } = mutation;
  const write = useCallback(
    async (...input: unknown[]) => {
      try {
        return await mutateAsync(input[0] as Input<N>);
      } catch (thrown) {
        throw asCallError(thrown);
      }
    },
    [mutateAsync],
  );
  return { write: write as Writing<N>['write'], busy: mutation.isPending, error: mutation.error ? asCallError(mutation.error) : null, reset };
}

/** Asks once, outside React's render: for the palette and for handlers. */
export { run as ask };

/** Marks every shown answer that carries one of the tags as old; the visible ones are asked again at once. */
export function invalidateTags(client: QueryClient, tags: ReadonlySet<Tag>): void {
  void client.invalidateQueries({
    predicate: (query) => tagsOf(String(query.queryKey[0])).some((tag) => tags.has(tag)),
  });
}
