import { TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useLayoutEffect, useMemo, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useSession } from '@/app/session';
import { toast } from '@/app/toasts/toasts';
import { useDraft } from '@/app/useDraft';
import { ActionButton, ErrorStrip, errorText, PageHeader, problemText, RecordPage, RelativeTime, Strip } from '@/components';
import { ask, asCallError, type CallError, openProfile, type PolicyView, useCommand, useWrite } from '@/ipc';
import { changesOf, formOf, type PolicyText, problemsOf, textOf } from './form';
import { History } from './History';
import { Parts } from './Parts';
import classes from './policy.module.css';

/** What may be done at this profile: every field with its consequence, and who changed it when. */
export function PolicyPage() {
  const t = useT('policy');
  const settings = useT('settings');
  const navigate = useNavigate();
  useCrumbs([{ label: settings('title'), to: '/settings' }, { label: t('title') }]);
  const reading = useCommand('policyGet');
  const back = () => void navigate({ to: '/settings' });
  useKeys(t('keys'), [{ keys: 'Escape', label: t('back'), run: back }]);
  const { app } = useSession();
  return (
    <RecordPage filled reading={reading} missing={{ title: t('title'), action: <ActionButton action={{ id: 'back', label: t('back'), run: back }} /> }}>
      {(view) => <Policy key={app?.current?.id} view={view} again={reading.again} profile={app?.current?.id ?? ''} />}
    </RecordPage>
  );
}

/** What is typed is kept with the revision it was typed over. */
interface Typed {
  revision: number;
  text: PolicyText;
}

function Policy({ view, again, profile }: { view: PolicyView; again: () => void; profile: string }) {
  const t = useT('policy');
  const kept = useMemo(() => textOf(view.policy), [view.policy]);
  const defaults = useMemo(() => textOf(view.defaults), [view.defaults]);
  const draft = useDraft<Typed | null>(`policy.${profile}`, null);
  const text = draft.value?.text ?? kept;
  const changes = changesOf(text, kept);
  const saving = useSaving(view, draft.value, { onSaved: () => draft.forget(), again });
  const problems = saving.tried ? problemsOf(text) : {};
  const set = (next: PolicyText) => {
    saving.edited();
    draft.set({ revision: draft.value?.revision ?? view.revision, text: next });
  };
  const discard = () => {
    draft.set(null);
    draft.forget();
    saving.edited();
  };
  const newest = view.history[0];
  const overtaken = draft.value !== null && changes > 0 && draft.value.revision !== view.revision;
  return (
    <>
      <PageHeader
        title={t('title')}
        fresh={
          <span className={classes.revision}>
            {newest ? (
              <>
                {t('revision', { n: view.revision })} · {newest.by} · <RelativeTime at={newest.at} />
              </>
            ) : (
              t('never')
            )}
          </span>
        }
      />
      {overtaken && <Strip icon={IconAlertTriangle} title={t('moved', { by: newest?.by ?? '' })} text={t('movedText')} />}
      {saving.error && <ErrorStrip error={saving.error} />}
      <div className={classes.page} tabIndex={0} role="region" aria-label={t('title')}>
        <Parts text={text} defaults={defaults} onChange={set} problemOf={(path) => (problems[path] ? t(`wrong.${problems[path]}`) : saving.wrong?.field === path ? problemText(saving.wrong.problem) : undefined)} />
        <History entries={view.history} />
      </div>
      <SaveBar changes={changes} wrong={Object.keys(problems).length} busy={saving.busy} onSave={(reason) => saving.save(text, reason)} onDiscard={discard} />
    </>
  );
}

/** How long a change is offered to be taken back. Somebody else's change in between is never undone with it. */
const UNDO_S = 20;

function told(thrown: unknown): void {
  const words = errorText(asCallError(thrown));
  toast({ look: 'failed', title: words.title, detail: words.hint });
}

/** Sends what was typed. What is refused stays, with the reason at its field. */
function useSaving(view: PolicyView, typed: Typed | null, { onSaved, again }: { onSaved: () => void; again: () => void }) {
  const t = useT('policy');
  const shell = useT('shell');
  const { write, busy } = useWrite('policySet');
  const [error, setError] = useState<CallError | null>(null);
  const [wrong, setWrong] = useState<{ field: string; problem: string } | null>(null);
  const [tried, setTried] = useState(false);
  const save = async (text: PolicyText, reason: string): Promise<boolean> => {
    setTried(true);
    setError(null);
    setWrong(null);
    const first = Object.keys(problemsOf(text))[0];
    if (first) {
      focusField(first);
      return false;
    }
    const profile = openProfile.get();
    try {
      // Seen above the form when somebody was faster: saving then means to put these over theirs.
      const saved = await write({ revision: view.revision, policy: formOf(text), reason: reason === '' ? null : reason });
      setTried(false);
      onSaved();
      const back = () => void ask('policySet', { revision: saved.revision, policy: view.policy, reason: t('undone') }).then(() => toast({ look: 'done', title: t('taken') }), told);
      toast({ look: 'done', profile, title: t('saved'), detail: t('savedDetail'), undo: { label: shell('undo'), seconds: UNDO_S, run: back } });
      return true;
    } catch (thrown) {
      const failure = asCallError(thrown);
      const { field, problem } = failure.params;
      if (failure.code === 'invalid_input' && field && problem) {
        setWrong({ field, problem });
        if (!focusField(field)) setError(failure);
      } else if (failure.code === 'basis_moved') again();
      else setError(failure);
      return false;
    }
  };
  return { save, busy, error, wrong, tried: tried && typed !== null, edited: () => setWrong(null) };
}

/** Goes to the field that is in the way; a whole list stands for its lines. */
function focusField(path: string): boolean {
  const parts = path.split('.');
  const fields = [...document.querySelectorAll<HTMLElement>('[data-field]')];
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.');
    const field = fields.find((one) => one.dataset['field'] === name);
    if (!field) continue;
    field.focus();
    field.scrollIntoView({ block: 'center' });
    return true;
  }
  return false;
}

const BAR = 52;

/** Toasts stand above the bar, not over its button. */
function useRoomForToasts(): void {
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    style.setProperty('--rd-below', `${BAR}px`);
    return () => void style.removeProperty('--rd-below');
  }, []);
}

function SaveBar({ changes, wrong, busy, onSave, onDiscard }: { changes: number; wrong: number; busy: boolean; onSave: (reason: string) => Promise<boolean>; onDiscard: () => void }) {
  const t = useT('policy');
  const [reason, setReason] = useState('');
  useRoomForToasts();
  const why = changes === 0 ? t('same') : undefined;
  const save = () => {
    if (why || busy) return;
    void onSave(reason.trim()).then((saved) => saved && setReason(''));
  };
  useKeys(t('keys'), [{ keys: 'mod+Enter', label: t('save'), run: save, inFields: true, disabled: why !== undefined }]);
  return (
    <div className={classes.bar} data-changed={changes > 0 || undefined}>
      <span className={classes.state} role="status">
        {wrong > 0 ? t('wrongOnes', { count: wrong }) : changes > 0 ? t('changed', { count: changes }) : t('same')}
      </span>
      {changes > 0 && <TextInput className={classes.reason} aria-label={t('reason')} placeholder={t('reason')} maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />}
      {changes > 0 && <ActionButton action={{ id: 'discard', label: t('discard'), run: onDiscard }} />}
      <ActionButton look="primary" busy={busy} action={{ id: 'save', label: t('save'), keys: 'mod+Enter', disabled: why, run: save }} />
    </div>
  );
}
