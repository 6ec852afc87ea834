//! The command line's own way to a provider, in this process: a profile on a sandbox, and `call` as `rackdeskctl` runs it.

use std::sync::Arc;

use rackdesk_commands::profiles::{Environment, ProfileDraft, WhmcsDraft, profile_save};
use rackdesk_commands::{AppError, Core, CoreOptions};
use rackdesk_sandbox::{Options, Running};
use serde_json::{Value, json};
use tempfile::TempDir;

/// An open profile on a sandbox of its own.
#[derive(Clone)]
pub struct Office {
    pub core: Core,
    pub sandbox: Arc<Running>,
    http: reqwest::Client,
    _dir: Arc<TempDir>,
}

impl Office {
    /// Opens one. The secrets stay in memory: no keychain is needed.
    pub async fn open(seed: u64, scale: f64) -> Self {
        let start = Some("2026-11-20T12:00:00Z".parse().expect("a time"));
        let options = Options { seed, scale, start, ..Options::default() };
        let sandbox = rackdesk_sandbox::start(options).await.expect("a sandbox");
        let dir = tempfile::tempdir().expect("a folder");
        let options = CoreOptions { data_dir: dir.path().to_owned(), background: false, profile: None };
        let core = Core::open(options).await.expect("a core");
        let office = Self { core, sandbox: Arc::new(sandbox), http: reqwest::Client::new(), _dir: Arc::new(dir) };
        office.sign_in(None).await;
        office
    }

    /// Opens a profile with this identifier and secret, or the sandbox's first.
    pub async fn sign_in(&self, credential: Option<(&str, &str)>) {
        let line = &self.sandbox.line.whmcs;
        let (identifier, secret) = credential.unwrap_or((&line.identifier, &line.secret));
        let whmcs = json!({
            "url": line.url, "identifier": identifier, "secret": secret, "access_key": line.access_key,
        });
        let draft = ProfileDraft {
            id: None,
            name: "Office".into(),
            colour: "petrol".into(),
            environment: Environment::Staging,
            whmcs: Some(serde_json::from_value::<WhmcsDraft>(whmcs).expect("a draft")),
            contabo: None,
            session_only: true,
        };
        profile_save(&self.core, draft).await.expect("the profile opens");
    }

    /// `rackdeskctl call whmcs ACTION name=value… --yes`.
    pub async fn call(&self, action: &str, params: &[(&str, &str)]) -> Result<Value, AppError> {
        let params: Vec<_> = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.call_owned(action, &params).await
    }

    /// The same.
    pub async fn call_owned(&self, action: &str, params: &[(String, String)]) -> Result<Value, AppError> {
        let call = self.core.operation("whmcs", action, params)?;
        self.core.call(&call, false).await
    }

    /// Posts to the sandbox's control port.
    pub async fn tell(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.sandbox.line.control_url);
        let reply = self.http.post(url).json(&body).send().await.expect("control answers");
        assert!(reply.status().is_success(), "{path} {body}");
        reply.json().await.expect("JSON")
    }

    /// Switches a fault on for some calls of WHMCS.
    pub async fn fault(&self, operation: &str, kind: &str, more: Value) {
        let mut rule = json!({"provider": "whmcs", "operation": operation, "kind": kind});
        if let (Value::Object(rule), Value::Object(more)) = (&mut rule, more) {
            rule.extend(more);
        }
        self.tell("faults", rule).await;
    }

    /// Operations of a provider that arrived at the sandbox.
    pub async fn arrived(&self, provider: &str) -> std::collections::BTreeSet<String> {
        let url = format!("{}arrivals?provider={provider}", self.sandbox.line.control_url);
        let seen: Value = self.http.get(url).send().await.expect("control answers").json().await.expect("JSON");
        let rows = seen["arrivals"].as_array().expect("a list");
        rows.iter().filter_map(|row| row["operation"].as_str().map(str::to_owned)).collect()
    }
}
