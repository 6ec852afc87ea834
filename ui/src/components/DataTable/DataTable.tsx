import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useId, useRef } from 'react';
import { usePref } from '@/app/prefs';
import { useT } from '@/app/i18n';
import { heights } from '@/app/theme/tokens';
import { icon14 } from '../icon';
import { Head } from './Head';
import { Row } from './Row';
import type { DataTableProps } from './types';
import { type PlacedColumn, useColumns } from './useColumns';
import { useGrid } from './useGrid';
import classes from './DataTable.module.css';

/** Ask for the next window this many rows before the end is seen. */
const AHEAD = 40;
const SKELETONS = 24;

/**
 * The table of the whole program: windows of rows from the core, virtual, by keyboard and mouse. The grid keeps the
 * focus and names its active row, so that a row that scrolls out of the document takes no focus with it.
 */
export function DataTable<R>(props: DataTableProps<R>) {
  const { source, rowKey, selection, onSelection, openKey, dim = false, progress } = props;
  const t = useT('common');
  const base = useId();
  const frame = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const gridElement = useRef<HTMLDivElement>(null);
  const density = usePref('density');
  const height = props.rowHeight ?? (density === 'dense' ? heights.rowDense : heights.rowComfortable);
  const { placed, minWidth } = useColumns(props.id, props.columns);
  const rows = source.rows;
  const docked = (props.totals ? heights.totalsRow : 0) + (props.bulk ? heights.bulkBar : 0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 12,
    // Rows are there at the first paint; the true height follows at once.
    initialRect: { width: 1200, height: 900 },
    scrollMargin: heights.tableHead,
    scrollPaddingStart: heights.tableHead,
    scrollPaddingEnd: docked + 4,
    getItemKey: (index) => rowKey(rows[index] as R),
  });
  // Rows change their height with the density.
  useEffect(() => virtual.measure(), [virtual, height]);
  const scrollTo = useCallback((index: number) => virtual.scrollToIndex(index, { align: 'auto' }), [virtual]);
  const grid = useGrid(props, frame, scrollTo);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;

  const { more, loadMore } = source;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) loadMore();
  }, [more, last, rows.length, loadMore]);
  const { onRange } = props;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);

  // Whoever opens a list can use the keys at once.
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) gridElement.current?.focus({ preventScroll: true });
  }, []);

  const chosen = selection === undefined ? undefined : selection.size === 0 ? false : rows.length > 0 && rows.every((r) => selection.has(rowKey(r))) ? true : 'some';
  const rowId = (key: string) => `${base}${key}`;
  const nothing = rows.length === 0 && source.state !== 'loading';

  return (
    <div className={classes.frame} ref={frame} data-dim={dim || undefined} data-checks={onSelection ? true : undefined}>
      {progress !== undefined && progress !== false && (
        <div className={classes.line} data-unknown={progress === true || undefined} style={typeof progress === 'number' ? ({ '--done': progress } as React.CSSProperties) : {}} />
      )}
      {props.waiting && props.waiting.count > 0 && (
        <div className={classes.waiting}>
          <Button size="xs" leftSection={<IconArrowUp {...icon14} />} onClick={props.waiting.show}>
            {t('table.newRows', { count: props.waiting.count })}
          </Button>
        </div>
      )}
      <div ref={scroll} className={classes.scroll}>
        <div className={classes.inner} style={{ minWidth: `max(100%, ${minWidth + (onSelection ? 40 : 0)}px)` }}>
          <div
            ref={gridElement}
            className={classes.grid}
            role="grid"
            aria-label={props.label}
            aria-rowcount={more ? -1 : rows.length + 1}
            aria-colcount={placed.length + (onSelection ? 1 : 0)}
            aria-multiselectable={onSelection ? true : undefined}
            aria-busy={source.state === 'loading' || source.refreshing}
            aria-activedescendant={grid.activeKey !== null && grid.activeIndex >= first && grid.activeIndex <= last ? rowId(grid.activeKey) : undefined}
            tabIndex={0}
          >
          <Head placed={placed} sort={props.sort} onSort={props.onSort} chosen={onSelection ? (chosen ?? false) : undefined} onToggleAll={grid.toggleAll} />
          {source.state === 'loading' && rows.length === 0 ? (
            <Skeletons placed={placed} height={height} checks={Boolean(onSelection)} />
          ) : nothing ? (
            <div role="rowgroup">
              <div role="row">
                <div role="gridcell" className={classes.empty}>
                  {/* Whoever could not look must not say that there is nothing. */}
                  {source.state === 'error' ? null : props.empty}
                </div>
              </div>
            </div>
          ) : (
            <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
              {items.map((item) => {
                const row = rows[item.index] as R;
                const key = rowKey(row);
                return (
                  <Row
                    key={key}
                    id={rowId(key)}
                    row={row}
                    index={item.index}
                    top={item.start - heights.tableHead}
                    height={height}
                    placed={placed}
                    label={props.rowLabel?.(row) ?? t('table.selectRow')}
                    selectable={Boolean(onSelection)}
                    selected={selection?.has(key) ?? false}
                    active={grid.activeKey === key}
                    open={openKey === key}
                    clickable={Boolean(props.onOpen)}
                    onPress={grid.onPress}
                    onToggle={grid.onToggle}
                  />
                );
              })}
            </div>
          )}
          {source.loadingMore && <Skeletons placed={placed} height={height} checks={Boolean(onSelection)} count={2} />}
          </div>
          <div className={classes.filler} />
          {(props.bulk || props.totals) && (
            <div className={classes.dock}>
              {props.bulk}
              {props.totals && (
                <div className={classes.totals}>
                  <div className={classes.totalsLabel}>{props.totals.label}</div>
                  {onSelection && <span className={classes.checkGap} />}
                  {placed.map(({ column, style }) => (
                    <div key={column.id} className={classes.cell} data-align={column.align} style={style}>
                      {props.totals?.cells?.[column.id]}
                    </div>
                  ))}
                </div>
              )}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** Rows that are not there yet: header, filters and columns stand already, only cells wait. */
function Skeletons<R>({ placed, height, checks, count = SKELETONS }: { placed: PlacedColumn<R>[]; height: number; checks: boolean; count?: number }) {
  const t = useT('common');
  return (
    <div role="rowgroup" aria-label={t('table.loading')} className={`${classes.body} ${classes.bones}`} style={{ height: count * height }}>
      {Array.from({ length: count }, (_, index) => (
        // Bones have no identity.
        // eslint-disable-next-line react/no-array-index-key
        <div key={index} role="row" className={classes.row} style={{ height, transform: `translateY(${index * height}px)` }}>
          {checks && (
            <span className={classes.check} role="gridcell">
              <span className={classes.box} />
            </span>
          )}
          {placed.map(({ column, style }, at) => (
            <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align} style={style}>
              <div className={classes.bone} style={{ width: `${column.skeleton ?? 52 + ((index * 37 + at * 23) % 34)}%` }} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
