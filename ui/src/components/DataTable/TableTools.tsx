import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconBaselineDensityMedium, IconBaselineDensitySmall, IconColumns2 } from '@tabler/icons-react';
import { setPref, setTablePrefs, usePref } from '@/app/prefs';
import { useT } from '@/app/i18n';
import { icon15 } from '../icon';
import type { Column } from './types';
import { setColumnVisible } from './useColumns';

/** Which columns are shown, and how high the rows are. Stands at the end of the filter bar. */
export function TableTools<R>({ id, columns }: { id: string; columns: readonly Column<R>[] }) {
  const t = useT('common');
  const kept = usePref('tables')[id];
  const density = usePref('density');
  const shown = (column: Column<R>) => kept?.visible?.[column.id] ?? !column.hidden;
  return (
    <>
      <Menu closeOnItemClick={false} position="bottom-end">
        <Menu.Target>
          <Tooltip label={t('table.columns')}>
            <ActionIcon aria-label={t('table.columns')}>
              <IconColumns2 {...icon15} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          {columns.map((column) => (
            <Menu.CheckboxItem key={column.id} checked={shown(column)} disabled={column.fixed ?? false} onChange={(visible) => setColumnVisible(id, column.id, visible)}>
              {column.header}
            </Menu.CheckboxItem>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setTablePrefs(id, { widths: {}, visible: {} })}>{t('table.resetColumns')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={density === 'dense' ? t('table.comfortable') : t('table.dense')}>
        <ActionIcon aria-label={t('table.density')} aria-pressed={density === 'comfortable'} onClick={() => setPref('density', density === 'dense' ? 'comfortable' : 'dense')}>
          {density === 'dense' ? <IconBaselineDensitySmall {...icon15} /> : <IconBaselineDensityMedium {...icon15} />}
        </ActionIcon>
      </Tooltip>
    </>
  );
}
