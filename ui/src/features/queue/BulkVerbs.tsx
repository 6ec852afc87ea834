import { Button } from '@mantine/core';
import { IconArrowRight, IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { ActionButton, BulkAction, Dialog, Field, formatCount, icon14, Keys, phraseText } from '@/components';
import { type ActionVerb, useCommand, type VerbPreview } from '@/ipc';
import { bulkVerbs, useVerb, verbIcons } from './verbs';

import classes from './queue.module.css';

/** As many as one command takes. */
const MOST = 1000;

const rare: ReadonlySet<ActionVerb> = new Set(['mark_done', 'mark_not_done', 'look_again', 'skip'] as const);

/** Verbs for the chosen actions, each with the number that would take it now. */
export function BulkVerbs({ keys, onDone }: { keys: readonly string[]; onDone: () => void }) {
  const t = useT('queue');
  const ids = keys.slice(0, MOST).map(Number);
  const preview = useCommand('verbsPreview', { ids }, { enabled: ids.length > 0 }).data;
  const [asking, setAsking] = useState<ActionVerb | null>(null);
  const asked = preview?.find((p) => p.verb === asking);
  return (
    <>
      {bulkVerbs.map((verb) => {
        const found = preview?.find((p) => p.verb === verb);
        // What nobody ever says of many at once takes no room unless it would help here.
        if (found?.allowed === 0 && rare.has(verb)) return null;
        const word = t(`verb.${verb}`);
        const why = !found ? t('bulk.counting') : found.allowed === 0 ? t('bulk.none', { why: found.refused[0] ? phraseText(found.refused[0].reason) : '' }) : undefined;
        return <BulkAction key={verb} action={{ id: verb, label: found && found.allowed > 0 ? t('bulk.count', { verb: word, n: formatCount(found.allowed) }) : word, icon: verbIcons[verb], disabled: why, run: () => setAsking(verb) }} />;
      })}
      {asked && <VerbDialog ids={ids} cut={keys.length > MOST} preview={asked} onClose={() => setAsking(null)} onDone={onDone} />}
    </>
  );
}

/** How many take the verb, how many stay and why; a reason where one is wanted. */
function VerbDialog({ ids, cut, preview, onClose, onDone }: { ids: readonly number[]; cut: boolean; preview: VerbPreview; onClose: () => void; onDone: () => void }) {
  const t = useT('queue');
  const common = useT('common');
  const say = useVerb();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const verb = t(`verb.${preview.verb}`);
  const title = t('bulk.title', { verb, count: ids.length });
  const why = preview.needs_reason && reason.trim() === '' ? t('drawer.reasonNeeded') : undefined;
  const run = () => {
    if (why || busy) return;
    setBusy(true);
    void say(ids, preview.verb, { reason: reason.trim() || undefined, expected: preview.allowed }).then(() => {
      onClose();
      onDone();
    });
  };
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: verb, run, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false}>
      <div className={classes.verbDialog}>
        <h2>{title}</h2>
        <p className={classes.aside}>{t(`consequence.${preview.verb}`)}</p>
        <ul>
          <li>
            <IconArrowRight {...icon14} />
            <strong>{formatCount(preview.allowed)}</strong> {verb}
          </li>
          {preview.refused.map((refused) => (
            <li key={refused.reason.code}>
              <IconLock {...icon14} />
              <strong>{formatCount(refused.count)}</strong> {t('bulk.stays', { count: refused.count })}: {phraseText(refused.reason)}
            </li>
          ))}
          {cut && <li>{t('bulk.most')}</li>}
        </ul>
        <Field data-autofocus label={t('drawer.reason')} value={reason} help={preview.needs_reason ? t('drawer.reasonNeeded') : t('drawer.reasonOptional')} onChange={(event) => setReason(event.currentTarget.value)} />
        <div className={classes.stopButtons}>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton look="primary" busy={busy} action={{ id: 'say', label: t('bulk.confirm', { verb, count: preview.allowed }), keys: 'mod+Enter', disabled: why, run }} />
        </div>
      </div>
    </Dialog>
  );
}
