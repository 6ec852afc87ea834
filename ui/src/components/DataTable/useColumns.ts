import {
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import { prefs, setTablePrefs } from '@/app/prefs';
import { useStore } from '@/store';
import type { Column } from './types';

const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnVisibilityFeature });
const noRows: never[] = [];
/** A column gives up to a seventh of its width before the table scrolls sideways. */
const GIVES = 0.86;

export interface PlacedColumn<R> {
  column: Column<R>;
  /** Room of the cell: shared out and given up a little, but what a person dragged stays as dragged. */
  style: { flex: string; minWidth: number };
  width: number;
  resizing: boolean;
  startResize: (event: unknown) => void;
  resizeBy: (pixels: number) => void;
}

/** Widths and visibility of a table's columns, kept under the table's name. */
export function useColumns<R>(id: string, columns: readonly Column<R>[]): { placed: PlacedColumn<R>[]; minWidth: number } {
  const kept = useStore(prefs, (all) => all.tables[id]);
  const defs = useMemo(
    () => columns.map((c) => ({ id: c.id, size: c.width, minSize: 48, maxSize: 900, enableHiding: !c.fixed, header: c.header })),
    [columns],
  );
  const hiddenAtFirst = useMemo(() => Object.fromEntries(columns.filter((c) => c.hidden).map((c) => [c.id, false])), [columns]);
  const visible = useMemo(() => ({ ...hiddenAtFirst, ...kept?.visible }), [hiddenAtFirst, kept?.visible]);
  const sizing = useMemo(() => kept?.widths ?? {}, [kept?.widths]);
  const table = useTable({
    features,
    data: noRows,
    columns: defs,
    columnResizeMode: 'onChange',
    columnResizeDirection: document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr',
    state: { columnVisibility: visible, columnSizing: sizing },
    onColumnSizingChange: (update) => {
      const next = typeof update === 'function' ? update(prefs.get().tables[id]?.widths ?? {}) : update;
      // A width that was never dragged is not ours to keep.
      setTablePrefs(id, { widths: next });
    },
  });
  const byId = useMemo(() => new Map(columns.map((c) => [c.id, c])), [columns]);
  const headers = table.getHeaderGroups()[0]?.headers;
  const resizing = table.state.columnResizing.isResizingColumn;
  // Rows are drawn again only when this list is another one.
  return useMemo(() => {
    const shared = columns.every((c) => !c.grow);
    const placed = (headers ?? []).flatMap((header): PlacedColumn<R>[] => {
      const column = byId.get(header.column.id);
      if (!column) return [];
      const dragged = sizing[column.id];
      const width = dragged ?? column.width;
      // Columns that ask for the spare width get it; a list in which none asks shares it by width.
      const grow = column.grow ?? (shared ? column.width : 0);
      const least = dragged ?? Math.round(width * GIVES);
      return [
        {
          column,
          width,
          style: { flex: dragged === undefined ? `${grow} 1 ${width}px` : `0 0 ${width}px`, minWidth: least },
          resizing: resizing === column.id,
          startResize: header.getResizeHandler(),
          resizeBy: (pixels) => setTablePrefs(id, { widths: { ...sizing, [column.id]: Math.max(48, width + pixels) } }),
        },
      ];
    });
    return { placed, minWidth: placed.reduce((sum, p) => sum + p.style.minWidth, 0) };
  }, [headers, columns, byId, sizing, resizing, id]);
}

/** Shows or hides a column. */
export function setColumnVisible(id: string, column: string, visible: boolean): void {
  setTablePrefs(id, { visible: { ...prefs.get().tables[id]?.visible, [column]: visible } });
}

