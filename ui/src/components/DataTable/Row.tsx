import { memo, type MouseEvent } from 'react';
import { Check } from './Check';
import type { PlacedColumn } from './useColumns';
import classes from './DataTable.module.css';

export interface RowProps<R> {
  row: R;
  id: string;
  index: number;
  top: number;
  height: number;
  placed: PlacedColumn<R>[];
  label: string;
  selectable: boolean;
  selected: boolean;
  active: boolean;
  open: boolean;
  clickable: boolean;
  onPress: (index: number, event: MouseEvent) => void;
  onToggle: (index: number, range: boolean) => void;
}

function RowView<R>(props: RowProps<R>) {
  const { row, id, index, top, height, placed, label, selectable, selected, active, open } = props;
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      className={classes.row}
      data-selected={selected || undefined}
      data-active={active || undefined}
      data-open={open || undefined}
      data-clickable={props.clickable || undefined}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={(event) => props.onPress(index, event)}
    >
      {selectable && (
        <div role="gridcell" style={{ display: 'flex' }}>
          <Check on={selected} label={label} onToggle={(range) => props.onToggle(index, range)} />
        </div>
      )}
      {placed.map(({ column, style }) => {
        const content = column.cell(row);
        return (
          <div
            key={column.id}
            role="gridcell"
            className={classes.cell}
            data-align={column.align}
            {...(column.tone ? { 'data-tone': column.tone } : {})}
            data-mono={column.mono || undefined}
            style={style}
          >
            {typeof content === 'string' || typeof content === 'number' ? (
              <span className={classes.text} title={String(content)}>
                {content}
              </span>
            ) : (
              content
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Drawn again only when something of this row changed. */
export const Row = memo(RowView) as typeof RowView;
