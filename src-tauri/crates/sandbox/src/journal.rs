//! Every state change the sandbox makes, in order: the judge of "done once" and "nothing lost".

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Which of the two providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Billing and support.
    Whmcs,
    /// Servers.
    Contabo,
}

impl Provider {
    /// The name used in the journal and in fault rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whmcs => "whmcs",
            Self::Contabo => "contabo",
        }
    }
}

/// What happened to the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It did not exist before.
    Created,
    /// It differs from before.
    Updated,
    /// It is gone.
    Deleted,
    /// Something was done with it (a power action, a mail) that need not show in its fields.
    Action,
}

/// Why it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// A call over HTTP.
    Request,
    /// Time passed: an instance finished installing, a nightly job ran.
    Time,
    /// The control port.
    Control,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// `instance`, `invoice`, …
    pub kind: String,
    /// The id the provider shows.
    pub id: String,
}

/// One state change.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// When, by the sandbox's clock.
    pub at: Timestamp,
    /// Where.
    pub provider: Provider,
    /// The action or operation that was called; for what time made, the one that set it off or the job's name.
    pub operation: String,
    /// `x-request-id` of the call, when it carried one.
    pub request_id: Option<String>,
    /// `x-trace-id` of the call, when it carried one.
    pub trace_id: Option<String>,
    /// What happened.
    pub effect: Effect,
    /// To what.
    pub resource: Resource,
    /// Before and after, amounts, whatever helps a judge.
    pub detail: Value,
    /// Why.
    pub cause: Cause,
}

/// An entry with its place in the order.
#[derive(Debug, Clone, Serialize)]
pub struct Numbered {
    /// From 1, without gaps.
    pub seq: u64,
    /// The change.
    #[serde(flatten)]
    pub entry: Entry,
}

/// The call being answered: entries noted while it lasts carry its ids.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// Action or operation name.
    pub operation: String,
    /// `x-request-id`.
    pub request_id: Option<String>,
    /// `x-trace-id`.
    pub trace_id: Option<String>,
}

/// The append-only list.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Vec<Numbered>,
    call: Option<Call>,
}

impl Journal {
    /// Appends an entry and returns its sequence number.
    pub fn push(&mut self, entry: Entry) -> u64 {
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(Numbered { seq, entry });
        seq
    }

    /// Says which call the following [`Journal::note`]s belong to; `None` when it is over.
    pub fn set_call(&mut self, call: Option<Call>) {
        self.call = call;
    }

    /// The call being answered, if any.
    pub fn call(&self) -> Option<&Call> {
        self.call.as_ref()
    }

    /// Appends a change made by the current call; outside a call it is put down to time, under the name `cron`.
    pub fn note(
        &mut self,
        at: Timestamp,
        provider: Provider,
        effect: Effect,
        kind: &str,
        id: impl ToString,
        detail: Value,
    ) -> u64 {
        let cause = if self.call.is_some() { Cause::Request } else { Cause::Time };
        let call = self.call.clone().unwrap_or_else(|| Call { operation: "cron".to_owned(), ..Call::default() });
        self.push(Entry {
            at,
            provider,
            operation: call.operation,
            request_id: call.request_id,
            trace_id: call.trace_id,
            effect,
            resource: Resource { kind: kind.to_owned(), id: id.to_string() },
            detail,
            cause,
        })
    }

    /// The last sequence number given; 0 when nothing has changed yet.
    pub fn last(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Entries with a greater sequence number than `after`, oldest first.
    pub fn after(&self, after: u64) -> &[Numbered] {
        let from = usize::try_from(after).unwrap_or(usize::MAX).min(self.entries.len());
        &self.entries[from..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_inside_a_call_carries_its_ids_and_one_outside_is_put_down_to_time() {
        let at: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let mut journal = Journal::default();
        journal.set_call(Some(Call {
            operation: "restart".to_owned(),
            request_id: Some("r-1".to_owned()),
            trace_id: None,
        }));
        journal.note(at, Provider::Contabo, Effect::Action, "instance", 100, Value::Null);
        journal.set_call(None);
        journal.note(at, Provider::Contabo, Effect::Updated, "instance", 100, Value::Null);

        let seen = journal.after(0);
        assert_eq!(seen[0].entry.request_id.as_deref(), Some("r-1"));
        assert_eq!((seen[0].seq, seen[0].entry.cause), (1, Cause::Request));
        assert_eq!((seen[1].seq, seen[1].entry.cause), (2, Cause::Time));
        assert_eq!(journal.after(1).len(), 1);
        assert!(journal.after(99).is_empty());
    }
}
