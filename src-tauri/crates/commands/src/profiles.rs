//! Profiles: one WHMCS and one Contabo account each, with a colour and an environment.

use rackdesk_vault::SecretInput;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What stands behind a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Real customers.
    Production,
    /// A test installation.
    Staging,
    /// The built-in sandbox.
    Demo,
}

/// A profile without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProfileSummary {
    /// Id, also the name of its folder.
    pub id: String,
    /// Company.
    pub name: String,
    /// Colour name of the palette, e.g. `petrol`.
    pub colour: String,
    /// What stands behind it.
    pub environment: Environment,
    /// WHMCS root address.
    pub whmcs_url: Option<String>,
    /// Contabo API address.
    pub contabo_url: Option<String>,
    /// Contabo API user (a name, not a secret).
    pub contabo_user: Option<String>,
    /// Secrets are held in memory for this session only.
    pub session_only: bool,
}

/// WHMCS side of a profile form. A secret left out keeps the stored one.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct WhmcsDraft {
    /// Root or full API address.
    pub url: String,
    /// API identifier.
    pub identifier: Option<SecretInput>,
    /// API secret.
    pub secret: Option<SecretInput>,
    /// API access key, when the installation uses one.
    pub access_key: Option<SecretInput>,
}

/// Contabo side of a profile form. A secret left out keeps the stored one.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct ContaboDraft {
    /// API address; the provider's own when empty.
    pub api_url: String,
    /// Token address; the provider's own when empty.
    pub token_url: String,
    /// OAuth2 client id.
    pub client_id: Option<SecretInput>,
    /// OAuth2 client secret.
    pub client_secret: Option<SecretInput>,
    /// API user (mail address).
    pub user: String,
    /// API password.
    pub password: Option<SecretInput>,
}

/// A profile form.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct ProfileDraft {
    /// The profile to change; `None` adds one.
    pub id: Option<String>,
    /// Company.
    pub name: String,
    /// Colour name.
    pub colour: String,
    /// Environment.
    pub environment: Environment,
    /// WHMCS side.
    pub whmcs: Option<WhmcsDraft>,
    /// Contabo side.
    pub contabo: Option<ContaboDraft>,
    /// Keep the secrets in memory only.
    pub session_only: bool,
}

/// Names a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProfileRef {
    /// Id.
    pub id: String,
}

/// How one step of a connection test went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Good.
    Passed,
    /// Not good; the error says why.
    Failed,
    /// Good, with a remark.
    Warned,
    /// Not tried, because an earlier step failed.
    Skipped,
}

/// One step of a connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TestStep {
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// `address`, `tls`, `credential`, `rights`, `data`, `clock`.
    pub step: String,
    /// How it went.
    pub state: StepState,
    /// Facts for the sentence, e.g. `version`, `host`, `milliseconds`.
    pub params: std::collections::BTreeMap<String, String>,
    /// Why it failed and what to do.
    pub error: Option<crate::AppError>,
}

/// A whole connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionReport {
    /// Both sides can be used.
    pub ok: bool,
    /// Steps in order.
    pub steps: Vec<TestStep>,
}

/// See the list of commands.
pub async fn demo_start(core: &crate::Core, input: ()) -> Result<crate::profiles::ProfileSummary, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn connection_test(core: &crate::Core, input: crate::profiles::ProfileDraft) -> Result<crate::profiles::ConnectionReport, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn profile_save(core: &crate::Core, input: crate::profiles::ProfileDraft) -> Result<crate::profiles::ProfileSummary, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn profile_open(core: &crate::Core, input: crate::profiles::ProfileRef) -> Result<crate::profiles::ProfileSummary, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn profile_remove(core: &crate::Core, input: crate::profiles::ProfileRef) -> Result<(), crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}
