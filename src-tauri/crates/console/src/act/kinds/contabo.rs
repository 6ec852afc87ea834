//! Steps on Contabo: a write is an operation's type, what shows that it is done, and nothing else. Its call text, its
//! send, its failures and its audit look-up follow from the type.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use rackdesk_contabo::{
    Client, Doubt, Error, Operation, Problem, Settled,
    api::instances::{Instance, RetrieveInstance},
    settle,
};
use rackdesk_wire::{Call, Effect, Sent};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Accepted, CallText, Checked, Lane, Site, Step, Trouble, Watched, Witness};
use crate::{
    act::{
        STEP_SEND,
        guard::rules_unread,
        reconcile::{Evidence, Look, Source, Speaks, later},
    },
    fault::Fault,
    plan::{Phrase, guardrails::kept_off},
    policy::kept::current,
};

/// One write on Contabo.
pub trait Write: Send + Sync {
    /// The operation that is sent.
    type Operation: Operation;

    /// See [`Step::name`].
    fn name(&self) -> &'static str {
        STEP_SEND
    }

    /// How long the provider's work may take.
    fn limit(&self) -> Duration {
        Duration::from_secs(600)
    }

    /// The operation as it will be sent.
    ///
    /// # Errors
    /// When the input makes none.
    fn operation(&self, site: &Site<'_>) -> Result<Self::Operation, Phrase>;

    /// What the call names, by the provider's names; a create names nothing.
    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        vec![("instanceId", site.action.target.id.to_string())]
    }

    /// The last look before the send.
    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>>;

    /// What the answer says; `Err` with [`Trouble::doubtful`] when it is about something else.
    ///
    /// # Errors
    /// When the answer does not belong to the call.
    fn accepted(&self, site: &Site<'_>, answer: <Self::Operation as Operation>::Response) -> Result<Accepted, Trouble>;

    /// Whether its work is done.
    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>>;

    /// What a lost write would have left beside its audit row: looked for while the audits do not settle it. `None`
    /// when it was looked for and is not there, or when there is nothing to look for.
    ///
    /// # Errors
    /// When it cannot be looked for.
    fn trace<'a>(&'a self, _: Site<'a>) -> BoxFuture<'a, Result<Option<Look>, Trouble>> {
        std::future::ready(Ok(None)).boxed()
    }
}

/// A write on Contabo as a step.
#[derive(Debug, Clone, Copy)]
pub struct OnContabo<W>(pub W);

impl<W: Write> Step for OnContabo<W> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn lane(&self) -> Lane {
        Lane::Contabo
    }

    fn effect(&self) -> Effect {
        W::Operation::EFFECT
    }

    fn limit(&self) -> Duration {
        self.0.limit()
    }

    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        self.0.operation(site).map(|operation| text(&operation))
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        self.0.check(site)
    }

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        async move {
            let operation = self.0.operation(&site)?;
            let answer = client(&site)?.call_with(operation, call).await.map_err(|error| trouble(&error))?;
            self.0.accepted(&site, answer)
        }
        .boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        self.0.watch(site)
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        async move {
            let look = audit(&site, W::Operation::ID, &self.0.names(&site)).await;
            let aside = machine(&site).await;
            if matches!(look, Look::Seen { .. } | Look::Elsewhere { .. }) {
                return Witness { source: Source::Audit, look, aside };
            }
            match self.0.trace(site).await {
                Ok(Some(traced)) => Witness { source: Source::Trace, look: traced, aside },
                Ok(None) => Witness { source: Source::Audit, look, aside },
                // One of two places could not be read: that it is in neither cannot be said.
                Err(trouble) => Witness { source: Source::Audit, look: Look::Unreadable { why: trouble.says }, aside },
            }
        }
        .boxed()
    }
}

/// Method, path and body of an operation, as they are journalled.
pub fn text<O: Operation>(operation: &O) -> CallText {
    let body = operation.body().map(|members| Value::Object(members).to_string().into_bytes()).unwrap_or_default();
    CallText { text: format!("{} {}", O::METHOD, operation.path()), body }
}

/// The client of the profile's account.
///
/// # Errors
/// When the profile has none.
pub fn client<'a>(site: &Site<'a>) -> Result<&'a Client, Trouble> {
    site.deps.contabo.as_ref().ok_or_else(no_account)
}

