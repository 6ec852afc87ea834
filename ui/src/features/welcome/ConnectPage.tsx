import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconCircleCheck, IconEye, IconShieldLock, IconX } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { useCrumbs } from '@/app/crumbs';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useSession } from '@/app/session';
import { Mark } from '@/app/shell/Mark';
import { profileColours } from '@/app/theme/tokens';
import { ActionButton, ErrorStrip, FormShell, icon14, icon16 } from '@/components';
import { type AppState, ask, asCallError, type CallError, type ProfileSummary } from '@/ipc';
import { type ProfileForm, type Side, type SideTest, useProfileForm } from './form';
import { Needs } from './Needs';
import { ContaboSection, NameSection, WhmcsSection } from './Sections';
import { TestPanel } from './TestPanel';
import classes from './connect.module.css';

const sections = ['name', 'whmcs', 'contabo'] as const;
type SectionName = (typeof sections)[number];
const intros = { name: 'name.intro', whmcs: 'whmcs.intro', contabo: 'contabo.intro' } as const;

/** The form waits for the core's word on profiles and keychain, so that nothing typed is thrown away by it. */
export function ConnectPage() {
  const { app } = useSession();
  const search = useSearch({ strict: false }) as { id?: string };
  if (!app) return null;
  const edited = app.profiles.find((p) => p.id === search.id);
  return <Connect key={edited?.id ?? 'new'} app={app} edited={edited} />;
}

interface Tests {
  of: Partial<Record<Side, SideTest>>;
  busy: Side | null;
  error: { side: Side; error: CallError } | null;
}

function useTests(form: ProfileForm) {
  const [tests, setTests] = useState<Tests>({ of: {}, busy: null, error: null });
  const run = (side: Side) => {
    if (tests.busy !== null) return;
    const revision = form.revisions[side];
    const begun = performance.now();
    setTests((before) => ({ ...before, busy: side, error: null }));
    ask('connectionTest', form.draft(side))
      .then((report) => {
        const test: SideTest = { report, revision, at: new Date().toISOString(), seconds: ((performance.now() - begun) / 1000).toFixed(1) };
        setTests((before) => ({ of: { ...before.of, [side]: test }, busy: null, error: null }));
      })
      .catch((thrown: unknown) => setTests((before) => ({ ...before, busy: null, error: { side, error: asCallError(thrown) } })));
  };
  const passed = (side: Side) => tests.of[side]?.report.ok === true && tests.of[side].revision === form.revisions[side];
  return { ...tests, run, passed };
}

/** Which section a field of the core's complaint is on. */
function sectionOf(field: string | undefined): SectionName {
  return field?.startsWith('whmcs') ? 'whmcs' : field?.startsWith('contabo') ? 'contabo' : 'name';
}

