//! One call being answered: who calls, what was sent, and how changes are written down.

use http::StatusCode;
use jiff::Timestamp;
use rand::Rng;
use serde_json::{Map, Value, json};

use super::State;
use super::agenda::{Due, Origin, after};
use super::answer::{Answer, Outcome, Refusal};
use super::audits::{Action, List, Row};
use super::fields::Fields;
use super::listing::{self, Frame, Order};
use super::operation::{Incoming, Operation};
use super::query::Query;
use super::rights::{Principal, Scope, Tagged};
use crate::journal::{Effect, Journal, Provider};

/// Everything an operation works with.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) now: Timestamp,
    pub(super) query: Query,
    pub(super) who: Principal,
    journal: &'a mut Journal,
    operation: &'static Operation,
    scope: Scope,
    path: String,
    params: Vec<(String, String)>,
    body: bytes::Bytes,
    request_id: String,
    trace_id: String,
}

/// One change, as it goes into an audit list and the journal.
pub(super) struct Change {
    audit: Option<(List, Vec<(&'static str, Value)>)>,
    effect: Effect,
    kind: &'static str,
    id: String,
    detail: Value,
}

impl Change {
    fn new(effect: Effect, kind: &'static str, id: impl ToString) -> Self {
        Self { audit: None, effect, kind, id: id.to_string(), detail: json!({}) }
    }

    pub(super) fn created(kind: &'static str, id: impl ToString) -> Self {
        Self::new(Effect::Created, kind, id)
    }

    pub(super) fn updated(kind: &'static str, id: impl ToString) -> Self {
        Self::new(Effect::Updated, kind, id)
    }

    pub(super) fn deleted(kind: &'static str, id: impl ToString) -> Self {
        Self::new(Effect::Deleted, kind, id)
    }

    pub(super) fn action(kind: &'static str, id: impl ToString) -> Self {
        Self::new(Effect::Action, kind, id)
    }

    /// The audit list it shows in, and the row's resource fields.
    pub(super) fn audited(mut self, list: List, subject: Vec<(&'static str, Value)>) -> Self {
        self.audit = Some((list, subject));
        self
    }

    /// What changed.
    pub(super) fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

impl<'a> Call<'a> {
    #[expect(clippy::too_many_arguments, reason = "built in one place, from one place")]
    pub(super) fn new(
        state: &'a mut State,
        journal: &'a mut Journal,
        now: Timestamp,
        operation: &'static Operation,
        incoming: Incoming,
        who: Principal,
        request_id: String,
        trace_id: String,
    ) -> Self {
        let scope = who.scope(operation.api, operation.verb);
        let Incoming { path, query, params, body, headers: _ } = incoming;
        Self { state, now, query, who, journal, operation, scope, path, params, body, request_id, trace_id }
    }

    /// A path parameter.
    pub(super) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// A numeric path parameter.
    pub(super) fn id(&self, name: &str) -> Result<i64, Refusal> {
        self.param(name).parse().map_err(|_| Refusal::bad("Validation failed (numeric string is expected)"))
    }

    /// The body's fields.
    pub(super) fn fields(&self) -> Result<Fields, Refusal> {
        Fields::read(&self.body)
    }

    /// The instance named in the path: there, and within the caller's tags.
    pub(super) fn instance_id(&self) -> Result<i64, Refusal> {
        let id = self.id("instanceId")?;
        if !self.state.instances.contains_key(&id) {
            return Err(Refusal::missing("Instance", id));
        }
        self.touch(Tagged::Instance, &id)?;
        Ok(id)
    }

    /// Whether the caller's roles reach this resource.
    pub(super) fn may_touch(&self, kind: Tagged, id: &(impl std::fmt::Display + ?Sized)) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Tags(tags) => self.state.assignments.tags_of(kind, &id.to_string()).any(|tag| tags.contains(&tag)),
        }
    }

    /// Refuses when the caller's roles do not reach this resource.
    pub(super) fn touch(&self, kind: Tagged, id: &(impl std::fmt::Display + ?Sized)) -> Result<(), Refusal> {
        if self.may_touch(kind, id) {
            return Ok(());
        }
        Err(Refusal::forbidden(format!("You are not allowed to access {} {id}", kind.name())))
    }

    /// A page of a list.
    pub(super) fn list<T>(&self, frame: Frame, items: Vec<&T>, order: Order<T>, view: impl Fn(&T) -> Value) -> Outcome {
        listing::page(&self.path, &self.query, frame, items, order, view)
    }

    /// One element in `data`, and the link to itself.
    pub(super) fn one(&self, status: StatusCode, element: Value) -> Outcome {
        Ok(Answer::Json(status, json!({"data": [element], "_links": {"self": self.path}})))
    }

    /// Only `_links`: `self` and what else the document asks for.
    pub(super) fn links(&self, status: StatusCode, others: &[(&str, String)]) -> Outcome {
        Ok(Answer::Json(status, json!({"_links": self.link_map(others)})))
    }

    /// One element, and several links.
    pub(super) fn one_linked(&self, status: StatusCode, element: Value, others: &[(&str, String)]) -> Outcome {
        Ok(Answer::Json(status, json!({"data": [element], "_links": self.link_map(others)})))
    }

    fn link_map(&self, others: &[(&str, String)]) -> Map<String, Value> {
        let mut links = Map::new();
        links.insert("self".to_owned(), json!(self.path));
        for (name, target) in others {
            links.insert((*name).to_owned(), json!(target));
        }
        links
    }

    /// Writes a change into its audit list and the journal.
    pub(super) fn record(&mut self, change: Change) {
        let Change { audit, effect, kind, id, detail } = change;
        if let Some((list, subject)) = audit {
            let lag = match self.state.audits.lag {
                Some(lag) => lag,
                None => jiff::SignedDuration::from_millis(self.state.chance.random_range(0..2_000)),
            };
            let action = match effect {
                Effect::Created | Effect::Action => Action::Created,
                Effect::Updated => Action::Updated,
                Effect::Deleted => Action::Deleted,
            };
            let row = Row {
                id: 0,
                action,
                at: self.now,
                visible: self.now.saturating_add(lag).unwrap_or(Timestamp::MAX),
                changed_by: self.who.user_id.clone(),
                username: self.who.name.clone(),
                request_id: self.request_id.clone(),
                trace_id: self.trace_id.clone(),
                subject,
                changes: detail.clone(),
            };
            self.state.audits.push(list, row);
        }
        self.journal.note(self.now, Provider::Contabo, effect, kind, id, detail);
    }

    /// Which call this is, for what follows from it later.
    pub(super) fn origin(&self) -> Origin {
        Origin { operation: self.operation.id.to_owned(), request_id: self.request_id.clone() }
    }

    /// Makes something happen in so many milliseconds.
    pub(super) fn later(&mut self, milliseconds: i64, due: Due) {
        self.at(after(self.now, milliseconds), due);
    }

    /// Makes something happen at a moment.
    pub(super) fn at(&mut self, when: Timestamp, due: Due) {
        let origin = self.origin();
        self.state.agenda.at(when, due, origin);
    }

    /// A number out of a range, from the sandbox's own chance.
    pub(super) fn draw(&mut self, range: std::ops::Range<i64>) -> i64 {
        self.state.chance.random_range(range)
    }
}
