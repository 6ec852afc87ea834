import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Filter, ListQuery, Sort } from '@/ipc';
import { filterFromText, filterToText } from './filters';

/** What a list's address holds, so that a view can be shared, walked back to and kept. */
export interface ListSearch {
  /** Quick filter. */
  q?: string;
  /** Chips. */
  f?: string[];
  /** Order: a column, `-` in front for the largest first. */
  s?: string;
  /** Saved view. */
  v?: string;
  /** Row open in the drawer. */
  o?: string;
}

/** Takes any address: what cannot be understood is left out, never an error page. */
export function parseListSearch(raw: Record<string, unknown>): ListSearch {
  const text = (name: string) => (typeof raw[name] === 'string' || typeof raw[name] === 'number' ? String(raw[name]) : undefined);
  const f = Array.isArray(raw['f']) ? raw['f'].filter((x): x is string => typeof x === 'string' && filterFromText(x) !== null) : [];
  const out: ListSearch = {};
  const [q, s, v, o] = [text('q'), text('s'), text('v'), text('o')];
  if (q) out.q = q;
  if (f.length > 0) out.f = f;
  if (s && /^-?[a-z_0-9]+$/.test(s)) out.s = s;
  if (v) out.v = v;
  if (o) out.o = o;
  return out;
}

export interface ListView {
  id: string;
  label: string;
  filters?: readonly Filter[];
  text?: string;
  sort?: Sort;
  /** A person saved it, and may take it away. */
  saved?: boolean;
}

export interface ListState {
  text: string;
  filters: readonly Filter[];
  sort: Sort | null;
  view: string | undefined;
  /** Key of the row open in the drawer. */
  open: string | null;
  /** The question for `useWindow`. */
  query: Required<Omit<ListQuery, 'after' | 'limit'>>;
  setText: (text: string) => void;
  setFilters: (filters: readonly Filter[]) => void;
  setSort: (sort: Sort) => void;
  setView: (view: ListView) => void;
  setOpen: (key: string | null) => void;
  clear: () => void;
}

function sortText(sort: Sort): string {
  return `${sort.descending ? '-' : ''}${sort.column}`;
}

/** A list's filter, order, view and open row, kept in the address. */
export function useListState(fallback: { sort?: Sort } = {}): ListState {
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const change = useCallback(
    (next: ListSearch, replace = false) => {
      void navigate({
        to: '.',
        replace,
        search: ((before: ListSearch) => {
          const after: Record<string, unknown> = { ...before, ...next };
          for (const [name, value] of Object.entries(after)) if (value === undefined || value === '') delete after[name];
          return after;
        }) as never,
      });
    },
    [navigate],
  );
  const chips = search.f;
  const filters = useMemo(() => (chips ?? []).flatMap((text) => filterFromText(text) ?? []), [chips]);
  const fallbackSort = fallback.sort ? sortText(fallback.sort) : undefined;
  const sortKey = search.s ?? fallbackSort;
  const sort = useMemo<Sort | null>(
    () => (sortKey ? { column: sortKey.replace(/^-/, ''), descending: sortKey.startsWith('-') } : null),
    [sortKey],
  );
  const text = search.q ?? '';
  const query = useMemo(
    () => ({ text, filters: filters.filter((f) => f.values.length > 0), sort }),
    [text, filters, sort],
  );
  const undefinedOr = <V,>(value: V | '' | null): V | undefined => (value === '' || value === null ? undefined : value);
  return {
    text, filters, sort, query,
    view: search.v,
    open: search.o ?? null,
    setText: (next) => change({ q: undefinedOr(next) as string }, true),
    setFilters: (next) => change({ f: next.length > 0 ? next.map(filterToText) : (undefined as never) }),
    setSort: (next) => change({ s: sortText(next) }, true),
    setView: (view) =>
      change({
        v: view.id,
        f: view.filters && view.filters.length > 0 ? view.filters.map(filterToText) : (undefined as never),
        q: (view.text ?? undefined) as never,
        s: (view.sort ? sortText(view.sort) : undefined) as never,
        o: undefined as never,
      }),
    setOpen: (key) => change({ o: undefinedOr(key) as string }, true),
    clear: () => change({ q: undefined as never, f: undefined as never }),
  };
}
