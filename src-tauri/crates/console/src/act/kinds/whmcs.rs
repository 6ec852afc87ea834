//! Steps on WHMCS: a write is an action's type and a read-back that proves it. WHMCS knows no request ids and keeps no
//! audit that could be asked for one, so what a lost call did is read from the record it would have changed.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use rackdesk_store::{StoreError, queue};
use rackdesk_whmcs::{Action, Client, Error, Form, Problem, decode_entities};
use rackdesk_wire::{Call, Effect, Sent};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Accepted, CallText, Checked, Lane, Site, Step, Trouble, Watched, Witness};
use crate::{
    act::{
        STEP_SEND,
        engine::Deps,
        reconcile::{Evidence, Look, Source, Speaks},
    },
    fault::Fault,
    plan::Phrase,
};

/// One write on WHMCS.
pub trait Write: Send + Sync {
    /// The action that is sent.
    type Action: Action;

    /// See [`Step::name`].
    fn name(&self) -> &'static str {
        STEP_SEND
    }

    /// How long the effect may take to show.
    fn limit(&self) -> Duration {
        Duration::from_secs(300)
    }

    /// The action as it will be sent.
    ///
    /// # Errors
    /// When the input makes none.
    fn action(&self, site: &Site<'_>) -> Result<Self::Action, Phrase>;

    /// The last look before the send. Says [`Checked::Knowing`] what must be known to tell our write from an older one.
    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>>;

    /// The proof: reads the record and says whether the write is in it. [`Look::Absent`] only when the record was read
    /// in full and does not show it.
    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look>;

    /// What the answer says.
    ///
    /// # Errors
    /// When the answer does not belong to the call.
    fn accepted(&self, _: &Site<'_>, _: <Self::Action as Action>::Response) -> Result<Accepted, Trouble> {
        Ok(answered(Self::Action::NAME).into())
    }
}

/// A write on WHMCS as a step.
#[derive(Debug, Clone, Copy)]
pub struct OnWhmcs<W>(pub W);

impl<W: Write> Step for OnWhmcs<W> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn lane(&self) -> Lane {
        Lane::Whmcs
    }

    fn effect(&self) -> Effect {
        W::Action::EFFECT
    }

    fn limit(&self) -> Duration {
        self.0.limit()
    }

    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        let mut form = Form::new();
        self.0.action(site)?.fields(&mut form);
        Ok(CallText { text: W::Action::NAME.to_owned(), body: form.into_string().into_bytes() })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        self.0.check(site)
    }

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        async move {
            let action = self.0.action(&site)?;
            let answer = client(&site)?.call_with(&action, call).await.map_err(|error| trouble(&error))?;
            self.0.accepted(&site, answer.value)
        }
        .boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            Ok(match self.0.look(site).await {
                Look::Seen { ids, .. } => {
                    let says = Phrase::new("evidence.read_back", [("action", W::Action::NAME.to_owned())]);
                    let evidence = Evidence { source: "list", speaks: Speaks::Applied, says: says.clone() };
                    Watched::Done { result: json!({ "proof": "read_back", "ids": ids }), evidence, says }
                }
                Look::Unreadable { why } => Watched::NotYet { waits: why, notes: site.notes() },
                Look::Elsewhere { resource } => Watched::NotYet {
                    waits: Phrase::new("waits.elsewhere", [("resource", resource)]),
                    notes: site.notes(),
                },
                Look::Absent | Look::Incomplete => {
                    Watched::NotYet { waits: Phrase::new("waits.read_back", []), notes: site.notes() }
                }
            })
        }
        .boxed()
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        async move { Witness { source: Source::ReadBack, look: self.0.look(site).await, aside: Vec::new() } }.boxed()
    }
}

/// The client of the profile's installation.
///
/// # Errors
/// When the profile has none.
pub fn client<'a>(site: &Site<'a>) -> Result<&'a Client, Trouble> {
    site.deps.whmcs.as_ref().ok_or_else(|| Trouble::hopeless(Phrase::new("fault.no_whmcs", [])))
}

/// Makes a read of the action.
///
/// # Errors
/// What WHMCS, or the way to it, said.
pub async fn read<A: Action>(site: &Site<'_>, action: &A) -> Result<A::Response, Trouble> {
    let answer = client(site)?.call_with(action, site.call()).await.map_err(|error| trouble(&error))?;
    Ok(answer.value)
}

