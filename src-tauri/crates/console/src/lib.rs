//! The domain: observe · plan · act · record.
//!
//! * [`mirror`]: what WHMCS and Contabo said, with when they said it;
//! * [`plan`]: what a person wants, computed from the mirror and the policy, before anything is sent;
//! * [`act`]: approved plans as journalled actions, settled by evidence;
//! * [`record`]: every exchange, attempt and decision;
//! * [`schedule`]: what runs by itself, and when;
//! * [`both_sides`]: where WHMCS and Contabo agree about a server, and where not;
//! * [`prices`]: what Contabo's servers cost, and each price that moved.
//!
//! Whatever decides is a pure function over plain data; clock, ids and randomness are parameters.
//! To add an action, copy a file in `act/kinds` and add its line to the list there.

pub mod act;
pub mod both_sides;
pub mod fault;
pub mod mirror;
pub mod money;
pub mod phrases;
pub mod plan;
pub mod policy;
pub mod prices;
pub mod profile;
pub mod record;
pub mod schedule;
pub mod session;

#[cfg(test)]
mod sandboxed;
