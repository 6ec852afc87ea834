import { Button } from '@mantine/core';
import { createElement, useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useDraft } from '@/app/useDraft';
import { asCallError, type CallError, type KindInfo } from '@/ipc';
import { ActionField, fieldWord } from './ActionField';
import { ActionButton } from './ActionMenu';
import { Dialog } from './Dialog';
import { EffectTag } from './EffectTag';
import { icon16 } from './icon';
import { kindEffect, kindIcon, kindWord } from './kinds';
import { Keys } from './Keys';
import { ErrorStrip } from './ListStates';
import { problemText } from './problem';
import classes from './ActionForm.module.css';

export interface ActionFormProps {
  kind: KindInfo;
  targets: readonly { id: number; name: string }[];
  /** Fields that are known already and not shown. */
  given: Readonly<Record<string, string>>;
  /** Asks for the plan; a thrown error is shown and nothing typed is lost. */
  onPlan: (input: Record<string, string>) => Promise<unknown>;
  onClose: () => void;
}

/** Where what was typed is kept until the plan made of it is approved. */
export const formDraft = (kind: Pick<KindInfo, 'kind'>, targets: readonly { id: number }[]): string => `action.${kind.kind}.${targets.map((target) => target.id).join('-').slice(0, 60)}`;

/** What a kind of action wants to know, before its plan is made. Made from the kind's own fields. */
export function ActionForm({ kind, targets, given, onPlan, onClose }: ActionFormProps) {
  const t = useT('plan');
  const common = useT('common');
  const fields = kind.fields.filter((field) => !(field.name in given));
  const draft = useDraft<Record<string, string>>(formDraft(kind, targets), {});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const missing = fields.find((field) => field.required && (draft.value[field.name] ?? '').trim() === '');
  const wrong = error?.code === 'invalid_input' ? fields.find((field) => field.name === error.params['field']) : undefined;
  const only = targets.length === 1 ? targets[0] : undefined;
  const title = only ? t('form.one', { verb: kindWord(kind.kind), name: only.name }) : t('form.many', { verb: kindWord(kind.kind), count: targets.length });
  const why = missing ? t('form.missing', { field: fieldWord(missing.name) }) : undefined;
  const plan = async () => {
    if (why || busy) return;
    setBusy(true);
    setError(null);
    try {
      const input = Object.fromEntries(fields.flatMap((field) => (draft.value[field.name] ? [[field.name, draft.value[field.name] as string]] : [])));
      await onPlan({ ...given, ...input });
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      setBusy(false);
    }
  };
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }, { keys: 'mod+Enter', label: t('form.plan'), run: () => void plan(), inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false} closeOnClickOutside={false}>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void plan();
        }}
      >
        <div className={classes.head}>
          <h2>
            {createElement(kindIcon(kind.kind), icon16)}
            {title}
          </h2>
          <EffectTag effect={kindEffect(kind)} />
        </div>
        <div className={classes.fields}>
          {fields.length > 3 && fields.every((field) => !field.required) && <p className={classes.note}>{t('form.onlyChanged')}</p>}
          {fields.map((field, at) => (
            <ActionField
              key={field.name}
              field={field}
              first={at === 0}
              of={{ instance_id: kind.target_kind === 'instance' ? (only?.id ?? null) : null, service_id: kind.target_kind === 'service' ? (only?.id ?? null) : null }}
              value={draft.value[field.name] ?? ''}
              error={wrong === field ? problemText(error?.params['problem'] ?? '') : undefined}
              onChange={(value) => draft.set({ ...draft.value, [field.name]: value })}
            />
          ))}
        </div>
        {error && !wrong && <ErrorStrip error={error} />}
        <div className={classes.foot}>
          <span className={classes.note}>{t('form.next')}</span>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton submit look="primary" busy={busy} action={{ id: 'plan', label: t('form.plan'), keys: 'mod+Enter', disabled: why, run: () => void plan() }} />
        </div>
      </form>
    </Dialog>
  );
}
