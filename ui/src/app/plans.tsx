import { useNavigate } from '@tanstack/react-router';
import { ActionForm, formDraft } from '@/components/ActionForm';
import { PlanDialog, type Yes } from '@/components/PlanDialog';
import { phraseText } from '@/components/phrase';
import { errorText } from '@/components/errorText';
import { ask, asCallError, type KindInfo, type Plan, type PowerRequest, useCommand } from '@/ipc';
import { createStore, useStore } from '@/store';
import { ErrorBoundary } from './ErrorBoundary';
import { text, useT } from './i18n';
import { forgetDraft } from './useDraft';
import { promiseOf, toast } from './toasts/toasts';

/** The one plan on the screen. Every write of the program goes through it: button → plan → queue → toast. */
const shown = createStore<Plan | null>(null);

/** Asks for a power plan and shows it. Pages, menus and the palette all come here. */
export async function openPowerPlan(request: PowerRequest): Promise<void> {
  try {
    shown.set(await ask('planPower', request));
  } catch (thrown) {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
  }
}

/** Shows a plan that was kept: one that waits for the yes of a second person. */
export async function openPlan(id: number): Promise<void> {
  try {
    shown.set(await ask('planShow', { id }));
  } catch (thrown) {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
  }
}

function takeBack(ids: readonly number[]): void {
  ask('actionVerb', { ids: [...ids], verb: 'cancel', reason: null })
    .then((results) => {
      const late = results.filter((result) => result.error !== null);
      toast(late.length === 0 ? { look: 'done', title: text('shell:takenBack', { count: results.length }) } : { look: 'failed', title: text('shell:tooLate', { count: late.length }) });
    })
    .catch((thrown: unknown) => {
      const words = errorText(asCallError(thrown));
      toast({ look: 'failed', title: words.title, detail: words.hint });
    });
}

interface Asked {
  kind: KindInfo;
  targets: readonly { id: number; name: string }[];
  given: Readonly<Record<string, string>>;
  origin: string;
}

/** The form that is open before its plan is made. */
const asked = createStore<Asked | null>(null);

/** Asks for a plan of any kind: by its form when it wants to know something, at once when not. */
export async function openAction(kind: KindInfo, targets: Asked['targets'], origin: string, given: Asked['given'] = {}): Promise<void> {
  if (kind.fields.some((field) => !(field.name in given))) {
    asked.set({ kind, targets, given, origin });
    return;
  }
  try {
    await makePlan({ kind, targets, given, origin }, { ...given });
  } catch (thrown) {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
  }
}

/** The same by the kind's name: what it wants to know, and whether it may be asked for, is read first. */
export async function openKind(target_kind: string, name: string, target: { id: number; name: string }, origin: string): Promise<void> {
  try {
    const found = await ask('actionKinds', { target_kind, target_id: target.id });
    const kind = found.find((one) => one.kind === name);
    if (kind?.allowed) await openAction(kind, [target], origin);
    else toast({ look: 'failed', title: kind?.reason ? phraseText(kind.reason) : text('shell:notPossible') });
  } catch (thrown) {
    const words = errorText(asCallError(thrown));
    toast({ look: 'failed', title: words.title, detail: words.hint });
  }
}

async function makePlan({ kind, targets, origin }: Asked, input: Record<string, string>): Promise<void> {
  shown.set(await ask('planAction', { kind: kind.kind, targets: targets.map((target) => target.id), input, origin }));
}

/** Takes plan and form off the screen. What was typed stays a draft until its plan is approved. */
function close(): void {
  shown.set(null);
  asked.set(null);
}

/** A plan that somebody said yes to is not given up by looking at it. */
function dismiss(plan: Plan | null): void {
  close();
  if (plan && plan.state !== 'waiting') ask('planDismiss', { id: plan.id }).catch(() => undefined);
}

export function PlanHost() {
  const plan = useStore(shown);
  const form = useStore(asked);
  return (
    <ErrorBoundary place={plan ? `plan ${plan.id}` : form ? `form ${form.kind.kind}` : ''} onLeave={() => dismiss(plan)}>
      {plan ? (
        <OpenPlan key={plan.id} made={plan} form={form} />
      ) : (
        form && <ActionForm kind={form.kind} targets={form.targets} given={form.given} onPlan={(input) => makePlan(form, input)} onClose={close} />
      )}
    </ErrorBoundary>
  );
}

function OpenPlan({ made, form }: { made: Plan; form: Asked | null }) {
  const t = useT('shell');
  const navigate = useNavigate();
  // The kept plan is read again when its facts may have moved.
  const kept = useCommand('planShow', { id: made.id }, { fresh: true });
  const plan = kept.data ?? made;
  const moved = plan.basis.filter((b) => made.basis.some((m) => m.key === b.key && m.version !== b.version)).length;
  /** To the form again, with all that was typed. */
  const back = () => {
    shown.set(null);
    ask('planDismiss', { id: made.id }).catch(() => undefined);
  };
  const giveUp = async () => {
    await ask('planDismiss', { id: made.id });
    close();
    toast({ look: 'done', title: t('planGivenUp', { id: made.id }) });
  };
  const approve = async (approval: Yes) => {
    const approved = await ask('planApprove', { id: made.id, ...approval, reason: null });
    if (form) forgetDraft(formDraft(form.kind, form.targets));
    close();
    if (approved.waits_for_second) {
      toast({ look: 'pending', title: t('secondWaits', { title: phraseText(plan.title) }), detail: t('secondWaitsDetail'), action: { label: t('notice.show'), run: () => void openPlan(made.id) } });
      return;
    }
    const promise = toast({
      look: 'pending',
      title: t('queued', { count: approved.action_ids.length, title: phraseText(plan.title) }),
      detail: t('pendingProof'),
      // While nothing has started yet it can be taken back.
      ...(approval.delay_seconds && approval.delay_seconds <= 60 ? { undo: { label: t('undo'), seconds: approval.delay_seconds, run: () => takeBack(approved.action_ids) } } : {}),
      action: {
        label: t('page.queue'),
        run: () => void navigate({ to: '/queue', ...(approved.action_ids.length === 1 ? { search: { o: String(approved.action_ids[0]) } } : {}) } as never),
      },
    });
    for (const id of approved.action_ids) promiseOf(id, promise);
  };
  const refresh = async () => {
    shown.set(await ask('planRefresh', { id: made.id }));
  };
  return <PlanDialog plan={made} moved={moved} onApprove={approve} onRefresh={refresh} onCancel={() => dismiss(made)} {...(form && made.state !== 'waiting' ? { onBack: back } : {})} {...(made.state === 'waiting' ? { onGiveUp: giveUp } : {})} />;
}
