import { Checkbox, SegmentedControl } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/app/i18n';
import { type ProfileColour, profileColours } from '@/app/theme/tokens';
import { errorText, Field, FieldPair, FieldShell, icon14, SecretField, Strip } from '@/components';
import type { AppError } from '@/ipc';
import type { ProfileForm, SecretPart } from './form';
import classes from './connect.module.css';

export interface SectionProps {
  form: ProfileForm;
  /** Secrets live for this session only. */
  session: boolean;
  /** Secrets are kept already; an empty field keeps them. */
  kept: boolean;
  /** The field the core complained about. */
  field: { name: string; problem: string } | undefined;
}

/** The box stands in the middle of the first line of its label. */
const check = { body: { alignItems: 'flex-start' }, inner: { marginBlockStart: 3 }, description: { marginBlockStart: 2 } } as const;

const colours = Object.keys(profileColours) as ProfileColour[];

export function NameSection({ form, field, noKeychain }: SectionProps & { noKeychain: AppError | null }) {
  const t = useT('welcome');
  const { open, setOpen } = form;
  const words = noKeychain && errorText(noKeychain);
  return (
    <>
      <Field
        autoFocus={open.name === ''}
        label={t('name.company')}
        value={open.name}
        onChange={(event) => setOpen('name', event.currentTarget.value)}
        help={t('name.companyHelp')}
        error={field?.name === 'name' ? t('name.companyMissing') : undefined}
      />
      <FieldShell label={t('name.colour')}>
        <div className={classes.colours} role="radiogroup" aria-label={t('name.colour')}>
          {colours.map((colour) => (
            <label key={colour} className={classes.colour} data-on={open.colour === colour || undefined}>
              <input type="radio" name="colour" value={colour} checked={open.colour === colour} onChange={() => setOpen('colour', colour)} />
              <span className={classes.swatch} style={{ background: `light-dark(${profileColours[colour].light.bar}, ${profileColours[colour].dark.bar})` }}>
                {open.colour === colour && <IconCheck {...icon14} />}
              </span>
              {t(`name.${colour}`)}
            </label>
          ))}
        </div>
      </FieldShell>
      <FieldShell label={t('name.environment')} help={t('name.environmentHelp')}>
        <div>
          <SegmentedControl
            aria-label={t('name.environment')}
            value={open.environment}
            onChange={(value) => setOpen('environment', value as 'production' | 'staging')}
            data={(['production', 'staging'] as const).map((value) => ({ value, label: t(`states:environment.${value}`) }))}
          />
        </div>
      </FieldShell>
      {words ? (
        <div className={classes.note}>
          <Strip icon={IconAlertTriangle} title={words.title} text={`${words.hint} ${t('keychain.unavailable')}`} />
        </div>
      ) : (
        <Checkbox styles={check} checked={open.session} onChange={(event) => setOpen('session', event.currentTarget.checked)} label={t('name.session')} description={t('name.sessionHelp')} />
      )}
    </>
  );
}

function useFields({ form, session, kept, field }: SectionProps) {
  const wrong = (name: string) => (field?.name === name ? field.problem : undefined);
  const text = (name: 'whmcsUrl' | 'user' | 'apiUrl' | 'tokenUrl', core: string) => ({
    value: form.open[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => form.setOpen(name, event.currentTarget.value),
    error: wrong(core),
  });
  const secret = (name: keyof SecretPart, core: string) => ({
    value: form.secrets[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => form.setSecret(name, event.currentTarget.value),
    error: wrong(core),
    session,
    kept,
  });
  return { text, secret };
}

export function WhmcsSection(props: SectionProps) {
  const t = useT('welcome');
  const { form } = props;
  const { text, secret } = useFields(props);
  return (
    <>
      <Checkbox styles={check} checked={form.open.whmcs} onChange={(event) => form.setOpen('whmcs', event.currentTarget.checked)} label={t('whmcs.use')} description={form.open.whmcs ? undefined : t('whmcs.off')} />
      {form.open.whmcs && (
        <>
          <Field label={t('whmcs.url')} inputMode="url" help={t('whmcs.urlHelp')} {...text('whmcsUrl', 'whmcs.url')} />
          <SecretField label={t('whmcs.identifier')} {...secret('identifier', 'whmcs.identifier')} />
          <SecretField label={t('whmcs.secret')} {...secret('secret', 'whmcs.secret')} />
          <SecretField label={t('whmcs.accessKey')} optional help={t('whmcs.accessKeyHelp')} {...secret('accessKey', 'whmcs.access_key')} />
        </>
      )}
    </>
  );
}

export function ContaboSection(props: SectionProps) {
  const t = useT('welcome');
  const { form } = props;
  const { text, secret } = useFields(props);
  const [advanced, setAdvanced] = useState(form.open.apiUrl !== '' || form.open.tokenUrl !== '');
  return (
    <>
      <Checkbox styles={check} checked={form.open.contabo} onChange={(event) => form.setOpen('contabo', event.currentTarget.checked)} label={t('contabo.use')} description={form.open.contabo ? undefined : t('contabo.off')} />
      {form.open.contabo && (
        <>
          <SecretField label={t('contabo.clientId')} {...secret('clientId', 'contabo.client_id')} />
          <SecretField label={t('contabo.clientSecret')} {...secret('clientSecret', 'contabo.client_secret')} />
          <Field label={t('contabo.user')} help={t('contabo.userHelp')} {...text('user', 'contabo.user')} />
          <SecretField label={t('contabo.password')} help={t('contabo.passwordHelp')} {...secret('password', 'contabo.password')} />
          <button type="button" className={classes.advanced} aria-expanded={advanced} onClick={() => setAdvanced(!advanced)}>
            <IconChevronRight {...icon14} />
            {t('contabo.advanced')}
          </button>
          {advanced && (
            <FieldPair>
              <Field label={t('contabo.apiUrl')} inputMode="url" help={t('contabo.urlHelp')} {...text('apiUrl', 'contabo.api_url')} />
              <Field label={t('contabo.tokenUrl')} inputMode="url" help={t('contabo.urlHelp')} {...text('tokenUrl', 'contabo.token_url')} />
            </FieldPair>
          )}
        </>
      )}
    </>
  );
}
