//! The table of actions. An action is one function in the file of its documentation area, and one line there.

use super::api;
use super::desk::{Answer, Desk};
use super::params::Params;
use crate::dialect::Version;

/// One action of the API.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Its documented name.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&mut Desk<'_>, &Params) -> Answer,
    /// The first version that has it.
    pub since: Version,
}

/// An action that every version has.
pub(super) const fn action(name: &'static str, run: fn(&mut Desk<'_>, &Params) -> Answer) -> Action {
    Action { name, run, since: Version::V7 }
}

/// An action that came with version 8.
pub(super) const fn since_8(name: &'static str, run: fn(&mut Desk<'_>, &Params) -> Answer) -> Action {
    Action { name, run, since: Version::V8 }
}

/// All actions, area by area.
pub fn all() -> impl Iterator<Item = &'static Action> {
    api::AREAS.iter().flat_map(|area| area.iter())
}

/// The action of this name, in any letter case.
pub fn find(name: &str) -> Option<&'static Action> {
    all().find(|action| action.name.eq_ignore_ascii_case(name.trim()))
}
