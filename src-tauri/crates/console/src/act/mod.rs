//! Approved plans become actions, actions are carried out in journalled attempts, unknown outcomes are settled by
//! evidence.
//!
//! * [`transition`]: the only way in which an action changes its state, each with its event;
//! * [`engine`]: one worker per profile takes what is due and carries each action a step further:
//!   check → journal → mark as sent (on the disk) → send → wait → prove (`sending.rs`, `looking.rs`);
//! * [`reconcile`]: the pure decision about an attempt that may or may not have happened;
//! * [`kinds`]: what can be done, one file each;
//! * [`verbs`]: what a person may do with an action; [`board`]: what they read about it.
//!
//! Nothing is sent that was not on the disk as sent before, and nothing is sent again before evidence, or a person, has
//! settled the attempt before it.

pub mod board;
pub mod engine;
pub mod failpoint;
mod guard;
pub mod kinds;
pub mod linked;
pub mod lock;
mod looking;
pub mod policy;
pub mod reconcile;
mod recover;
mod sending;
mod settle;
mod state;
pub mod steps;
pub mod transition;
pub mod verbs;
mod worker;

pub use engine::{Clock, Deps, Engine, EngineError, EngineHandle, EngineOptions, MirrorSink, NoMirror};
pub use sending::effect_name;
pub use state::{ActionState, ActionVerb};

/// The phase before anything is journalled: only reads.
pub const STEP_CHECK: &str = "check";
/// The phase that writes, and the name of the step of kinds that have only one.
pub const STEP_SEND: &str = "send";
/// The phase that waits for the provider's work: only reads.
pub const STEP_WAIT: &str = "wait";
