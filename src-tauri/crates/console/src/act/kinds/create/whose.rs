//! Whose a server is that bears the name of an order. To take another customer's for it would be worse than to ask.

use jiff::{SignedDuration, Timestamp};
use rackdesk_contabo::api::instances::Instance;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord},
    rusqlite::Connection,
};
use serde_json::Value;

use super::{
    super::{Site, TargetKind, Trouble, whmcs::store_trouble},
    CARD, Input,
    order::NAME,
};
use crate::act::engine::Deps;

/// How much older than its order, by two clocks, a server may seem. Operators' clocks are wrong by days; a server that
/// was there long before and got its name since is told apart all the same.
const CLOCKS: SignedDuration = SignedDuration::from_hours(72);

/// The servers of an order's name.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Those that can only be this order's.
    pub ours: Vec<Instance>,
    /// Those that are certainly another's: its service or its order names them.
    pub others: Vec<Instance>,
    /// Those of which nobody can say.
    pub unclear: Vec<Instance>,
    /// An older order for another service that will take the name and has no server yet.
    pub ordered_before: Option<i64>,
}

impl Named {
    /// One that is not ours.
    pub(super) fn taken(&self) -> Option<&Instance> {
        self.others.first().or(self.unclear.first())
    }
}

/// What this profile knows of an order and of those that may be mistaken for it.
#[derive(Debug, Default)]
struct Known {
    /// When this order, or one that it repeats, was first sent; `None` when never.
    sent: Option<Timestamp>,
    /// The servers that others have.
    taken: Vec<i64>,
    /// Whether another order of this name was sent and nobody knows which server it brought.
    rival: bool,
    ordered_before: Option<i64>,
}

/// Whether a server is as it was ordered.
fn as_ordered(server: &Instance, input: &Input) -> bool {
    server.product_id.eq_ignore_ascii_case(&input.product_id)
        && server.region.as_str().eq_ignore_ascii_case(&input.region)
        && server.image_id.eq_ignore_ascii_case(&input.image_id)
}

/// The server that an order has, as far as it was told.
fn server_of(action: &ActionRecord) -> Option<i64> {
    let read = |text: &Option<String>| serde_json::from_str::<Value>(text.as_deref()?).ok();
    let number = |id: &Value| id.as_i64().or_else(|| id.as_str()?.parse().ok());
    let carried = read(&action.carried);
    let result = read(&action.result);
    let places = [
        carried.as_ref().and_then(|carried| carried.get(NAME)?.get("instance_id")),
        result.as_ref().and_then(|result| result.get("instance_id")),
        result.as_ref().and_then(|result| result.get("ids")?.get("instanceId")),
    ];
    places.into_iter().flatten().find_map(number)
}

/// The name that an order gives.
fn name_of(action: &ActionRecord) -> Option<String> {
    let input: Value = serde_json::from_str(&action.input).ok()?;
    Some(input.get("display_name")?.as_str()?.to_owned())
}

/// When an order left, if it may have arrived: what was answered with a refusal has bought nothing.
fn may_have_bought(attempt: &AttemptRecord) -> Option<Timestamp> {
    let refused = attempt.outcome == "not_applied" && attempt.status.is_some_and(|status| (400..500).contains(&status));
    attempt.sent_at.filter(|_| attempt.step == NAME && !refused)
}

fn first_sent(c: &Connection, action: i64) -> Result<Option<Timestamp>, StoreError> {
    Ok(queue::attempts(c, action)?.iter().filter_map(may_have_bought).min())
}

/// Orders for other services that have this name, or one of these servers.
fn elsewhere(c: &Connection, target: i64, name: &str, server: &str) -> Result<Vec<ActionRecord>, StoreError> {
    let text = Value::String(name.to_owned()).to_string();
    queue::mentioning(c, CARD.id, (TargetKind::Service.name(), target), &text, server)
}

/// Whether an order will take its name: it is open, and has no server yet.
fn will_take(action: &ActionRecord, name: &str) -> bool {
    action.ended_at.is_none() && server_of(action).is_none() && name_of(action).as_deref() == Some(name)
}

fn known(c: &Connection, action: &ActionRecord, name: &str, servers: &[i64]) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let target = action.target.id;
    let repeated = queue::ended_on_target(c, CARD.id, &action.target.kind, target)?;
    let same = repeated.iter().filter(|old| old.input == action.input).map(|old| old.id);
    for id in same.chain([action.id]) {
        known.sent = known.sent.into_iter().chain(first_sent(c, id)?).min();
    }
    let mut others: Vec<ActionRecord> = Vec::new();
    for server in servers {
        others.extend(elsewhere(c, target, name, &server.to_string())?);
        if !queue::services_on(c, *server, target)?.is_empty() {
            known.taken.push(*server);
        }
    }
    if servers.is_empty() {
        // No name and no id looks like this text: only those of the name are found.
        others = elsewhere(c, target, name, "\u{0}")?;
    }
    for other in others {
        match server_of(&other) {
            Some(server) => known.taken.push(server),
            None if name_of(&other).as_deref() != Some(name) => {}
            None => {
                known.rival |= first_sent(c, other.id)?.is_some();
                if will_take(&other, name) && other.id < action.id {
                    known.ordered_before.get_or_insert(other.id);
                }
            }
        }
    }
    Ok(known)
}

/// Sorts the servers of an order's name by whose they are.
///
/// # Errors
/// When the journal or the mirror cannot be read.
pub(super) async fn named(site: &Site<'_>, input: &Input, bearing: Vec<Instance>) -> Result<Named, Trouble> {
    let (action, name) = (site.action.clone(), input.display_name.clone());
    let ids: Vec<i64> = bearing.iter().map(|server| server.instance_id).collect();
    let read = move |c: &_| known(c, &action, &name, &ids);
    let known = site.deps.store.peek_async(read).await.map_err(|error| store_trouble(&error))?;
    let mut named = Named { ordered_before: known.ordered_before, ..Named::default() };
    for server in bearing {
        let created = server.created_date.as_ref().and_then(|stamp| stamp.at());
        // Created when it was sent, as far as clocks can be trusted.
        let fits = known.sent.zip(created).is_some_and(|(sent, created)| sent.duration_since(created) <= CLOCKS);
        let kept = if known.taken.contains(&server.instance_id) {
            &mut named.others
        } else if fits && !known.rival && as_ordered(&server, input) {
            &mut named.ours
        } else {
            &mut named.unclear
        };
        kept.push(server);
    }
    Ok(named)
}

/// The open orders for other services that will take a name.
///
/// # Errors
/// When the queue cannot be read.
pub(super) async fn ordered(deps: &Deps, target: i64, name: &str) -> Result<Vec<i64>, Trouble> {
    let name = name.to_owned();
    let read = move |c: &_| {
        let open = elsewhere(c, target, &name, "\u{0}")?;
        Ok(open.iter().filter(|other| will_take(other, &name)).map(|other| other.id).collect())
    };
    deps.store.peek_async(read).await.map_err(|error| store_trouble(&error))
}
