import { type MouseEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useLatest } from '@/useLatest';
import type { DataTableProps } from './types';

/** Which row is active, which are chosen, and what the keys do to both. */
export function useGrid<R>(props: DataTableProps<R>, frame: React.RefObject<HTMLElement | null>, scrollTo: (index: number) => void) {
  const t = useT('shell');
  const { source, rowKey, selection, onSelection, onOpen, openKey } = props;
  const rows = source.rows;
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  const activeIndex = activeKey === null ? -1 : rows.findIndex((row) => rowKey(row) === activeKey);
  const openIndex = openKey == null ? -1 : rows.findIndex((row) => rowKey(row) === openKey);

  const activate = useCallback(
    (index: number) => {
      const row = rows[index];
      if (!row) return;
      setActiveKey(rowKey(row));
      scrollTo(index);
    },
    [rows, rowKey, scrollTo],
  );

  // The drawer may be walked from elsewhere; the list follows it.
  useEffect(() => {
    if (openIndex >= 0) activate(openIndex);
    // Only a newly opened row moves the list, not each answer that arrives.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [openKey]);

  const toggle = useCallback(
    (index: number, range: boolean) => {
      const row = rows[index];
      if (!row || !selection || !onSelection) return;
      const key = rowKey(row);
      const next = new Set(selection);
      const from = anchor.current === null ? -1 : rows.findIndex((r) => rowKey(r) === anchor.current);
      if (range && from >= 0) {
        for (let i = Math.min(from, index); i <= Math.max(from, index); i++) next.add(rowKey(rows[i] as R));
      } else {
        if (next.has(key)) next.delete(key);
        else next.add(key);
        anchor.current = key;
      }
      onSelection(next);
    },
    [rows, rowKey, selection, onSelection],
  );

  const move = (by: number, extend = false) => {
    if (rows.length === 0) return;
    const from = activeIndex < 0 ? (by > 0 ? -1 : rows.length) : activeIndex;
    const to = Math.max(0, Math.min(rows.length - 1, from + by));
    if (extend && selection && onSelection) {
      if (anchor.current === null && activeKey !== null) anchor.current = activeKey;
      toggle(to, true);
    }
    activate(to);
  };
  const open = (index: number) => {
    const row = rows[index];
    if (row) onOpen?.(row);
  };
  const walk = (by: number) => {
    if (openIndex >= 0) open(Math.max(0, Math.min(rows.length - 1, openIndex + by)));
    else move(by);
  };
  const toggleAll = () => {
    if (!onSelection) return;
    const all = rows.length > 0 && rows.every((row) => selection?.has(rowKey(row)));
    onSelection(all ? new Set() : new Set(rows.map(rowKey)));
  };

  /** Keys belong to the table while nothing else has the focus. */
  const mine = (event: KeyboardEvent, plain = false): boolean => {
    const target = event.target;
    if (!(target instanceof HTMLElement) || target === document.body) return true;
    if (!frame.current?.contains(target)) return false;
    return !plain || !target.closest('button, a, input, [role=checkbox], [role=menuitem]');
  };
  const here = (event: KeyboardEvent) => mine(event);
  const plain = (event: KeyboardEvent) => mine(event, true);

  useKeys(t('keys.table'), [
    { keys: 'ArrowDown', and: 'ArrowUp', label: t('keys.move'), run: () => move(1), when: here },
    { keys: 'ArrowUp', run: () => move(-1), when: here },
    { keys: 'PageDown', run: () => move(15), when: here },
    { keys: 'PageUp', run: () => move(-15), when: here },
    { keys: 'Home', run: () => activate(0), when: here },
    { keys: 'End', run: () => activate(rows.length - 1), when: here },
    { keys: 'Enter', label: t('keys.open'), run: () => open(activeIndex), disabled: !onOpen || activeIndex < 0, when: plain },
    { keys: 'j', and: 'k', label: t('keys.walk'), run: () => walk(1) },
    { keys: 'k', run: () => walk(-1) },
    { keys: 'Space', label: t('keys.select'), run: () => toggle(activeIndex, false), disabled: !onSelection || activeIndex < 0, when: plain },
    { keys: 'shift+Space', run: () => toggle(activeIndex, true), disabled: !onSelection || activeIndex < 0, when: plain },
    { keys: 'shift+ArrowDown', and: 'shift+ArrowUp', label: t('keys.extend'), run: () => move(1, true), disabled: !onSelection, when: here },
    { keys: 'shift+ArrowUp', run: () => move(-1, true), disabled: !onSelection, when: here },
    { keys: 'mod+a', run: () => (props.onSelectAll ? props.onSelectAll() : toggleAll()), disabled: !onSelection, when: here },
    { keys: 'Escape', run: () => onSelection?.(new Set()), disabled: !onSelection || (selection?.size ?? 0) === 0 || openKey != null },
  ]);

  // Rows hold on to these: they must not be other functions each time the grid is drawn.
  const latest = useLatest({ toggle, activate, open });
  const onToggle = useCallback((index: number, range: boolean) => latest.current.toggle(index, range), [latest]);
  const onPress = useCallback(
    (index: number, event: MouseEvent) => {
      if ((event.target as HTMLElement).closest('a, button, input')) return;
      if (window.getSelection()?.toString()) return;
      latest.current.activate(index);
      if (event.shiftKey || event.ctrlKey || event.metaKey) latest.current.toggle(index, event.shiftKey);
      else latest.current.open(index);
    },
    [latest],
  );
  return { activeKey, activeIndex, onToggle, onPress, toggleAll };
}
