//! What a verb would do to many actions, before anybody says it.

use std::collections::BTreeMap;

use rackdesk_console::{
    act::{ActionVerb, verbs},
    plan::Phrase,
};
use rackdesk_store::{StoreError, queue, rusqlite::Connection};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AppError, Core};

/// Names actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActionsRef {
    /// Numbers, 1 to 1,000.
    pub ids: Vec<i64>,
}

/// Why some of them would not take a verb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefusedFor {
    /// Why.
    pub reason: Phrase,
    /// How many.
    pub count: u32,
}

/// What a verb would do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbPreview {
    /// Verb.
    pub verb: ActionVerb,
    /// Actions that would take it.
    pub allowed: u32,
    /// Whether it asks for a reason on one of those.
    pub needs_reason: bool,
    /// The others by reason, most first.
    pub refused: Vec<RefusedFor>,
}

/// Most actions in one question, as in a verb.
const MOST_ACTIONS: usize = 1_000;

/// Says of each verb how many of these actions would take it now, and why the others would not. Changes nothing.
///
/// # Errors
/// When no action or too many are named, or the store fails.
pub async fn verbs_preview(core: &Core, input: ActionsRef) -> Result<Vec<VerbPreview>, AppError> {
    if input.ids.is_empty() || input.ids.len() > MOST_ACTIONS {
        return Err(AppError::invalid("ids", "needs 1 to 1,000 actions"));
    }
    let ids = input.ids;
    Ok(core.session()?.store.read_async(move |c| preview(c, &ids)).await?)
}

#[derive(Default)]
struct Counted {
    allowed: u32,
    needs_reason: bool,
    refused: BTreeMap<String, RefusedFor>,
}

fn preview(c: &Connection, ids: &[i64]) -> Result<Vec<VerbPreview>, StoreError> {
    let mut counted: Vec<(ActionVerb, Counted)> =
        ActionVerb::ALL.into_iter().map(|verb| (verb, Counted::default())).collect();
    for id in ids {
        let Some(action) = queue::action(c, *id)? else { continue };
        for choice in verbs::choices(c, &action)? {
            let Some((_, of)) = counted.iter_mut().find(|(verb, _)| *verb == choice.verb) else { continue };
            match choice.refused {
                None => {
                    of.allowed += 1;
                    of.needs_reason |= choice.needs_reason;
                }
                Some(reason) => {
                    let seen = of.refused.entry(reason.code.clone());
                    seen.or_insert(RefusedFor { reason, count: 0 }).count += 1;
                }
            }
        }
    }
    Ok(counted.into_iter().map(|(verb, of)| of.told(verb)).collect())
}

impl Counted {
    fn told(self, verb: ActionVerb) -> VerbPreview {
        let mut refused: Vec<_> = self.refused.into_values().collect();
        refused.sort_by_key(|r| std::cmp::Reverse(r.count));
        VerbPreview { verb, allowed: self.allowed, needs_reason: self.needs_reason, refused }
    }
}
