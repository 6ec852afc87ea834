//! Between the vault and the clients.

use rackdesk_console::{
    profile::Profile,
    session::{ContaboSecrets, Secrets, WhmcsSecrets},
};
use rackdesk_store::DatabaseKey;
use rackdesk_vault::{SecretInput, SecretName, Vault};
use secrecy::{ExposeSecret, SecretString};

use super::Core;
use crate::{
    AppError, ErrorCode,
    profiles::{ContaboDraft, WhmcsDraft},
};

/// What was typed, or what is stored where nothing was typed.
async fn typed_or_stored(
    typed: Option<&SecretInput>,
    stored: Option<(&Vault, &str)>,
    name: SecretName,
) -> Result<Option<SecretString>, AppError> {
    match (typed.filter(|t| !t.is_empty()), stored) {
        (Some(typed), _) => Ok(Some(typed.secret().clone())),
        (None, Some((vault, profile))) => Ok(vault.get(profile, name).await?),
        (None, None) => Ok(None),
    }
}

fn needed(secret: Option<SecretString>, field: &str) -> Result<SecretString, AppError> {
    secret.ok_or_else(|| AppError::invalid(field, "is missing"))
}

impl Core {
    /// The vault that holds a profile's secrets.
    pub(crate) fn vault_of(&self, session_only: bool) -> &Vault {
        if session_only { &self.inner.memory } else { &self.inner.vault }
    }

    /// The credentials of a form: typed ones first, then those already kept under `stored`.
    pub(crate) async fn draft_secrets(
        &self,
        whmcs: Option<&WhmcsDraft>,
        contabo: Option<&ContaboDraft>,
        stored: Option<(&Vault, &str)>,
    ) -> Result<Secrets, AppError> {
        let whmcs = match whmcs {
            None => None,
            Some(d) => Some(WhmcsSecrets {
                identifier: needed(
                    typed_or_stored(d.identifier.as_ref(), stored, SecretName::WhmcsIdentifier).await?,
                    "whmcs.identifier",
                )?,
                secret: needed(
                    typed_or_stored(d.secret.as_ref(), stored, SecretName::WhmcsSecret).await?,
                    "whmcs.secret",
                )?,
                access_key: typed_or_stored(d.access_key.as_ref(), stored, SecretName::WhmcsAccessKey).await?,
            }),
        };
        let contabo = match contabo {
            None => None,
            Some(d) => Some(ContaboSecrets {
                client_id: needed(
                    typed_or_stored(d.client_id.as_ref(), stored, SecretName::ContaboClientId).await?,
                    "contabo.client_id",
                )?,
                client_secret: needed(
                    typed_or_stored(d.client_secret.as_ref(), stored, SecretName::ContaboClientSecret).await?,
                    "contabo.client_secret",
                )?,
                password: needed(
                    typed_or_stored(d.password.as_ref(), stored, SecretName::ContaboPassword).await?,
                    "contabo.password",
                )?,
            }),
        };
        Ok(Secrets { whmcs, contabo })
    }

    /// A profile's stored credentials.
    pub(crate) async fn stored_secrets(&self, profile: &Profile) -> Result<Secrets, AppError> {
        let vault = self.vault_of(profile.session_only);
        let id = profile.id.as_str();
        let get = async |name| vault.get(id, name).await;
        let whmcs = match &profile.whmcs {
            None => None,
            Some(_) => Some(WhmcsSecrets {
                identifier: needed(get(SecretName::WhmcsIdentifier).await?, "whmcs.identifier")?,
                secret: needed(get(SecretName::WhmcsSecret).await?, "whmcs.secret")?,
                access_key: get(SecretName::WhmcsAccessKey).await?,
            }),
        };
        let contabo = match &profile.contabo {
            None => None,
            Some(_) => Some(ContaboSecrets {
                client_id: needed(get(SecretName::ContaboClientId).await?, "contabo.client_id")?,
                client_secret: needed(get(SecretName::ContaboClientSecret).await?, "contabo.client_secret")?,
                password: needed(get(SecretName::ContaboPassword).await?, "contabo.password")?,
            }),
        };
        Ok(Secrets { whmcs, contabo })
    }

    /// Keeps a profile's credentials.
    pub(crate) async fn keep_secrets(&self, profile: &Profile, secrets: &Secrets) -> Result<(), AppError> {
        let vault = self.vault_of(profile.session_only);
        if vault.is_read_only() {
            return Ok(());
        }
        let id = profile.id.as_str();
        if let Some(w) = &secrets.whmcs {
            vault.set(id, SecretName::WhmcsIdentifier, &w.identifier).await?;
            vault.set(id, SecretName::WhmcsSecret, &w.secret).await?;
            if let Some(key) = &w.access_key {
                vault.set(id, SecretName::WhmcsAccessKey, key).await?;
            }
        }
        if let Some(c) = &secrets.contabo {
            vault.set(id, SecretName::ContaboClientId, &c.client_id).await?;
            vault.set(id, SecretName::ContaboClientSecret, &c.client_secret).await?;
            vault.set(id, SecretName::ContaboPassword, &c.password).await?;
        }
        Ok(())
    }

    /// The key of a profile's database. A new one is made only when there is no database yet: a file whose key is gone
    /// must not be mistaken for a fresh profile.
    pub(crate) async fn database_key(&self, profile: &Profile) -> Result<DatabaseKey, AppError> {
        let vault = self.vault_of(profile.session_only);
        if let Some(hex) = vault.get(&profile.id, SecretName::DatabaseKey).await? {
            return DatabaseKey::from_hex(hex.expose_secret()).map_err(|_| AppError::of(ErrorCode::StoreWrongKey));
        }
        if self.profile_dir(&profile.id).join("rackdesk.db").exists() {
            return Err(AppError::of(ErrorCode::StoreWrongKey));
        }
        if vault.is_read_only() {
            let problem =
                "is missing in the credentials directory: 64 hexadecimal digits, e.g. from openssl rand -hex 32";
            return Err(AppError::invalid("database_key", problem));
        }
        let key = DatabaseKey::generate()?;
        vault.set(&profile.id, SecretName::DatabaseKey, &key.to_hex()).await?;
        Ok(key)
    }
}
