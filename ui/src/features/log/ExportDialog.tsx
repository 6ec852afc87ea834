import { Button, Select } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { toast } from '@/app/toasts/toasts';
import { useDraft } from '@/app/useDraft';
import { ActionButton, Dialog, ErrorStrip, Field, FieldShell, Keys, type ListState } from '@/components';
import { ask, asCallError, type CallError, chooseFile, type ExportFormat } from '@/ipc';
import classes from './log.module.css';

const formats = ['jsonl', 'csv', 'har'] as const satisfies readonly ExportFormat[];

/** Writes what the present filter shows to a file. */
export function ExportDialog({ query, onClose }: { query: ListState['query']; onClose: () => void }) {
  const t = useT('log');
  const common = useT('common');
  const [format, setFormat] = useState<ExportFormat>('jsonl');
  const path = useDraft('log.export.path', '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const why = path.value.trim() === '' ? t('export.missing') : undefined;
  const run = () => {
    if (why || busy) return;
    setBusy(true);
    setError(null);
    ask('logExport', { query: { ...query, filters: [...query.filters], after: null, limit: 0 }, format, path: path.value.trim() })
      .then((file) => {
        toast({ look: 'done', title: t('export.done', { count: file.entries }), detail: file.path });
        onClose();
      })
      .catch((thrown: unknown) => {
        setBusy(false);
        setError(asCallError(thrown));
      });
  };
  const choose = () => void chooseFile(`rackdesk-log.${format}`).then((file) => file && path.set(file));
  const title = t('export.title');
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: t('export.write'), run, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false}>
      <div className={classes.export}>
        <h2>{title}</h2>
        <p>{t('export.text')}</p>
        {error && <ErrorStrip error={error} />}
        <FieldShell label={t('export.format')}>
          <Select aria-label={t('export.format')} allowDeselect={false} comboboxProps={{ withinPortal: true, zIndex: 400 }} value={format} onChange={(next) => next && setFormat(next as ExportFormat)} data={formats.map((value) => ({ value, label: t(`export.${value}`) }))} />
        </FieldShell>
        <div className={classes.exportPath}>
          <Field data-autofocus mono label={t('export.path')} help={t('export.pathHelp')} value={path.value} onChange={(event) => path.set(event.currentTarget.value)} />
          {chooseFile.possible() && <ActionButton action={{ id: 'choose', label: t('export.choose'), icon: IconFolderOpen, run: choose }} />}
        </div>
        <div className={classes.exportButtons}>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton look="primary" busy={busy} action={{ id: 'write', label: t('export.write'), keys: 'mod+Enter', disabled: why, run }} />
        </div>
      </div>
    </Dialog>
  );
}