/// Makes a read of the action.
///
/// # Errors
/// What the provider, or the way to it, said.
pub async fn read<O: Operation>(site: &Site<'_>, operation: O) -> Result<O::Response, Trouble> {
    client(site)?.call_with(operation, site.call()).await.map_err(|error| trouble(&error))
}

/// Reads the action's instance and lets the mirror know.
///
/// # Errors
/// As [`read`]; that it is not there any more is said of the server and not of the call.
pub async fn instance(site: &Site<'_>) -> Result<Instance, Trouble> {
    let id = site.action.target.id;
    instance_of(site, id).await.map_err(|trouble| match trouble.status {
        Some(404) => Trouble { says: Phrase::new("action.server_gone", [("server", id.to_string())]), ..trouble },
        _ => trouble,
    })
}

/// Reads an instance that is not the action's target, and lets the mirror know.
///
/// # Errors
/// As [`read`].
pub async fn instance_of(site: &Site<'_>, instance_id: i64) -> Result<Instance, Trouble> {
    let instance = read(site, RetrieveInstance { instance_id }).await?;
    site.deps.mirror.instance_seen(&instance, (site.deps.clock)()).await;
    Ok(instance)
}

/// Its name as operators know it.
pub fn label(instance: &Instance) -> &str {
    if instance.display_name.is_empty() { &instance.name } else { &instance.display_name }
}

/// Why no action may touch it: the guardrail's own rule, asked with the name that its provider has just told and with
/// the policy in force now.
///
/// # Errors
/// When the policy cannot be read: then nothing is allowed.
pub async fn protected(site: &Site<'_>, instance: &Instance) -> Result<Option<Checked>, Trouble> {
    let began = site.policy.rails.clone();
    let policy = site.deps.store.peek_async(move |c| current(c, &began)).await.map_err(|error| rules_unread(&error))?;
    // Contabo tells no tags with an instance: those are known from the mirror, which is asked before the send.
    Ok(kept_off(label(instance), &[], &policy).map(|verdict| Checked::Refused(verdict.reason)))
}

/// For the first look at a lost attempt: how the machine is. A person who has to decide wants to know.
pub async fn machine(site: &Site<'_>) -> Vec<Evidence> {
    if site.action.looks > 0 || site.action.target.kind != "instance" {
        return Vec::new();
    }
    let Ok(instance) = instance(site).await else { return Vec::new() };
    let says = Phrase::new("evidence.status", [("status", instance.status.to_string())]);
    vec![Evidence { source: "state", speaks: Speaks::Open, says }]
}

/// A whole answer that says it was done.
pub fn answered(words: &str) -> Evidence {
    let says = Phrase::new("evidence.acknowledged", [("action", words.to_owned())]);
    Evidence { source: "reply", speaks: Speaks::Applied, says }
}

/// The answer is about another instance than the call: it may have happened, perhaps to somebody else.
///
/// # Errors
/// When it is.
pub fn same_instance(site: &Site<'_>, answered: i64) -> Result<(), Trouble> {
    if answered == site.action.target.id {
        return Ok(());
    }
    Err(Trouble::doubtful(Phrase::new("fault.other_resource", [("resource", answered.to_string())])))
}

/// What a read shows that proves the end of the work.
pub fn shown(says: Phrase) -> Evidence {
    Evidence { source: "state", speaks: Speaks::Applied, says }
}

/// What was gathered, as it becomes part of a plan's basis.
///
/// # Errors
/// Never in practice: it is plain data.
pub fn known_as<T: Serialize>(found: &T) -> Result<Option<Value>, Trouble> {
    serde_json::to_value(found).map(Some).map_err(|_| Trouble::hopeless(Phrase::new("action.bad_input", [])))
}

/// What is remembered while a machine goes through something.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Passage {
    /// When it was first seen not to fit.
    away_at: Option<Timestamp>,
    /// Since when its beginning is waited for.
    #[serde(default)]
    began: Option<Timestamp>,
}

