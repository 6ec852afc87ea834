import type { ReactNode } from 'react';
import type { Rows, Sort } from '@/ipc';

/** A column. Widths are a start: what is over is shared out, and a person may drag any edge. */
export interface Column<R> {
  id: string;
  header: string;
  width: number;
  cell: (row: R) => ReactNode;
  /** Share of the room left over; none when absent, unless no column of the list asks for any. */
  grow?: number;
  align?: 'start' | 'end';
  /** The core can order by it; the value is the first direction. */
  sort?: 'up' | 'down';
  /** Shown only when a person asks for it. */
  hidden?: boolean;
  /** Identity columns cannot be hidden. */
  fixed?: boolean;
  /** Names are 500, neighbours `text2`, asides `text3`. */
  tone?: 'name' | 'text' | 'second' | 'third';
  mono?: boolean;
  /** Width of its skeleton bar, in per cent. */
  skeleton?: number;
}

export interface DataTableProps<R> {
  /** Under this name widths and hidden columns are kept. */
  id: string;
  /** What the table holds, for screen readers. */
  label: string;
  columns: readonly Column<R>[];
  source: Rows<R>;
  rowKey: (row: R) => string;
  /** What a screen reader and the checkbox call the row. */
  rowLabel?: (row: R) => string;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Chosen rows; leaving it out takes the checkboxes away. */
  selection?: ReadonlySet<string>;
  onSelection?: (keys: ReadonlySet<string>) => void;
  /** Selects all that match, also what is not loaded. */
  onSelectAll?: () => void;
  /** Enter or a click. */
  onOpen?: (row: R) => void;
  /** The row open in the drawer. */
  openKey?: string | null;
  /** Docked between rows and totals while something is selected. */
  bulk?: ReactNode;
  /** Cells of the totals row by column; `label` starts at the first column. */
  totals?: { label: ReactNode; cells?: Readonly<Record<string, ReactNode>> };
  /** Shown instead of rows when there are none. */
  empty?: ReactNode;
  /** Rows of the last good answer, dimmed. */
  dim?: boolean;
  /** Share done of a job that fills the table; `true` when unknown. */
  progress?: number | boolean;
  /** 30 in the log. */
  rowHeight?: number;
  /** Rows that came while somebody reads wait here: "12 new". */
  waiting?: { count: number; show: () => void };
  /** Called with the first and last row on the screen, for "rows 1–22". */
  onRange?: (first: number, last: number) => void;
}
