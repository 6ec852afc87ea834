import { Button, Popover, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { useT } from '@/app/i18n';
import { formatCount } from './format';
import { icon14 } from './icon';
import type { ListView } from './useListState';
import classes from './lists.module.css';

export interface SavedViewsProps {
  views: readonly (ListView & { count?: number | undefined })[];
  /** The view of the address; the first when there is none. */
  current: string | undefined;
  onChoose: (view: ListView) => void;
  /** Keeps the present filter under a name; leaving it out hides "Save view". */
  onSave?: (name: string) => void;
  /** Takes a saved view away; only for those that a person saved. */
  onRemove?: ((view: ListView) => void) | undefined;
}

/** Saved views as tabs with counts. */
export function SavedViews({ views, current, onChoose, onSave, onRemove }: SavedViewsProps) {
  const t = useT('common');
  const own = views.find((v) => v.id === current && v.saved);
  const chosen = views.some((v) => v.id === current) ? current : views[0]?.id;
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    event.stopPropagation();
    const back = (event.key === 'ArrowLeft') !== (getComputedStyle(event.currentTarget).direction === 'rtl');
    const at = views.findIndex((v) => v.id === chosen);
    const next = views[(at + (back ? -1 : 1) + views.length) % views.length];
    if (!next) return;
    onChoose(next);
    [...event.currentTarget.querySelectorAll<HTMLElement>('[data-view]')].find((tab) => tab.dataset['view'] === next.id)?.focus();
  };
  return (
    <div className={classes.views} data-views>
      <div role="tablist" aria-label={t('views.label')} style={{ display: 'contents' }} onKeyDown={step}>
        {views.map((view) => (
          <button
            key={view.id}
            type="button"
            role="tab"
            data-view={view.id}
            aria-selected={view.id === chosen}
            tabIndex={view.id === chosen ? 0 : -1}
            className={classes.view}
            onClick={() => onChoose(view)}
          >
            {view.label}
            {view.count !== undefined && <span className={classes.viewCount}>{formatCount(view.count)}</span>}
          </button>
        ))}
      </div>
      {own && onRemove && (
        <button type="button" className={classes.view} onClick={() => onRemove(own)}>
          <IconX {...icon14} />
          {t('views.remove', { name: own.label })}
        </button>
      )}
      {onSave && <SaveView onSave={onSave} />}
    </div>
  );
}

function SaveView({ onSave }: { onSave: (name: string) => void }) {
  const t = useT('common');
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.view} onClick={() => setOpen(!open)}>
          <IconPlus {...icon14} />
          {t('views.save')}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <form
          className={classes.editor}
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            onSave(name.trim());
            setName('');
            setOpen(false);
          }}
        >
          <TextInput data-autofocus label={t('views.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" size="xs" style={{ alignSelf: 'flex-end' }}>
            {t('views.save')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
