//! A plan says what would change, on whom, what it costs and destroys, and which guardrail it meets.
//!
//! Plans are computed by pure functions, kept, shown, and applied only while their [`Basis`] still holds.
//! To plan something new, write a kind (`act/kinds/mod.rs` says how): [`compute`] plans it, [`kept`] keeps it.

pub mod approval;
pub mod compute;
pub mod facts;
pub mod guardrails;
pub mod history;
pub mod kept;
pub mod objection;
pub mod overrides;
pub mod set_aside;
pub mod yeses;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{fault::Fault, money::Money};

/// What a change does to the thing it touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Data and uptime stay.
    Keep,
    /// The machine goes down for a moment; the disk stays.
    Restart,
    /// The disk is erased.
    Wipe,
}

/// A word with its parameters; the UI and the command line translate it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Phrase {
    /// Key, e.g. `plan.power.restart`.
    pub code: String,
    /// Values for the names in the sentence.
    pub params: BTreeMap<String, String>,
}

impl Phrase {
    /// A phrase with parameters.
    pub fn new<const N: usize>(code: impl Into<String>, params: [(&str, String); N]) -> Self {
        Self { code: code.into(), params: params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect() }
    }

    /// This phrase as the value `why` or `off` of another one: said in the reader's language inside that one's sentence.
    pub fn inside(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<&Fault> for Phrase {
    /// The failure's own words, `fault.` and the name of its code.
    fn from(fault: &Fault) -> Self {
        let name = serde_json::to_value(fault.code).ok().and_then(|v| v.as_str().map(str::to_owned));
        Self { code: format!("fault.{}", name.unwrap_or_default()), params: fault.params.clone() }
    }
}

/// What a change touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Target {
    /// `instance`, `service`, …
    pub kind: String,
    /// Its id at its provider.
    pub id: i64,
    /// Its name, as an operator knows it.
    pub name: String,
    /// WHMCS service, when one is linked.
    pub service_id: Option<i64>,
    /// WHMCS client, when one is linked.
    pub client_id: Option<i64>,
    /// The client's name.
    pub client_name: Option<String>,
}

/// One fact before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FactChange {
    /// Field, e.g. `status`.
    pub field: String,
    /// Before, `None` when there was none.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// How a guardrail answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Nothing against it.
    Pass,
    /// A person should look.
    Warn,
    /// Not allowed by the policy.
    Block,
}

/// One guardrail's answer, for the plan or for one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Verdict {
    /// Guardrail, e.g. `rate`, `maintenance`, `open_tickets`, `protected`, `state`.
    pub guardrail: String,
    /// Its answer.
    pub ruling: Ruling,
    /// Why, for a person.
    pub reason: Phrase,
    /// Whether a person may set themselves over it, with a reason.
    #[serde(default)]
    pub overridable: bool,
}

impl Verdict {
    /// Nothing against it.
    pub fn pass(guardrail: &str, reason: Phrase) -> Self {
        Self { guardrail: guardrail.to_owned(), ruling: Ruling::Pass, reason, overridable: false }
    }

    /// A person should look.
    pub fn warn(guardrail: &str, reason: Phrase) -> Self {
        Self { ruling: Ruling::Warn, ..Self::pass(guardrail, reason) }
    }

    /// It may not be done.
    pub fn block(guardrail: &str, reason: Phrase) -> Self {
        Self { ruling: Ruling::Block, ..Self::pass(guardrail, reason) }
    }

    /// A person may set themselves over it, with a reason.
    #[must_use]
    pub fn overridable(self) -> Self {
        Self { overridable: true, ..self }
    }

    /// Whether it keeps out what it is about.
    pub fn blocks(&self) -> bool {
        self.ruling == Ruling::Block
    }
}

/// One change on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Change {
    /// Position in the plan, from 0; rows are excluded by it.
    pub index: u32,
    /// On what.
    pub target: Target,
    /// Before → after.
    pub facts: Vec<FactChange>,
    /// What it does.
    pub impact: Impact,
    /// Expected interruption in seconds: the median of earlier ones, or `None` when there were none.
    pub down_seconds: Option<u32>,
    /// Charged at once.
    pub money_now: Option<Money>,
    /// Charged each month from now on.
    pub money_month: Option<Money>,
    /// Guardrails that spoke about this row. Any `Block` leaves the row out.
    pub verdicts: Vec<Verdict>,
}

impl Change {
    /// Whether a guardrail keeps this row out.
    pub fn blocked(&self) -> bool {
        self.verdicts.iter().any(Verdict::blocks)
    }
}

/// What the plan was computed from. Apply refuses when a version moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Basis {
    /// e.g. `instance:202718441`.
    pub key: String,
    /// Hash of the facts the plan depends on.
    pub version: String,
    /// When the provider said so (RFC 3339, UTC).
    pub as_of: String,
    /// The facts themselves, so that it can be told which of them moved; long values are cut.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

/// What a person must do before the plan can be approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Confirmation {
    /// Press the button.
    Press,
    /// Type exactly this text (wipes: name and last IP octet).
    Type {
        /// The text.
        text: String,
    },
}

/// The sum of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Totals {
    /// Rows that would be carried out.
    pub changes: u32,
    /// Rows a guardrail keeps out.
    pub blocked: u32,
    /// Different clients touched.
    pub clients: u32,
    /// Expected interruption of each, seconds (median).
    pub down_seconds: Option<u32>,
    /// Charged at once, one line per currency; empty means nothing.
    pub money_now: Vec<Money>,
    /// Charged each month, one line per currency; empty means nothing.
    pub money_month: Vec<Money>,
    /// Disks erased.
    pub wiped: u32,
}

/// Where a kept plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Waits for a person.
    Open,
    /// One person said yes, and the policy wants a second one.
    Waiting,
    /// Its actions are in the queue.
    Approved,
    /// Given up.
    Dismissed,
}

/// One person's yes to a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanYes {
    /// The name they gave. Names are typed on this machine: they show who said yes, and prove nothing.
    pub by: String,
    /// The account of the operating system in which it was said.
    pub account: Option<String>,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Why.
    pub reason: Option<String>,
    /// Rows left out.
    pub excluded: Vec<u32>,
    /// Guardrails they set themselves over.
    pub overrides: Vec<overrides::Override>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Plan {
    /// Number, shown as `PL-17`.
    pub id: i64,
    /// Kind of action it makes, e.g. `power.restart`.
    pub kind: String,
    /// Title, e.g. `plan.power.restart` with `count`.
    pub title: Phrase,
    /// Where it was asked for, e.g. `server`, `servers`, `palette`, `rackdeskctl`.
    pub origin: String,
    /// When it was computed (RFC 3339, UTC).
    pub created_at: String,
    /// Where it stands.
    pub state: PlanState,
    /// The highest impact among the rows.
    pub impact: Impact,
    /// The rows, also the blocked ones.
    pub changes: Vec<Change>,
    /// The sum.
    pub totals: Totals,
    /// Guardrails about the plan as a whole.
    pub verdicts: Vec<Verdict>,
    /// What a person must do.
    pub confirmation: Confirmation,
    /// What it was computed from.
    pub basis: Vec<Basis>,
    /// Who said yes so far.
    #[serde(default)]
    pub approvals: Vec<PlanYes>,
}
