import { Select } from '@mantine/core';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { FieldShell, type ListState, WriteFile } from '@/components';
import { ask, type ExportFormat } from '@/ipc';

const formats = ['jsonl', 'csv', 'har'] as const satisfies readonly ExportFormat[];

/** Writes what the present filter shows to a file. */
export function ExportDialog({ query, onClose }: { query: ListState['query']; onClose: () => void }) {
  const t = useT('log');
  const [format, setFormat] = useState<ExportFormat>('jsonl');
  return (
    <WriteFile
      title={t('export.title')}
      text={t('export.text')}
      job="log:export"
      name={`rackdesk-log.${format}`}
      things={(count, n) => t('export.things', { count, n })}
      write={(path) => ask('logExport', { query: { ...query, filters: [...query.filters], after: null, limit: 0 }, format, path })}
      stop={() => ask('logExportStop', undefined)}
      onClose={onClose}
    >
      <FieldShell label={t('export.format')}>
        <Select aria-label={t('export.format')} allowDeselect={false} comboboxProps={{ withinPortal: true, zIndex: 400 }} value={format} onChange={(next) => next && setFormat(next as ExportFormat)} data={formats.map((value) => ({ value, label: t(`export.${value}`) }))} />
      </FieldShell>
    </WriteFile>
  );
}
