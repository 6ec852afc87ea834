import { Button } from '@mantine/core';
import { IconPencil, IconPlugConnected, IconPlus, IconTrash, IconUserPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { useKeys } from '@/app/keys/keys';
import { useCommands } from '@/app/palette/commands';
import { Swatch } from '@/app/shell/ProfileMenu';
import { toast, withdrawOffers } from '@/app/toasts/toasts';
import { type Action, ActionButton, ActionMenu, Block, Dialog, EmptyState, ErrorStrip, errorText, Field, icon16, Keys } from '@/components';
import { type AppState, ask, asCallError, type CallError, type ProfileSummary } from '@/ipc';
import classes from './settings.module.css';

/** Every profile: open it, edit it, remove it with its data. */
export function Profiles({ app }: { app: AppState }) {
  const t = useT('settings');
  const navigate = useNavigate();
  const [removing, setRemoving] = useState<ProfileSummary | null>(null);
  const add = () => void navigate({ to: '/connect' });
  useCommands([{ id: 'profile-add', title: t('profiles.add'), icon: IconUserPlus, run: add }]);
  return (
    <Block title={t('section.profiles')} aside={t('profiles.aside')}>
      {app.profiles.length === 0 ? (
        <EmptyState icon={IconPlugConnected} title={t('profiles.empty')} text={t('profiles.emptyText')} />
      ) : (
        <ul className={classes.profiles}>
          {app.profiles.map((profile) => (
            <Row key={profile.id} profile={profile} current={profile.id === app.current?.id} onRemove={() => setRemoving(profile)} />
          ))}
        </ul>
      )}
      <div className={classes.add}>
        <Button leftSection={<IconPlus {...icon16} />} onClick={add}>
          {t('profiles.add')}
        </Button>
      </div>
      {removing && <RemoveDialog profile={removing} onClose={() => setRemoving(null)} />}
    </Block>
  );
}

function Row({ profile, current, onRemove }: { profile: ProfileSummary; current: boolean; onRemove: () => void }) {
  const t = useT('settings');
  const states = useT('states');
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const open = () => {
    setBusy(true);
    withdrawOffers();
    ask('profileOpen', { id: profile.id })
      .catch((thrown: unknown) => {
        const words = errorText(asCallError(thrown));
        toast({ look: 'failed', title: words.title, detail: words.hint });
      })
      .finally(() => setBusy(false));
  };
  const demo = profile.environment === 'demo';
  const actions: (Action | 'divider')[] = [
    { id: 'edit', label: t('profiles.edit'), icon: IconPencil, disabled: demo ? t('profiles.demoEdit') : undefined, run: () => void navigate({ to: '/connect', search: { id: profile.id } as never }) },
    'divider',
    { id: 'remove', label: t('profiles.remove'), icon: IconTrash, danger: true, run: onRemove },
  ];
  return (
    <li className={classes.profile}>
      <Swatch profile={profile} />
      <span className={classes.name}>
        <strong>{profile.name}</strong>
        <span>
          {states(`environment.${profile.environment}`)}
          {current && ` · ${t('profiles.current')}`}
          {profile.session_only && ` · ${t('profiles.session')}`}
        </span>
      </span>
      <span className={classes.side}>
        <span>{t('profiles.whmcs')}</span> <span className="rd-mono rd-select">{profile.whmcs_url ?? t('profiles.none')}</span>
      </span>
      <span className={classes.side}>
        <span>{t('profiles.contabo')}</span> <span className="rd-mono rd-select">{profile.contabo_user ?? profile.contabo_url ?? t('profiles.none')}</span>
      </span>
      {current ? null : <ActionButton size="xs" busy={busy} action={{ id: 'open', label: t('profiles.open'), run: open }} />}
      <ActionMenu label={t('profiles.actions', { name: profile.name })} actions={actions} />
    </li>
  );
}

/** What is lost, what is kept, and the name to type. The button waits until it matches. */
function RemoveDialog({ profile, onClose }: { profile: ProfileSummary; onClose: () => void }) {
  const t = useT('settings');
  const common = useT('common');
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const matches = typed === profile.name;
  const remove = () => {
    if (!matches || busy) return;
    setBusy(true);
    ask('profileRemove', { id: profile.id })
      .then(() => {
        toast({ look: 'done', title: t('remove.done', { name: profile.name }) });
        onClose();
      })
      .catch((thrown: unknown) => {
        setBusy(false);
        setError(asCallError(thrown));
      });
  };
  const title = t('remove.title', { name: profile.name });
  useKeys(title, [{ keys: 'Escape', label: common('cancel'), run: onClose, inFields: true }], { modal: true });
  return (
    <Dialog onClose={onClose} width={520} label={title} closeOnEscape={false}>
      <form
        className={classes.remove}
        onSubmit={(event) => {
          event.preventDefault();
          remove();
        }}
      >
        <h2>{title}</h2>
        {error && <ErrorStrip error={error} />}
        <dl>
          <dt>{t('remove.gone')}</dt>
          <dd>
            {t('remove.goneText')} {t('remove.open')}
          </dd>
          <dt>{t('remove.stays')}</dt>
          <dd>{t('remove.staysText')}</dd>
        </dl>
        <Field
          data-autofocus
          label={t('remove.type', { name: profile.name })}
          value={typed}
          onPaste={(event) => event.preventDefault()}
          onChange={(event) => setTyped(event.currentTarget.value)}
          help={matches || typed === '' ? undefined : t('remove.wrong')}
        />
        <div className={classes.removeButtons}>
          <Button onClick={onClose} rightSection={<Keys keys="Escape" />}>
            {common('cancel')}
          </Button>
          <ActionButton submit look="erase" busy={busy} action={{ id: 'remove', label: t('remove.confirm'), icon: IconTrash, disabled: matches ? undefined : t('remove.waits'), run: remove }} />
        </div>
      </form>
    </Dialog>
  );
}
