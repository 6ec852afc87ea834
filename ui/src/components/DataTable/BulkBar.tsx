import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '@/app/i18n';
import { formatCount } from '../format';
import { Keys } from '../Keys';
import { Check } from './Check';
import classes from './DataTable.module.css';

export interface BulkBarProps {
  count: number;
  /** What it concerns: "3 customers · €47.60 / mo". */
  about?: ReactNode;
  /** `BulkAction`s. */
  children: ReactNode;
  /** How many match in all, and the way to choose them. */
  total?: number;
  onSelectAll?: () => void;
  onClear: () => void;
}

/** Docked between rows and totals; it covers no row. */
export function BulkBar({ count, about, children, total, onSelectAll, onClear }: BulkBarProps) {
  const t = useT('common');
  const all = total !== undefined && count >= total;
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('bulk.label')}>
      <div style={{ marginInlineStart: -20, marginInlineEnd: -6, height: '100%', display: 'flex' }}>
        <Check on={all || 'some'} label={t('bulk.clear')} onToggle={onClear} tabStop />
      </div>
      <span className={classes.bulkCount}>{all ? t('bulk.allSelected', { count }) : t('bulk.selected', { count })}</span>
      {about && <span className={classes.bulkLink}>{about}</span>}
      <div className={classes.bulkActions}>{children}</div>
      <div className={classes.bulkEnd}>
        {onSelectAll && total !== undefined && !all && (
          <Button variant="subtle" onClick={onSelectAll}>
            {t('bulk.selectAll', { n: formatCount(total) })}
          </Button>
        )}
        <Button variant="subtle" onClick={onClear} rightSection={<Keys keys="Escape" />}>
          {t('bulk.clear')}
        </Button>
      </div>
    </div>
  );
}
