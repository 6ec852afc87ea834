//! Profiles: one WHMCS and one Contabo account each, with a colour and an environment.

pub use rackdesk_console::profile::Environment;
use rackdesk_console::{
    act::ActionVerb,
    profile::{CONTABO_API, CONTABO_TOKEN, ContaboSide, Profile, WhmcsSide, profile_id},
    record::timeline::phrase,
};
use rackdesk_store::{
    list::Today,
    queue::{ActionRecord, board_window},
};
use rackdesk_vault::SecretInput;
use serde::{Deserialize, Serialize};
use specta::Type;
use url::Url;
use uuid::Uuid;

use crate::{
    AppError, Core, ErrorCode, connection,
    list::{Filter, FilterOp, ListQuery},
    queue::{self, VerbRequest},
};

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

/// Makes the demo profile when there is none yet, and opens it.
///
/// # Errors
/// When the sandbox cannot listen or the profile cannot be kept.
pub async fn demo_start(core: &Core, (): ()) -> Result<ProfileSummary, AppError> {
    let profile = core.start_demo().await?;
    Ok(crate::core::summary(&profile))
}

/// Checks a form without its secrets: addresses and names.
fn profile_of(core: &Core, draft: &ProfileDraft) -> Result<Profile, AppError> {
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(AppError::invalid("name", "must have 1 to 80 characters"));
    }
    if draft.whmcs.is_none() && draft.contabo.is_none() {
        return Err(AppError::invalid("profile", "needs WHMCS or Contabo"));
    }
    let whmcs = draft.whmcs.as_ref().map(|w| Ok::<_, AppError>(WhmcsSide { url: address("whmcs.url", &w.url)? }));
    let contabo = draft.contabo.as_ref().map(|c| {
        if c.user.trim().is_empty() {
            return Err(AppError::invalid("contabo.user", "is missing"));
        }
        Ok(ContaboSide {
            api_url: address("contabo.api_url", or(&c.api_url, CONTABO_API))?,
            token_url: address("contabo.token_url", or(&c.token_url, CONTABO_TOKEN))?,
            user: c.user.trim().to_owned(),
        })
    });
    let old = draft.id.as_ref().and_then(|id| core.book(|book| book.get(id).cloned()));
    Ok(Profile {
        id: old.as_ref().map_or_else(|| profile_id(name, Uuid::new_v4()), |p| p.id.clone()),
        name: name.to_owned(),
        colour: draft.colour.clone(),
        environment: draft.environment,
        whmcs: whmcs.transpose()?,
        contabo: contabo.transpose()?,
        demo: old.as_ref().and_then(|p| p.demo.clone()),
        policy: old.as_ref().map(|p| p.policy.clone()).unwrap_or_default(),
        session_only: draft.session_only,
    })
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text.trim() }
}

/// An address as a person types it: a missing scheme means https.
fn address(field: &str, text: &str) -> Result<Url, AppError> {
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&full).map_err(|e| AppError::invalid(field, format!("is no address ({e})")))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(AppError::with(ErrorCode::PlainHttp, [("host", url.host_str().unwrap_or("").to_owned())]));
        }
        other => return Err(AppError::invalid(field, format!("cannot be {other}"))),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(AppError::invalid(field, "has no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AppError::invalid(field, "must not hold credentials"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Says whether both sides of a form can be used, and if not, why. Reads only; keeps nothing.
///
/// # Errors
/// When the form itself is wrong.
pub async fn connection_test(core: &Core, input: ProfileDraft) -> Result<ConnectionReport, AppError> {
    let profile = profile_of(core, &input)?;
    let vault = core.vault_of(input.session_only);
    let stored = Some((vault, profile.id.as_str())).filter(|_| input.id.is_some() || vault.is_read_only());
    let secrets = core.draft_secrets(input.whmcs.as_ref(), input.contabo.as_ref(), stored).await?;
    connection::test(&profile, &secrets).await
}

/// Keeps a profile and opens it. The secrets go to the vault and nowhere else.
///
/// # Errors
/// When the form is wrong, or vault or disk say no; then nothing was kept.
pub async fn profile_save(core: &Core, input: ProfileDraft) -> Result<ProfileSummary, AppError> {
    let profile = profile_of(core, &input)?;
    let vault = core.vault_of(input.session_only);
    let stored = Some((vault, profile.id.as_str())).filter(|_| input.id.is_some() || vault.is_read_only());
    let secrets = core.draft_secrets(input.whmcs.as_ref(), input.contabo.as_ref(), stored).await?;
    core.keep_secrets(&profile, &secrets).await?;
    let kept = profile.clone();
    core.change_book(|book| {
        book.current = Some(kept.id.clone());
        book.put(kept);
    })?;
    let summary = crate::core::summary(&profile);
    core.open_profile(profile).await?;
    go_on_with_credentials(core).await?;
    Ok(summary)
}

/// What waited because a provider did not accept the credentials is tried again at once with those just given.
async fn go_on_with_credentials(core: &Core) -> Result<(), AppError> {
    let retryable = Filter { field: "state".into(), op: FilterOp::Is, values: vec!["retryable".into()] };
    let query: rackdesk_store::list::ListQuery =
        ListQuery { filters: vec![retryable], limit: 500, ..ListQuery::default() }.into();
    let waiting = core.session()?.store.read_async(move |c| board_window(c, &query, &Today::local())).await?;
    // Why it waits by itself: that nobody works the queue at this moment is no part of it.
    let refused = |action: &ActionRecord| {
        phrase(action.waits.as_deref()).is_some_and(|waits| CREDENTIALS.contains(&&*waits.code))
    };
    let ids: Vec<i64> = waiting.rows.iter().filter(|action| refused(action)).map(|action| action.id).collect();
    if !ids.is_empty() {
        let reason = Some("The credentials were given anew".to_owned());
        let verb = ActionVerb::RetryNow;
        queue::action_verb(core, VerbRequest { ids, verb, reason, step: None }).await?;
    }
    Ok(())
}

/// Why an action waits whose provider did not accept the credentials.
const CREDENTIALS: [&str; 5] = [
    "fault.contabo_client",
    "fault.contabo_user",
    "fault.whmcs_credential",
    "fault.ip_not_allowed",
    "fault.permission_denied",
];

/// Opens another profile.
///
/// # Errors
/// When there is none of that id, or it cannot be opened.
pub async fn profile_open(core: &Core, input: ProfileRef) -> Result<ProfileSummary, AppError> {
    let profile = core
        .book(|book| book.get(&input.id).cloned())
        .ok_or_else(|| AppError::missing(format!("The profile {}", input.id)))?;
    core.change_book(|book| book.current = Some(input.id.clone()))?;
    let summary = crate::core::summary(&profile);
    core.open_profile(profile).await?;
    Ok(summary)
}

/// Removes a profile with its data and keychain items.
///
/// # Errors
/// When there is none of that id, or vault or disk say no.
pub async fn profile_remove(core: &Core, input: ProfileRef) -> Result<(), AppError> {
    core.remove_profile(&input.id).await
}
