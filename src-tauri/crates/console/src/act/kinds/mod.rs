//! The kinds of action, one file each.
//!
//! A kind is three things in one file:
//!
//! 1. its **card** ([`Card`]): name, what it is about, the most it does, its input's fields. Buttons, forms, `rackdeskctl
//!    plan make` and limits are made from it;
//! 2. its **plan** ([`Act::change`]): a pure function from facts and typed input to one row: before → after, money,
//!    verdicts that only this kind knows. Title, guardrails, totals, basis, confirmation, keeping and approving are done
//!    for every kind alike (`plan/`);
//! 3. its **steps** ([`Step`]): each one write, with the look before it, the look for its end, and the look that tells
//!    whether a lost one happened. When, how often and in which process any of this is done is the engine's business.
//!
//! # To add a kind
//!
//! Copy the neighbour that is most like it: `rename.rs` (Contabo, one write, settled by audit), `snapshots.rs` (several
//! kinds that share a gather), `ticket_reply.rs` (WHMCS, one write, settled by reading back). Then
//!
//! * the input: a struct with `#[serde(deny_unknown_fields)]`; its members are named in the card's `fields` (that is
//!   where required, type and length are checked, and what forms are made from);
//! * `impl Act`: `card`, `change`, `steps`; where needed `refuse` (what is wrong with an input), `forbidden` (the rule
//!   behind the button), `gather` (reads of the provider for what the mirror does not have; they become part of the
//!   plan's basis and are read again at approval), `wish` (when one target can have several at once);
//! * each step: for Contabo implement [`contabo::Write`] and list it as `&OnContabo(MyStep)`: the call text, the send,
//!   the audit look-up and the failure classes follow from the operation's type. For WHMCS implement [`whmcs::Write`]
//!   and list it as `&OnWhmcs(MyStep)`; there you write `look`, the read-back proof. Anything else implements [`Step`];
//! * several steps: list them in order; each has its own `name`. What a step's watch returns as `result` is read by the
//!   later ones with [`Site::carried`]. A step whose `check` says `Already` is skipped, one whose `check` says `Waits`
//!   sends nothing and is watched. Each may be on another lane;
//! * its line in [`ALL`], its words `plan.<id>_one/_other` and `kind.<id>` in `phrases/en.json`, and `field.<name>` for
//!   new fields.
//!
//! Rules: `check`, `watch`, `witness` only read. `send` makes exactly one call, with the ids it is given. Inputs hold no
//! secret: passwords and keys are stored at the provider first and named by id. Whether a lost call happened is decided
//! by [`decide`](super::reconcile::decide) alone, from what `witness` saw.
//!
//! # What proves that a lost call happened
//!
//! | call | proof | what happens without it |
//! |---|---|---|
//! | any write on Contabo | its row in the audits, by our request id | (1) |
//! | createInstance | that row; then a server of the name that was free before | (1); a server of that name which is not as it was ordered, (3) |
//! | ModuleCreate, ModuleSuspend, ModuleUnsuspend, ModuleTerminate | the service's status | (1), (2) |
//! | ModuleChangePackage, ModuleChangePw, ModuleCustom | a line of the activity log, newer than the newest before the send | (1), (2) where the log is known to tell of modules; (3) where it is not |
//! | AcceptOrder | the order is Active; in any status but that and Pending, (3) | (1), (2) |
//! | AddInvoicePayment | a transaction of that id on the invoice; on another invoice, (3) | (1) |
//! | UpdateClientProduct | each field reads as wanted | (1) |
//! | AddTicketReply | a reply newer than the newest before the send, with our words | (1) |
//! | LogActivity | the line, by its mark | (1) |
//!
//! 1. Looked for again; after the grace time, and when it was missing in enough whole reads, it did not happen and is
//!    sent anew. A read that fails, or is not whole, counts for nothing.
//! 2. When what was lost track of was a module's refusal, nothing is sent anew: the action fails with its words.
//! 3. It stays unknown and holds its resource until a person settles it, with the evidence before them.

pub mod activity;
mod bond;
pub mod cancel;
pub mod contabo;
pub mod create;
mod input;
mod kind;
pub mod login;
pub mod module;
pub mod networks;
pub mod order;
pub mod payment;
pub mod power;
pub mod reinstall;
pub mod rename;
pub mod rescue;
pub mod service;
pub mod service_state;
pub mod service_update;
pub mod snapshots;
pub mod tags;
pub mod ticket_reply;
pub mod whmcs;

pub use input::{Field, Holds, InputProblem, may, needs};
pub(crate) use kind::GATHERED;
pub use kind::{
    Accepted, Act, CallText, Card, Checked, Gathering, Kind, Lane, Row, Site, Step, TargetKind, Trouble, Watched,
    Witness, resource,
};

/// The kinds there are, in the order in which they are offered.
pub static ALL: &[&dyn Kind] = &[
    // A server.
    &power::START,
    &power::STOP,
    &power::SHUTDOWN,
    &power::RESTART,
    &rescue::Rescue,
    &rescue::ResetPassword,
    &rename::Rename,
    &snapshots::Create,
    &snapshots::Rename,
    &snapshots::Rollback,
    &snapshots::Delete,
    &networks::Assign,
    &networks::Unassign,
    &tags::Assign,
    &tags::Unassign,
    &reinstall::Reinstall,
    &cancel::Cancel,
    // A service.
    &create::Create,
    &service_state::SUSPEND,
    &service_state::UNSUSPEND,
    &service_state::TERMINATE,
    &service_update::Update,
    &module::CREATE,
    &module::SUSPEND,
    &module::UNSUSPEND,
    &module::TERMINATE,
    &module::CHANGE_PACKAGE,
    &module::CHANGE_PASSWORD,
    &module::CUSTOM,
    // An order, an invoice.
    &order::Accept,
    &payment::Pay,
    // A ticket.
    &ticket_reply::Reply,
];

/// The kinds there are.
pub fn all() -> Vec<&'static dyn Kind> {
    ALL.to_vec()
}

/// The kind of that name.
pub fn named(id: &str) -> Option<&'static dyn Kind> {
    ALL.iter().copied().find(|kind| kind.card().id == id)
}

/// The kinds that are about such a target.
pub fn about(target: TargetKind) -> impl Iterator<Item = &'static dyn Kind> {
    ALL.iter().copied().filter(move |kind| kind.card().target == target)
}
