import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { Sort } from '@/ipc';
import { useT } from '@/app/i18n';
import { Check } from './Check';
import type { PlacedColumn } from './useColumns';
import classes from './DataTable.module.css';

export interface HeadProps<R> {
  placed: PlacedColumn<R>[];
  sort: Sort | null | undefined;
  onSort: ((sort: Sort) => void) | undefined;
  chosen: boolean | 'some' | undefined;
  onToggleAll: () => void;
}

export function Head<R>({ placed, sort, onSort, chosen, onToggleAll }: HeadProps<R>) {
  const t = useT('common');
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" aria-rowindex={1} style={{ display: 'flex', flex: 1 }}>
        {chosen !== undefined && (
          <div role="columnheader" aria-label={t('table.selectAll')} style={{ display: 'flex' }}>
            <Check on={chosen} label={t('table.selectAll')} onToggle={onToggleAll} tabStop />
          </div>
        )}
        {placed.map((place) => {
          const { column } = place;
          const sorted = sort?.column === column.id;
          const ascending = sorted && !sort?.descending;
          const press = () => onSort?.({ column: column.id, descending: sorted ? ascending : column.sort === 'down' });
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={sorted ? (ascending ? 'ascending' : 'descending') : column.sort && onSort ? 'none' : undefined}
              className={classes.headCell}
              data-align={column.align}
              style={place.style}
            >
              {column.sort && onSort ? (
                <button
                  type="button"
                  className={classes.sort}
                  data-sorted={sorted || undefined}
                  onClick={press}
                  onKeyDown={(event) => {
                    if (!event.shiftKey || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
                    event.preventDefault();
                    event.stopPropagation();
                    place.resizeBy(event.key === 'ArrowRight' ? 16 : -16);
                  }}
                >
                  <span>{column.header}</span>
                  {sorted && (ascending ? <IconArrowUp size={12} stroke={2} aria-hidden /> : <IconArrowDown size={12} stroke={2} aria-hidden />)}
                </button>
              ) : (
                <span className={classes.headText}>{column.header}</span>
              )}
              <span
                aria-hidden
                className={classes.resize}
                data-on={place.resizing || undefined}
                title={t('table.resize', { column: column.header })}
                onMouseDown={place.startResize}
                onTouchStart={place.startResize}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
