import type { ReactNode } from 'react';
import classes from './RowsTable.module.css';

/** A few rows inside a block, edge to edge: no columns to drag, no window of its own. An empty head is one of buttons. */
export function RowsTable({ head, className, children }: { head: readonly string[]; className?: string | undefined; children: ReactNode }) {
  return (
    <table className={className === undefined ? classes.rows : `${classes.rows} ${className}`}>
      <thead>
        <tr>
          {head.map((title) =>
            title === '' ? (
              <td key="" />
            ) : (
              <th key={title} scope="col">
                {title}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
