import type { ReactNode } from 'react';
import classes from './parts.module.css';

export interface PageHeaderProps {
  title: ReactNode;
  /** Quiet figure after the title. */
  count?: ReactNode;
  /** The state pill of a record page. */
  beside?: ReactNode;
  /** Freshness, at the right. */
  fresh?: ReactNode;
  /** The one primary button and its neighbours. */
  actions?: ReactNode;
  /** Facts under the title, parted by hairlines. */
  facts?: ReactNode;
}

/** Title, count, freshness, then the one primary button. */
export function PageHeader({ title, count, beside, fresh, actions, facts }: PageHeaderProps) {
  return (
    <header className={classes.pageHeader}>
      <div className={classes.header}>
        <h1 className={classes.title}>
          <span>{title}</span>
          {count !== undefined && <span className={classes.count}>{count}</span>}
        </h1>
        {beside && <div className={classes.beside}>{beside}</div>}
        <div className={classes.right}>
          {fresh}
          {actions && <div className={classes.actions}>{actions}</div>}
        </div>
      </div>
      {facts && <div className={classes.facts}>{facts}</div>}
    </header>
  );
}
