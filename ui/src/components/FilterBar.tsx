import { Menu } from '@mantine/core';
import { IconFilter, IconPlus, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import type { Filter } from '@/ipc';
import { FilterChip } from './FilterChip';
import { type FilterField, opsFor } from './filters';
import { formatCount } from './format';
import { icon14 } from './icon';
import { Keys } from './Keys';
import classes from './lists.module.css';

export interface FilterBarProps {
  text: string;
  onText: (text: string) => void;
  placeholder: string;
  fields: readonly FilterField[];
  filters: readonly Filter[];
  onFilters: (filters: readonly Filter[]) => void;
  /** "n of m". */
  count?: { matching: number; all: number } | undefined;
  /** Instead of the counts: time left of a first copy. */
  note?: ReactNode;
  /** Full-text search instead of a filter: another icon, and how long it took. */
  search?: { ms?: number | undefined };
  /** Columns, density, export. */
  tools?: ReactNode;
}

const TYPING_MS = 160;

/** Quick filter with `/`, chips, `+ Filter`, counts and tools. */
export function FilterBar(props: FilterBarProps) {
  const t = useT('common');
  const shell = useT('shell');
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(props.text);
  const [fresh, setFresh] = useState<string | null>(null);
  const { onText } = props;
  // The list is asked when the fingers rest; a change from outside (a view, Clear) replaces what is typed.
  const told = useRef(props.text);
  useEffect(() => {
    if (props.text !== told.current) {
      told.current = props.text;
      setTyped(props.text);
    }
  }, [props.text]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      onText(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, onText]);

  useKeys(shell('keys.table'), [{ keys: '/', label: shell('keys.filter'), run: () => (input.current?.focus(), input.current?.select()) }]);

  const used = new Set(props.filters.map((f) => f.field));
  const put = (filter: Filter) => {
    const at = props.filters.findIndex((f) => f.field === filter.field);
    props.onFilters(at < 0 ? [...props.filters, filter] : props.filters.map((f, i) => (i === at ? filter : f)));
  };
  const drop = (field: string) => props.onFilters(props.filters.filter((f) => f.field !== field));
  const shown = props.fields.filter((field) => field.pinned || used.has(field.field) || fresh === field.field);
  const addable = props.fields.filter((field) => !shown.includes(field));

  return (
    <div className={classes.bar} role="search" aria-label={t('filter.label')}>
      <div className={classes.quick}>
        {props.search ? <IconSearch size={15} stroke={1.75} aria-hidden /> : <IconFilter size={15} stroke={1.75} aria-hidden />}
        <input
          ref={input}
          type="text"
          spellCheck={false}
          autoComplete="off"
          aria-label={t('filter.quick')}
          aria-keyshortcuts="/"
          placeholder={props.placeholder}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.preventDefault();
              if (typed !== '') setTyped('');
              else event.currentTarget.blur();
            } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
              event.preventDefault();
              event.currentTarget.blur();
            }
          }}
        />
        <span className={classes.quickEnd}>
          {props.search?.ms !== undefined && typed !== '' && <span>{t('unit.millisecond', { n: props.search.ms })}</span>}
          <Keys keys="/" />
        </span>
      </div>
      {shown.map((field) => {
        const filter = props.filters.find((f) => f.field === field.field);
        const isNew = fresh === field.field;
        return (
          <FilterChip
            key={field.field}
            field={field}
            filter={filter ?? { field: field.field, op: opsFor(field)[0] ?? 'is', values: [] }}
            startOpen={isNew}
            onClosed={() => isNew && setFresh(null)}
            onChange={(next) => (next.values.length === 0 && field.pinned ? drop(field.field) : put(next))}
            {...(field.pinned && !filter ? {} : { onRemove: () => (drop(field.field), setFresh(null)) })}
          />
        );
      })}
      {addable.length > 0 && (
        <Menu>
          <Menu.Target>
            <button type="button" className={classes.add}>
              <IconPlus {...icon14} />
              {t('filter.add')}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {addable.map((field) => (
              <Menu.Item key={field.field} onClick={() => setFresh(field.field)}>
                {field.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <div className={classes.barEnd}>
        <span>{props.note ?? (props.count ? t('table.count', { matching: formatCount(props.count.matching), all: formatCount(props.count.all) }) : '')}</span>
        {props.tools}
      </div>
    </div>
  );
}