/// Makes a read for a plan; `None` when WHMCS says that there is no such record.
///
/// # Errors
/// What else WHMCS, or the way to it, said.
pub async fn ask<A: Action>(deps: &Deps, action: &A) -> Result<Option<A::Response>, Trouble> {
    let client = deps.whmcs.as_ref().ok_or_else(|| Trouble::hopeless(Phrase::new("fault.no_whmcs", [])))?;
    match client.call_with(action, Call::fresh()).await {
        Ok(answer) => Ok(Some(answer.value)),
        Err(error) if error.problem == Problem::NotFound => Ok(None),
        Err(error) => Err(trouble(&error)),
    }
}

/// What was gathered, in the form in which it becomes part of a plan's basis and is sealed with the action.
pub fn sealed<T: Serialize>(found: &T) -> Option<Value> {
    serde_json::to_value(found).ok()
}

/// How the cause of an attempt begins whose call was answered by a module, in the module's own words (quirk 19).
const MODULE_SAID: &str = "module: ";

/// What a module said to this action's last attempt, when evidence has shown since that it did nothing. It would say
/// the same again: trying it once more is a person's decision.
///
/// # Errors
/// When the queue cannot be read.
pub async fn module_said(site: &Site<'_>) -> Result<Option<Phrase>, Trouble> {
    let id = site.action.id;
    let last = site.deps.store.peek_async(move |c| queue::last_attempt(c, id)).await;
    let last = last.map_err(|error| store_trouble(&error))?.filter(|attempt| attempt.outcome == "not_applied");
    let said = last.and_then(|attempt| Some(attempt.cause?.strip_prefix(MODULE_SAID)?.to_owned()));
    Ok(said.map(|text| Phrase::new("action.module_said", [("text", text)])))
}

/// Our own database cannot be read for now.
pub fn store_trouble(error: &StoreError) -> Trouble {
    Trouble {
        sent: Sent::NotSent,
        says: Phrase::new("fault.store_failed", []),
        status: None,
        cause: error.to_string(),
        retry_after: None,
        lasting: false,
    }
}

/// A look that could not be made.
pub fn unreadable(trouble: Trouble) -> Look {
    Look::Unreadable { why: trouble.says }
}

/// A whole answer that says it was done.
pub fn answered(action: &str) -> Evidence {
    let says = Phrase::new("evidence.answered", [("action", action.to_owned())]);
    Evidence { source: "reply", speaks: Speaks::Applied, says }
}

/// A target's id as WHMCS takes it.
///
/// # Errors
/// When it is negative.
pub fn id(site: &Site<'_>) -> Result<u64, Phrase> {
    u64::try_from(site.action.target.id).map_err(|_| Phrase::new("action.bad_input", []))
}

/// A text in the one form in which what was sent and what is read back can be compared: WHMCS escapes, trims and
/// changes line ends.
pub fn comparable(text: &str) -> String {
    decode_entities(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A failed call in the engine's terms.
pub fn trouble(error: &Error) -> Trouble {
    let (lasting, retry_after) = match &error.problem {
        Problem::Throttled { retry_after } => (false, *retry_after),
        // WHMCS has looked at it and will say the same again.
        Problem::ActionNotPermitted { .. }
        | Problem::UnknownAction
        | Problem::NotFound
        | Problem::Duplicate
        | Problem::Validation { .. }
        | Problem::State
        | Problem::Module
        | Problem::Refused
        | Problem::Parameter(_) => (true, None),
        // Put right by a person, or by time.
        Problem::Credential
        | Problem::IpNotAllowed { .. }
        | Problem::Maintenance
        | Problem::Licence
        | Problem::Html { .. }
        | Problem::Empty
        | Problem::Unreadable { .. }
        | Problem::NoProgress { .. }
        | Problem::Wire(_) => (false, None),
    };
    // A page in place of an answer proves nothing about a write, whatever its status.
    let sent = match (error.sent(), &error.problem) {
        (Sent::Rejected, Problem::Html { .. } | Problem::Empty) => Sent::MaybeSent,
        (sent, _) => sent,
    };
    let own = if error.problem == Problem::Module { MODULE_SAID } else { "" };
    Trouble {
        sent,
        says: Phrase::from(&Fault::from(error)),
        status: error.status,
        cause: format!("{own}{}", error.message),
        retry_after,
        lasting,
    }
}
