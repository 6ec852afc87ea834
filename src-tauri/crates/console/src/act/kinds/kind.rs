//! What a kind of action is: its card, the pure plan of one row, and its steps.

use std::{fmt, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
pub use rackdesk_store::queue::TargetKind;
use rackdesk_store::queue::{ActionRecord, AttemptRecord};
use rackdesk_wire::{Call, Effect, Sent};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::input::{Field, InputProblem, read};
use crate::{
    act::{
        STEP_SEND,
        engine::Deps,
        policy::EnginePolicy,
        reconcile::{Evidence, Look, Source},
    },
    money::Money,
    plan::{FactChange, Impact, Phrase, Target, Verdict, facts::Facts},
};

/// Which provider a step speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Contabo.
    Contabo,
    /// WHMCS.
    Whmcs,
}

impl Lane {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Contabo, Self::Whmcs];

    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contabo => "contabo",
            Self::Whmcs => "whmcs",
        }
    }

    /// The lane of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.name() == name)
    }
}

/// What a kind is, as data: buttons, forms and the command line are made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// Name, e.g. `power.restart`; its words are under `kind.` and its plan's title under `plan.`.
    pub id: &'static str,
    /// What it is about.
    pub target: TargetKind,
    /// The most it does to the target.
    pub impact: Impact,
    /// Whether it changes what is paid, to whom ever.
    pub money: bool,
    /// Whether the plan asks for the typed name, also when nothing is wiped.
    pub typed: bool,
    /// Whether the target comes back by itself, so that an interruption has a length.
    pub comes_back: bool,
    /// What must, or may, be given.
    pub fields: &'static [Field],
    /// Details of the facts that its plan depends on, beside name, status, tags, links and open actions: when one of
    /// them moves, the plan has to be looked at again.
    pub depends: &'static [&'static str],
    /// Kinds whose unfinished actions on the same resource a new one of this kind takes back.
    pub supersedes: &'static [&'static str],
    /// Whether one that stands between two of its steps may be taken back like that, too: only when whatever takes its
    /// place makes good what is half done.
    pub yields: bool,
}

impl Card {
    /// A kind that interrupts nothing, costs nothing and asks for nothing.
    pub const fn of(id: &'static str, target: TargetKind) -> Self {
        Self {
            id,
            target,
            impact: Impact::Keep,
            money: false,
            typed: false,
            comes_back: false,
            fields: &[],
            depends: &[],
            supersedes: &[],
            yields: false,
        }
    }

    /// The part of the name before the first dot: limits per hour are counted by it.
    pub fn family(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}

/// What a plan says of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Before → after.
    pub facts: Vec<FactChange>,
    /// What it does.
    pub impact: Impact,
    /// Charged at once.
    pub money_now: Option<Money>,
    /// Charged each month from now on.
    pub money_month: Option<Money>,
    /// What only this kind knows to say against it, or for it.
    pub verdicts: Vec<Verdict>,
}

impl Row {
    /// A row that does what the card says.
    pub fn of(card: &Card) -> Self {
        Self { facts: Vec::new(), impact: card.impact, money_now: None, money_month: None, verdicts: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, field: &str, before: Option<&str>, after: Option<&str>) -> Self {
        self.facts.push(FactChange {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        });
        self
    }

    /// Adds a verdict.
    #[must_use]
    pub fn verdict(mut self, verdict: Option<Verdict>) -> Self {
        self.verdicts.extend(verdict);
        self
    }
}

/// Under which name what was gathered for a row stands among what is carried. No step may have it.
pub(crate) const GATHERED: &str = "gathered";

/// What a step works with.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Providers and mirror.
    pub deps: &'a Deps,
    /// The action.
    pub action: &'a ActionRecord,
    /// Its newest attempt.
    pub attempt: Option<&'a AttemptRecord>,
    /// How patient we are.
    pub policy: &'a EnginePolicy,
    /// Now.
    pub now: Timestamp,
}

