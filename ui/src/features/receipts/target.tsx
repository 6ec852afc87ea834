import { Link } from '@tanstack/react-router';
import { wordOf } from '@/components';
import type { ReceiptRow } from '@/ipc';
import classes from './receipts.module.css';

export const kindWord = (kind: string): string => wordOf(`phrases:kind.${kind}`, kind);

/** What it was about, as a link where there is a page for it. */
export function Target({ row, tabIndex }: { row: ReceiptRow; tabIndex?: number }) {
  const shown = row.target_name || `#${row.target_id}`;
  const to = row.target_kind === 'service' ? '/services/$id' : row.target_kind === 'instance' ? '/servers/$id' : null;
  if (to === null) return <span title={shown}>{shown}</span>;
  return (
    <Link to={to} params={{ id: String(row.target_id) }} title={shown} className={classes.link} {...(tabIndex === undefined ? {} : { tabIndex })}>
      {shown}
    </Link>
  );
}
