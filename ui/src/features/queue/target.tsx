import { Link } from '@tanstack/react-router';
import { wordOf } from '@/components';
import type { ActionRow } from '@/ipc';
import classes from './queue.module.css';

export const kindWord = (kind: string): string => wordOf(`phrases:kind.${kind}`, kind);

/** What an action is about, as a link where there is a page for it. */
export function TargetLink({ row, quiet = false }: { row: Pick<ActionRow, 'target'>; quiet?: boolean }) {
  const { target } = row;
  const style = quiet ? { className: classes.quietLink, tabIndex: -1 } : {};
  if (target.kind === 'service') {
    return (
      <Link to="/services/$id" params={{ id: String(target.id) }} title={target.name} {...style}>
        {target.name || target.id}
      </Link>
    );
  }
  if (target.kind !== 'instance' && target.kind !== 'server') return <span title={target.name}>{target.name || target.id}</span>;
  return (
    <Link to="/servers/$id" params={{ id: String(target.id) }} title={target.name} {...style}>
      {target.name || target.id}
    </Link>
  );
}
