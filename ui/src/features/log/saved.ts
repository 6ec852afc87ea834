import { useMemo } from 'react';
import { useT } from '@/app/i18n';
import { toast } from '@/app/toasts/toasts';
import { errorText, type ListState, type ListView } from '@/components';
import { ask, asCallError, useCommand } from '@/ipc';

function failed(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** Questions to the log that were kept under a name, as its views. */
export function useSaved(list: ListState): { views: readonly ListView[]; onSaveView: (name: string) => void; onRemoveView: (view: ListView) => void } {
  const t = useT('log');
  const kept = useCommand('logFilters').data;
  const views = useMemo<readonly ListView[]>(
    () => [
      { id: 'all', label: t('view.all') },
      ...(kept ?? []).map((filter): ListView => ({
        id: `saved-${filter.name}`, label: filter.name, filters: filter.query.filters, text: filter.query.text, saved: true, ...(filter.query.sort ? { sort: filter.query.sort } : {}),
      })),
    ],
    [kept, t],
  );
  return {
    views,
    onSaveView: (name) => {
      ask('logFilterSave', { name, query: { ...list.query, filters: [...list.query.filters], after: null, limit: 0 } })
        .then(() => {
          toast({ look: 'done', title: t('savedAs', { name }) });
          list.setView({ id: `saved-${name}`, label: name, filters: list.query.filters, text: list.query.text, ...(list.query.sort ? { sort: list.query.sort } : {}) });
        })
        .catch(failed);
    },
    onRemoveView: (view) => {
      ask('logFilterDrop', { name: view.label }).catch(failed);
      list.setView({ id: 'all', label: '' });
    },
  };
}