/// Waits until the action's instance fits. No status says that work has not begun yet: so it counts when the instance
/// was seen otherwise since the send, or when it has had time enough to begin.
///
/// # Errors
/// When the instance cannot be read.
pub async fn comes_to(site: &Site<'_>, wanted: &str, fits: impl Fn(&Instance) -> bool) -> Result<Watched, Trouble> {
    let found = instance(site).await?;
    let mut passage: Passage = site.notes();
    let status = found.status.as_str();
    if status == "error" && !fits(&found) {
        let text = ("text", found.error_message.clone());
        return Ok(Watched::Broken(Phrase::new("action.power.error", [text])));
    }
    let notes = |passage: &Passage| serde_json::to_value(passage).unwrap_or(Value::Null);
    if !fits(&found) {
        passage.away_at.get_or_insert(site.now);
        let words = [("status", status.to_owned()), ("wanted", wanted.to_owned())];
        return Ok(Watched::NotYet { waits: Phrase::new("waits.status", words), notes: notes(&passage) });
    }
    let began = site.since(passage.began, site.sent_at());
    passage.began = Some(began);
    if passage.away_at.is_none() && site.now < later(began, site.policy.wait.restart_settles) {
        return Ok(Watched::NotYet { waits: Phrase::new("waits.begin", []), notes: notes(&passage) });
    }
    let down_ms = passage.away_at.map(|at| site.now.duration_since(at).as_millis().max(0));
    let down_ms = down_ms.and_then(|ms| i64::try_from(ms).ok());
    let says = Phrase::new("action.power.done", [("status", status.to_owned())]);
    let result = serde_json::json!({ "proof": "state", "down_ms": down_ms });
    Ok(Watched::Done { result, evidence: shown(says.clone()), says })
}

/// A failed call in the engine's terms.
pub fn trouble(error: &Error) -> Trouble {
    let (lasting, retry_after) = match &error.problem {
        // 404, 400, 403 …: the provider has looked at it and will say the same again.
        Problem::PermissionDenied { .. }
        | Problem::NotFound { .. }
        | Problem::PaymentRequired { .. }
        | Problem::Validation { .. }
        | Problem::NotCancellable { .. }
        | Problem::UnsupportedMedia { .. }
        | Problem::Refused { .. }
        | Problem::Unsendable { .. } => (true, None),
        Problem::Throttled { retry_after } => (false, *retry_after),
        Problem::Wire(wire) => (false, wire.retry_after),
        // A wrong password is put right by a person while the action waits; a conflict may pass.
        Problem::Credential(_)
        | Problem::Conflict { .. }
        | Problem::ProviderFailed { .. }
        | Problem::Html { .. }
        | Problem::Unreadable { .. }
        | Problem::Stuck { .. } => (false, None),
    };
    Trouble {
        sent: error.sent(),
        says: Phrase::from(&Fault::from(error)),
        status: error.status,
        cause: error.problem.to_string(),
        retry_after,
        lasting,
    }
}

/// Nobody to ask: the profile has no Contabo account.
pub fn no_account() -> Trouble {
    Trouble {
        sent: Sent::NotSent,
        says: Phrase::new("fault.no_contabo", []),
        status: None,
        cause: "the profile has no Contabo account".into(),
        retry_after: None,
        lasting: true,
    }
}

/// Asks the audits about the action's newest attempt: the operation, and what it named by the provider's names. The
/// look-ups are recorded for the action.
pub async fn audit(site: &Site<'_>, operation: &str, names: &[(&'static str, String)]) -> Look {
    let client = match client(site) {
        Ok(client) => client,
        Err(trouble) => return Look::Unreadable { why: trouble.says },
    };
    let request = site.attempt.and_then(|attempt| Uuid::try_parse(&attempt.request_id).ok());
    let Some(request_id) = request else { return Look::Incomplete };
    let resource: Vec<(&str, &str)> = names.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match settle(client, operation, &resource, request_id, &site.call()).await {
        Settled::Applied { rows, ids } => {
            let first = rows.into_iter().next();
            let ids: Map<String, Value> = ids.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
            Look::Seen {
                at: first.as_ref().and_then(|row| row.timestamp.as_ref()).and_then(|stamp| stamp.at()),
                by: first.map(|row| row.username).unwrap_or_default(),
                ids: Value::Object(ids),
            }
        }
        Settled::NotSeen => Look::Absent,
        Settled::Unknown(Doubt::FilterIgnored) => Look::Incomplete,
        Settled::Unknown(Doubt::OtherResource { rows }) => {
            let named = rows.into_iter().flat_map(|row| row.resource).map(|(name, value)| format!("{name} {value}"));
            Look::Elsewhere { resource: named.collect::<Vec<_>>().join(", ") }
        }
        Settled::Unknown(Doubt::Unreachable(error)) => Look::Unreadable { why: Phrase::from(&Fault::from(&error)) },
        Settled::Unknown(Doubt::NoMutation | Doubt::NoAuditList { .. }) => {
            Look::Unreadable { why: Phrase::new("evidence.no_audit_list", []) }
        }
    }
}
