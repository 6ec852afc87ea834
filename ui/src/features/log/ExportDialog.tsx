import { Button, Select } from '@mantine/core';
import { IconFolderOpen, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { toast } from '@/app/toasts/toasts';
import { useDraft } from '@/app/useDraft';
import { ActionButton, Dialog, ErrorStrip, errorText, Field, FieldShell, formatCount, Keys, type ListState } from '@/components';
import { ask, asCallError, type CallError, chooseFile, type ExportFormat, progress } from '@/ipc';
import { useStore } from '@/store';
import classes from './log.module.css';

const formats = ['jsonl', 'csv', 'har'] as const satisfies readonly ExportFormat[];

function failed(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** Writes what the present filter shows to a file. */
export function ExportDialog({ query, onClose }: { query: ListState['query']; onClose: () => void }) {
  const t = useT('log');
  const common = useT('common');
  const [format, setFormat] = useState<ExportFormat>('jsonl');
  const path = useDraft('log.export.path', '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  // It runs on when this closes; then only a toast can tell how it ended.
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => void (here.current = false);
  }, []);
  const job = useStore(progress).get('log:export');
  const stop = () => void ask('logExportStop', undefined).catch(failed);
  const why = path.value.trim() === '' ? t('export.missing') : undefined;
  const run = () => {
    if (why || busy) return;
    setBusy(true);
    setError(null);
    ask('logExport', { query: { ...query, filters: [...query.filters], after: null, limit: 0 }, format, path: path.value.trim() })
      .then((file) => {
        toast({ look: 'done', title: t('export.done', { count: file.entries }), detail: file.path });
        if (here.current) onClose();
      })
      .catch((thrown: unknown) => {
        setBusy(false);
        const failure = asCallError(thrown);
        if (failure.code === 'cancelled') toast({ look: 'info', title: t('export.stopped'), detail: t('export.stoppedDetail') });
        else if (here.current) setError(failure);
        else failed(failure);
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
        {busy && (
          <p role="status" className={classes.exportBusy}>
            {t('export.busy', { count: job?.done ?? 0, n: formatCount(job?.done ?? 0) })}
          </p>
        )}
        <div className={classes.exportButtons}>
          {busy && <ActionButton action={{ id: 'stop', label: t('export.stop'), icon: IconPlayerStop, run: stop }} />}
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {busy ? common('close') : common('cancel')}
          </Button>
          <ActionButton look="primary" busy={busy} action={{ id: 'write', label: t('export.write'), keys: 'mod+Enter', disabled: why, run }} />
        </div>
      </div>
    </Dialog>
  );
}