impl Site<'_> {
    /// The action's typed input.
    ///
    /// # Errors
    /// When it is not what this version of the kind takes.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, Phrase> {
        serde_json::from_str(&self.action.input).map_err(|_| Phrase::new("action.bad_input", []))
    }

    /// What an earlier step brought.
    pub fn carried<T: DeserializeOwned>(&self, step: &str) -> Option<T> {
        let carried: Value = serde_json::from_str(self.action.carried.as_deref()?).ok()?;
        serde_json::from_value(carried.get(step)?.clone()).ok()
    }

    /// What was gathered for the action's row when its plan was approved: sealed since.
    pub fn gathered<T: DeserializeOwned>(&self) -> Option<T> {
        self.carried(GATHERED)
    }

    /// What this step has learnt so far: the notes of its send, of the evidence, or of the last look.
    pub fn notes<T: DeserializeOwned + Default>(&self) -> T {
        self.action.result.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// When the newest attempt was sent.
    pub fn sent_at(&self) -> Timestamp {
        self.attempt.and_then(|attempt| attempt.sent_at).unwrap_or(self.action.created_at)
    }

    /// A moment from which something is waited for: as it was noted, never one to come. A clock that is put back would
    /// otherwise have everybody wait until its old time is reached again. To be noted anew at each look.
    pub fn since(&self, noted: Option<Timestamp>, otherwise: Timestamp) -> Timestamp {
        noted.unwrap_or(otherwise).min(self.now)
    }

    /// Ids for a read of this action, so that the log shows it with the action's other calls.
    pub fn call(&self) -> Call {
        Call { action_id: Some(self.action.id), ..Call::fresh() }
    }
}

/// The call a step makes, as it is journalled before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallText {
    /// Method and path, or the WHMCS action.
    pub text: String,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// What the last look before the send showed.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked {
    /// It may be sent.
    Go,
    /// It may be sent, and this is what it was like before: kept with the attempt, for [`Site::notes`].
    Knowing(Value),
    /// It is so already: nothing has to be sent.
    Already(Phrase),
    /// It is so already, and this came out of it: nothing has to be sent, and the later steps read it.
    Found {
        /// One line for the history.
        says: Phrase,
        /// What came out.
        result: Value,
    },
    /// Nothing has to be sent, but the provider's work has not come to its end: it is watched from now on.
    Waits(Phrase),
    /// It must not be sent.
    Refused(Phrase),
}

/// A whole answer that says that it was done, or will be.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// What proves it.
    pub evidence: Evidence,
    /// What was learnt, for [`Site::notes`]; `Null` for nothing.
    pub notes: Value,
}

impl From<Evidence> for Accepted {
    fn from(evidence: Evidence) -> Self {
        Self { evidence, notes: Value::Null }
    }
}

/// What a look at the provider's asynchronous work showed.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// Not there yet.
    NotYet {
        /// What is missing.
        waits: Phrase,
        /// What was learnt on the way, kept for the next look.
        notes: Value,
    },
    /// It is done.
    Done {
        /// What came out.
        result: Value,
        /// What proves it.
        evidence: Evidence,
        /// One line for the history.
        says: Phrase,
    },
    /// It will not come about.
    Broken(Phrase),
}

/// What a look at a lost attempt showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Where was looked.
    pub source: Source,
    /// What was seen there.
    pub look: Look,
    /// What else a person should see. Decides nothing.
    pub aside: Vec<Evidence>,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whether the provider may have acted.
    pub sent: Sent,
    /// What happened, for a person.
    pub says: Phrase,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Technical words, redacted.
    pub cause: String,
    /// How long the provider asked us to wait.
    pub retry_after: Option<Duration>,
    /// The same call would fail the same way.
    pub lasting: bool,
}

impl Trouble {
    /// Nothing left this machine, and trying again changes nothing.
    pub fn hopeless(says: Phrase) -> Self {
        let cause = says.code.clone();
        Self { sent: Sent::NotSent, says, status: None, cause, retry_after: None, lasting: true }
    }

    /// An answer came that may mean anything: evidence must tell.
    pub fn doubtful(says: Phrase) -> Self {
        let cause = says.code.clone();
        Self { sent: Sent::Unreadable, says, status: None, cause, retry_after: None, lasting: false }
    }
}

impl From<Phrase> for Trouble {
    fn from(says: Phrase) -> Self {
        Self::hopeless(says)
    }
}

/// One write of a kind: what must hold before it, the write, its end, and how a lost one shows.
pub trait Step: Send + Sync {
    /// Name, unique within the kind.
    fn name(&self) -> &'static str {
        STEP_SEND
    }

    /// Whose slot it takes.
    fn lane(&self) -> Lane;

    /// What its call does.
    fn effect(&self) -> Effect;

    /// How long the provider's work may take once it was accepted.
    fn limit(&self) -> Duration;

    /// The call as it will be made.
    ///
    /// # Errors
    /// When the input makes no call.
    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase>;

    /// The last look before the send. Only reads.
    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>>;

    /// Makes the call once.
    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>>;

    /// Looks whether the provider's work is done. Only reads.
    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>>;

    /// Looks whether a lost attempt happened. Only reads; what cannot be read is part of the answer.
    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness>;
}

