import type { ReactNode } from 'react';
import classes from './parts.module.css';

export interface Fact {
  label: string;
  value: ReactNode;
}

/** Facts as label and value, 104 or 136 wide labels. `ruled` parts them by hairlines, edge to edge. */
export function KeyValue({ facts, labelWidth = 104, ruled = false }: { facts: readonly Fact[]; labelWidth?: number; ruled?: boolean }) {
  return (
    <dl className={classes.kv} style={{ '--kv-label': `${labelWidth + (ruled ? 20 : 0)}px` } as React.CSSProperties} data-ruled={ruled || undefined}>
      {facts.map((fact) => (
        <div key={fact.label} style={{ display: 'contents' }}>
          <dt>{fact.label}</dt>
          <dd className="rd-select">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
