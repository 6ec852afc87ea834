import { Button } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { type T, useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import { toast } from '@/app/toasts/toasts';
import { ActionButton, Block, Dialog, errorText, ErrorStrip, Field, FieldPair, formatCount, formatDayTime, Keys, RelativeTime } from '@/components';
import { ask, asCallError, type CallError, type Forgetting, type LogRetention, type RetentionDraft, useCommand } from '@/ipc';
import classes from './settings.module.css';

/** What the core takes. */
const DAYS = { least: 7, most: 3650 } as const;
const MEGABYTES = { least: 16, most: 1_048_576 } as const;
/** How long somebody types before it is counted what would go. */
const PAUSE_MS = 300;

interface Typed {
  days: string;
  megabytes: string;
}

const typedOf = (kept: RetentionDraft): Typed => ({ days: String(kept.days ?? ''), megabytes: String(kept.megabytes ?? '') });

/** Empty is no bound; `undefined` is no number that the core takes. */
function bound(text: string, { least, most }: typeof DAYS | typeof MEGABYTES): number | null | undefined {
  const plain = text.trim();
  if (plain === '') return null;
  const n = /^\d{1,7}$/.test(plain) ? Number(plain) : Number.NaN;
  return n >= least && n <= most ? n : undefined;
}

/** How long the request log is kept, what it holds, and what a change would forget before it does. */
export function Retention() {
  const t = useT('settings');
  const kept = useCommand('logRetention').data;
  if (!kept) return null;
  return (
    <Block title={t('retention.title')} aside={t('retention.holds', { count: kept.rows, n: formatCount(kept.rows), size: formatCount(kept.megabytes_used) })}>
      <Form key={`${kept.days}.${kept.megabytes}`} kept={kept} />
    </Block>
  );
}

function Form({ kept }: { kept: LogRetention }) {
  const t = useT('settings');
  const before = typedOf(kept);
  const [typed, setTyped] = useState<Typed>(before);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const days = bound(typed.days, DAYS);
  const megabytes = bound(typed.megabytes, MEGABYTES);
  const draft = days === undefined || megabytes === undefined ? null : { days, megabytes };
  const changed = draft !== null && (draft.days !== kept.days || draft.megabytes !== kept.megabytes);
  const preview = useWouldForget(draft);
  const save = () => {
    // Without its preview nobody knows what it would forget.
    if (!draft || !changed || !preview || busy) return;
    setBusy(true);
    setError(null);
    ask('logRetentionSet', draft)
      .then(() => toast({ look: 'done', title: t('retention.saved'), detail: t('retention.savedDetail') }))
      .catch((thrown: unknown) => setError(asCallError(thrown)))
      .finally(() => setBusy(false));
  };
  const forget = t('retention.forget');
  const notYet = changed || !draft ? t('retention.saveFirst') : !preview ? t('retention.counting') : preview.rows === 0 ? t('retention.nothing') : undefined;
  useCommands([{ id: 'log-forget', title: forget, icon: IconEraser, ...(notYet === undefined ? {} : { disabled: notYet }), run: () => setAsking(true) }]);
  const wrong = (limits: typeof DAYS | typeof MEGABYTES) => t('retention.wrong', { least: formatCount(limits.least), most: formatCount(limits.most) });
  return (
    <form
      className={classes.retention}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {error && <ErrorStrip error={error} />}
      <FieldPair>
        <Field label={t('retention.days')} unit={t('retention.unitDays')} inputMode="numeric" help={t('retention.daysHelp')} error={days === undefined ? wrong(DAYS) : undefined} value={typed.days} onChange={(event) => setTyped({ ...typed, days: event.currentTarget.value })} />
        <Field label={t('retention.megabytes')} unit="MiB" inputMode="numeric" help={t('retention.megabytesHelp')} error={megabytes === undefined ? wrong(MEGABYTES) : undefined} value={typed.megabytes} onChange={(event) => setTyped({ ...typed, megabytes: event.currentTarget.value })} />
      </FieldPair>
      <p role="status" className={classes.preview}>
        {draft && preview ? previewText(t, preview, changed) : t('retention.counting')} {t('retention.stays')}
      </p>
      <div className={classes.retentionButtons}>
        <ActionButton submit look="primary" busy={busy} action={{ id: 'save', label: t('retention.save'), disabled: !draft ? t('retention.notYet') : !changed ? t('retention.same') : preview ? undefined : t('retention.counting'), run: save }} />
        {(typed.days !== before.days || typed.megabytes !== before.megabytes) && <ActionButton look="quiet" action={{ id: 'discard', label: t('retention.discard'), run: () => setTyped(before) }} />}
        <ActionButton look="danger" action={{ id: 'forget', label: forget, icon: IconEraser, disabled: notYet, run: () => setAsking(true) }} />
        {kept.by && kept.changed_at && (
          <span className={classes.changed}>
            {t('retention.by', { by: kept.by })} · <RelativeTime at={kept.changed_at} />
          </span>
        )}
      </div>
      {asking && preview && draft && !changed && <ForgetDialog bounds={draft} preview={preview} onClose={() => setAsking(false)} />}
    </form>
  );
}

/** What these bounds would forget, as soon as nobody types any more. */
function useWouldForget(draft: RetentionDraft | null): Forgetting | undefined {
  const text = draft === null ? '' : JSON.stringify(draft);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const later = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(later);
  }, [text]);
  const asked = settled === '' ? { days: null, megabytes: null } : (JSON.parse(settled) as RetentionDraft);
  const found = useCommand('logWouldForget', asked, { fresh: true, enabled: settled !== '' }).data;
  return settled === text ? found : undefined;
}

function previewText(t: T<'settings'>, preview: Forgetting, changed: boolean): string {
  if (preview.rows === 0) return t(changed ? 'retention.wouldNothing' : 'retention.nothing');
  const values = { count: preview.rows, n: formatCount(preview.rows), size: formatCount(preview.megabytes), until: formatDayTime(preview.until ?? ''), stay: formatCount(preview.stay) };
  return t(changed ? 'retention.would' : 'retention.next', values);
}

/** How many, up to when, and that it cannot be undone. The bounds go along: the core forgets by no others. */
function ForgetDialog({ bounds, preview, onClose }: { bounds: RetentionDraft; preview: Forgetting; onClose: () => void }) {
  const t = useT('settings');
  const common = useT('common');
  const [busy, setBusy] = useState(false);
  const title = t('retention.forget');
  const verb = t('retention.confirm', { count: preview.rows, n: formatCount(preview.rows) });
  const run = () => {
    if (busy) return;
    setBusy(true);
    ask('logForget', { days: bounds.days, megabytes: bounds.megabytes })
      .then(({ rows }) => toast({ look: 'done', title: t('retention.forgotten', { count: rows, n: formatCount(rows) }) }))
      .catch((thrown: unknown) => {
        const words = errorText(asCallError(thrown));
        toast({ look: 'failed', title: words.title, detail: words.hint });
      })
      .finally(onClose);
  };
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: verb, run, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false}>
      <div className={classes.remove}>
        <h2>{title}</h2>
        <p>{previewText(t, preview, false)}</p>
        <p>{t('retention.forever')} {t('retention.stays')}</p>
        <div className={classes.removeButtons}>
          <Button data-autofocus onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton look="erase" busy={busy} action={{ id: 'forget-now', label: verb, icon: IconEraser, keys: 'mod+Enter', run }} />
        </div>
      </div>
    </Dialog>
  );
}
