import { useCallback, useState } from 'react';
import { useDraft } from '@/app/useDraft';
import type { ConnectionReport, Environment, ProfileDraft, ProfileSummary } from '@/ipc';

/** What of a profile is typed and may be kept on disk between two starts. Nothing here is a secret. */
export interface OpenPart {
  name: string;
  colour: string;
  environment: Exclude<Environment, 'demo'>;
  session: boolean;
  whmcs: boolean;
  whmcsUrl: string;
  contabo: boolean;
  user: string;
  apiUrl: string;
  tokenUrl: string;
}

/** What lives only in the memory of the open form. */
export interface SecretPart {
  identifier: string;
  secret: string;
  accessKey: string;
  clientId: string;
  clientSecret: string;
  password: string;
}

export type Side = 'whmcs' | 'contabo';

/** A test of one side: of which typing it tells, and when. */
export interface SideTest {
  report: ConnectionReport;
  revision: number;
  at: string;
  seconds: string;
}

const fresh: OpenPart = { name: '', colour: 'petrol', environment: 'production', session: false, whmcs: true, whmcsUrl: '', contabo: true, user: '', apiUrl: '', tokenUrl: '' };
const noSecrets: SecretPart = { identifier: '', secret: '', accessKey: '', clientId: '', clientSecret: '', password: '' };

function openPartOf(profile: ProfileSummary): OpenPart {
  return {
    ...fresh,
    name: profile.name,
    colour: profile.colour,
    environment: profile.environment === 'staging' ? 'staging' : 'production',
    session: profile.session_only,
    whmcs: profile.whmcs_url !== null,
    whmcsUrl: profile.whmcs_url ?? '',
    contabo: profile.contabo_url !== null,
    user: profile.contabo_user ?? '',
    apiUrl: profile.contabo_url ?? '',
  };
}

const sideOf: Partial<Record<keyof OpenPart | keyof SecretPart, Side>> = {
  whmcsUrl: 'whmcs', identifier: 'whmcs', secret: 'whmcs', accessKey: 'whmcs',
  user: 'contabo', apiUrl: 'contabo', tokenUrl: 'contabo', clientId: 'contabo', clientSecret: 'contabo', password: 'contabo',
};

export interface ProfileForm {
  open: OpenPart;
  secrets: SecretPart;
  /** There was something typed before this form was opened. */
  dirty: boolean;
  setOpen: <K extends keyof OpenPart>(name: K, value: OpenPart[K]) => void;
  setSecret: (name: keyof SecretPart, value: string) => void;
  /** Counts the changes of each side, so that a test knows what it was about. */
  revisions: Record<Side, number>;
  /** The form as the core takes it; one side alone for its test. */
  draft: (only?: Side) => ProfileDraft;
  forget: () => void;
}

const given = (text: string): string | null => (text === '' ? null : text);

/** A profile's form. Everything but the secrets survives a failed call, a closed view and a restart. */
export function useProfileForm(edited: ProfileSummary | undefined, sessionOnly: boolean): ProfileForm {
  const draft = useDraft<OpenPart>(edited ? `connect.${edited.id}` : 'connect', edited ? openPartOf(edited) : fresh);
  const [secrets, setSecrets] = useState<SecretPart>(noSecrets);
  const [revisions, setRevisions] = useState<Record<Side, number>>({ whmcs: 0, contabo: 0 });
  const moved = useCallback((name: keyof OpenPart | keyof SecretPart) => {
    const side = sideOf[name];
    if (side) setRevisions((before) => ({ ...before, [side]: before[side] + 1 }));
  }, []);
  const open = draft.value;
  return {
    open,
    secrets,
    dirty: draft.dirty,
    revisions,
    setOpen(name, value) {
      draft.set({ ...open, [name]: value });
      moved(name);
    },
    setSecret(name, value) {
      setSecrets((before) => ({ ...before, [name]: value }));
      moved(name);
    },
    draft: (only) => ({
      id: edited?.id ?? null,
      // A test of one side must not fail for want of a name.
      name: open.name.trim() || (only ? '-' : ''),
      colour: open.colour,
      environment: open.environment,
      whmcs:
        open.whmcs && only !== 'contabo'
          ? { url: open.whmcsUrl.trim(), identifier: given(secrets.identifier.trim()), secret: given(secrets.secret), access_key: given(secrets.accessKey) }
          : null,
      contabo:
        open.contabo && only !== 'whmcs'
          ? {
              api_url: open.apiUrl.trim(),
              token_url: open.tokenUrl.trim(),
              client_id: given(secrets.clientId.trim()),
              client_secret: given(secrets.clientSecret),
              user: open.user.trim(),
              password: given(secrets.password),
            }
          : null,
      session_only: sessionOnly || open.session,
    }),
    forget() {
      draft.forget();
      setSecrets(noSecrets);
    },
  };
}