/// What is read of the providers for a plan, beyond the mirror.
pub type Gathering<'a> = BoxFuture<'a, Result<Option<Value>, Trouble>>;

/// A kind of action, as its author writes it. [`Kind`] follows from it.
pub trait Act: Send + Sync {
    /// What a person gives. Read strictly: unknown members are refused by `deny_unknown_fields`.
    type Input: Serialize + DeserializeOwned + Send + Sync;

    /// What it is.
    fn card(&self) -> &Card;

    /// What is wrong with an input beyond its shape.
    fn refuse(&self, _: &Self::Input) -> Option<InputProblem> {
        None
    }

    /// Why it makes no sense on this target now: the rule behind the button.
    fn forbidden(&self, _: &Facts) -> Option<Phrase> {
        None
    }

    /// Reads what the plan needs of one target and the mirror does not have. Only reads.
    fn gather<'a>(&'a self, _deps: &'a Deps, _target: i64, _input: &'a Self::Input) -> Gathering<'a> {
        std::future::ready(Ok(None)).boxed()
    }

    /// What would change on one target. Pure.
    fn change(&self, facts: &Facts, input: &Self::Input, gathered: Option<&Value>) -> Row;

    /// Its writes, in order; at least one.
    fn steps(&self) -> Vec<&dyn Step>;

    /// What it locks.
    fn resource(&self, target: &Target) -> String {
        resource(self.card().target, target.id)
    }

    /// Tells two wishes of this kind on one target apart, e.g. two tags; `None` when there can be only one.
    fn wish(&self, _: &Self::Input) -> Option<String> {
        None
    }
}

/// The resource of a target, e.g. `contabo:instance:202718441`.
pub fn resource(kind: TargetKind, id: i64) -> String {
    let provider = if kind == TargetKind::Instance { Lane::Contabo } else { Lane::Whmcs };
    format!("{}:{}:{id}", provider.name(), kind.name())
}

/// A kind of action, whatever its input.
pub trait Kind: Send + Sync {
    /// What it is.
    fn card(&self) -> &Card;

    /// The input in its one form, or what is wrong with it.
    ///
    /// # Errors
    /// [`InputProblem`].
    fn accept(&self, input: &Value) -> Result<Value, InputProblem>;

    /// See [`Act::forbidden`].
    fn forbidden(&self, facts: &Facts) -> Option<Phrase>;

    /// See [`Act::gather`].
    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Value) -> Gathering<'a>;

    /// See [`Act::change`].
    fn change(&self, facts: &Facts, input: &Value, gathered: Option<&Value>) -> Row;

    /// See [`Act::steps`].
    fn steps(&self) -> Vec<&dyn Step>;

    /// What it locks, and the wish: two open actions never share it.
    fn keys(&self, target: &Target, input: &Value) -> (String, String);
}

impl<A: Act> Kind for A {
    fn card(&self) -> &Card {
        Act::card(self)
    }

    fn accept(&self, input: &Value) -> Result<Value, InputProblem> {
        let input = if input.is_null() { &Value::Object(serde_json::Map::new()) } else { input };
        let typed: A::Input = read(input, Act::card(self).fields)?;
        if let Some(problem) = self.refuse(&typed) {
            return Err(problem);
        }
        serde_json::to_value(&typed).map_err(|_| InputProblem::new("", "cannot be kept"))
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        Act::forbidden(self, facts)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Value) -> Gathering<'a> {
        async move {
            let typed: A::Input = typed(input)?;
            Act::gather(self, deps, target, &typed).await
        }
        .boxed()
    }

    fn change(&self, facts: &Facts, input: &Value, gathered: Option<&Value>) -> Row {
        match typed::<A::Input>(input) {
            Ok(typed) => Act::change(self, facts, &typed, gathered),
            // A plan kept by another version: the row says so and is not carried out.
            Err(reason) => Row::of(Act::card(self)).verdict(Some(Verdict::block("input", reason))),
        }
    }

    fn steps(&self) -> Vec<&dyn Step> {
        Act::steps(self)
    }

    fn keys(&self, target: &Target, input: &Value) -> (String, String) {
        let resource = self.resource(target);
        let wish = typed::<A::Input>(input).ok().and_then(|typed| self.wish(&typed));
        let tail = wish.map(|wish| format!(":{wish}")).unwrap_or_default();
        let unique = format!("{}:{resource}{tail}", Act::card(self).id);
        (resource, unique)
    }
}

impl fmt::Debug for dyn Kind + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.card().id)
    }
}

fn typed<T: DeserializeOwned>(input: &Value) -> Result<T, Phrase> {
    T::deserialize(input).map_err(|_| Phrase::new("action.bad_input", []))
}