function Connect({ app, edited }: { app: AppState; edited: ProfileSummary | undefined }) {
  const t = useT('welcome');
  const navigate = useNavigate();
  const noKeychain = app.keychain.kind === 'unavailable';
  const form = useProfileForm(edited, noKeychain);
  const tests = useTests(form);
  const [at, setAt] = useState<SectionName>('name');
  const [saving, setSaving] = useState(false);
  const [saved, setSaved] = useState<string | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const [wasDirty] = useState(form.dirty);
  useCrumbs([{ label: t('form.new') }]);
  const arrived = saved !== null && app.current?.id === saved;
  useEffect(() => {
    if (arrived) void navigate({ to: '/servers' });
  }, [arrived, navigate]);

  const { open } = form;
  const step = sections.indexOf(at);
  const last = step === sections.length - 1;
  const side: Side | null = at === 'name' ? null : at;
  const used = (s: Side) => open[s];
  const untested = (['whmcs', 'contabo'] as const).filter((s) => used(s) && !tests.passed(s));
  const close = () => void navigate({ to: app.current ? '/settings' : '/welcome' });
  const next = () => setAt(sections[step + 1] ?? 'contabo');
  const save = () => {
    if (saving) return;
    setSaving(true);
    setError(null);
    ask('profileSave', form.draft())
      .then((profile) => {
        form.forget();
        setSaved(profile.id);
      })
      .catch((thrown: unknown) => {
        const failed = asCallError(thrown);
        setSaving(false);
        setError(failed);
        if (failed.code === 'invalid_input') setAt(sectionOf(failed.params['field']));
      });
  };
  const waits = waitsFor(at, form, untested, tests.passed);
  const mayGo = waits === undefined;
  const submit = () => (!mayGo ? undefined : last ? save() : next());
  useKeys(t('form.keys'), [
    { keys: 't', label: t('test.run'), run: () => side && tests.run(side), disabled: side === null },
    { keys: 'Escape', label: t('form.close'), run: close },
  ]);
  const session = noKeychain || open.session;
  const field = error?.code === 'invalid_input' ? { name: error.params['field'] ?? '', problem: error.message } : undefined;
  const shared = { form, session, kept: edited !== undefined, field };
  const blocked = waits === 'form.waitsTest';

  return (
    <div className={classes.page}>
      <div className={classes.bar} style={{ background: barOf(open.colour) }} />
      <header className={classes.top}>
        <Mark size={20} />
        <strong>{edited ? t('form.edit', { name: edited.name }) : t('form.new')}</strong>
        <span>{t('form.step', { n: step + 1, all: sections.length })}</span>
        <Tooltip label={t('form.close')}>
          <ActionIcon className={classes.x} aria-label={t('form.close')} aria-keyshortcuts="Escape" onClick={close}>
            <IconX {...icon16} />
          </ActionIcon>
        </Tooltip>
      </header>
      <nav className={classes.rail} aria-label={t('form.steps')}>
        {sections.map((name, index) => (
          <button key={name} type="button" aria-current={name === at ? 'step' : undefined} onClick={() => setAt(name)}>
            <StepMark n={index + 1} done={name === 'name' ? open.name.trim() !== '' : used(name) && tests.passed(name)} current={name === at} />
            {t(`section.${name}`)}
          </button>
        ))}
        <div className={classes.railNote}>
          <strong>{open.name.trim() || t('form.new')}</strong>
          <span>{t(`states:environment.${open.environment}`)}</span>
          <span>{t('form.bar')}</span>
        </div>
      </nav>
      <main className={classes.form}>
        {error && <ErrorStrip error={error} />}
        <FormShell
          title={t(`section.${at}`)}
          intro={t(intros[at])}
          note={
            <>
              <IconShieldLock {...icon16} color="var(--rd-accent-text)" />
              <span>
                {session ? t('form.noKeychain') : app.keychain.kind === 'available' ? t('form.keychain', { name: app.keychain.name }) : t('form.directory')}
                {wasDirty && ` ${t('form.draft')}`}
              </span>
            </>
          }
          onSubmit={submit}
          back={step > 0 && <Button onClick={() => setAt(sections[step - 1] ?? 'name')}>{t('form.back')}</Button>}
          waits={
            <>
              {waits && <span>{t(waits)}</span>}
              {blocked && (
                <button type="button" className={classes.anyway} onClick={last ? save : next}>
                  {t(last ? 'form.saveAnyway' : 'form.goAnyway')}
                </button>
              )}
            </>
          }
          submit={
            <ActionButton
              submit
              look="primary"
              busy={saving}
              action={{ id: 'go', label: saving ? t('form.saving') : last ? t('form.save') : t('form.continue'), disabled: waits ? t(waits) : undefined, run: submit }}
            />
          }
        >
          {at === 'name' && <NameSection {...shared} noKeychain={app.keychain.kind === 'unavailable' ? app.keychain.error : null} />}
          {at === 'whmcs' && <WhmcsSection {...shared} />}
          {at === 'contabo' && <ContaboSection {...shared} />}
        </FormShell>
      </main>
      <section className={classes.panel} aria-label={t('test.title')} tabIndex={0}>
        {(side === null || !open[side]) && <Needs />}
        {side && open[side] && (
          <TestPanel
            test={tests.of[side]}
            stale={tests.of[side] !== undefined && tests.of[side].revision !== form.revisions[side]}
            busy={tests.busy === side}
            error={tests.error?.side === side ? tests.error.error : null}
            onRun={() => tests.run(side)}
          />
        )}
      </section>
      <footer className={classes.foot}>
        <IconEye {...icon14} />
        {t('form.tests')}
      </footer>
    </div>
  );
}

type Waits = 'form.waitsName' | 'form.waitsSide' | 'form.waitsTest';

/** Why the button waits; the sentence stands beside it. */
function waitsFor(at: SectionName, form: ProfileForm, untested: readonly Side[], passed: (side: Side) => boolean): Waits | undefined {
  const { open } = form;
  if (at === 'name') return open.name.trim() === '' ? 'form.waitsName' : undefined;
  if (at === 'whmcs') return open.whmcs && !passed('whmcs') ? 'form.waitsTest' : undefined;
  if (open.name.trim() === '') return 'form.waitsName';
  if (!open.whmcs && !open.contabo) return 'form.waitsSide';
  return untested.length > 0 ? 'form.waitsTest' : undefined;
}

function barOf(colour: string): string {
  const known = profileColours[colour as keyof typeof profileColours] ?? profileColours.petrol;
  return `light-dark(${known.light.bar}, ${known.dark.bar})`;
}

function StepMark({ n, done, current }: { n: number; done: boolean; current: boolean }): ReactNode {
  if (done && !current) return <IconCircleCheck size={18} stroke={1.75} color="var(--rd-ok)" aria-hidden />;
  return (
    <span className={classes.stepMark} data-current={current || undefined} aria-hidden>
      {n}
    </span>
  );
}
