//! What will happen by itself: the appointments of the state machines.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::State;
use super::{domains, firewalls, images, instance_life, instances, object_storages, snapshots, troubleshooting, users};
use crate::journal::{Cause, Effect, Entry, Journal, Provider, Resource};

/// One thing that is due.
#[derive(Debug, Clone)]
pub(super) enum Due {
    /// The next step of an instance; void when something else was done with it since (the epoch moved).
    Instance { id: i64, epoch: u32, step: instance_life::Step },
    /// The day a cancelled instance ends.
    InstanceEnds { id: i64 },
    /// A snapshot's days are over.
    SnapshotExpires { id: String },
    /// A custom image is there, or was not to be had.
    ImageArrives { id: String },
    /// A firewall's rules are on, or off, an instance.
    FirewallSettles { id: String, instance: i64 },
    /// The next step of an object storage.
    ObjectStorage { id: String, step: object_storages::Step },
    /// A domain is registered or has moved.
    DomainSettles { id: String },
    /// The day a cancelled domain ends.
    DomainEnds { id: String },
    /// A check or remedy starts or ends.
    Run { id: i64, step: troubleshooting::Step },
    /// A new user follows the link in the mail and chooses a password.
    UserConfirms { id: String },
}

/// Which call set a thing off.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    /// Operation id.
    pub(super) operation: String,
    /// Its `x-request-id`.
    pub(super) request_id: String,
}

/// Appointments by time, and in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    due: BTreeMap<(Timestamp, u64), (Due, Origin)>,
    made: u64,
}

impl Agenda {
    /// Makes an appointment.
    pub(super) fn at(&mut self, when: Timestamp, due: Due, origin: Origin) {
        self.made += 1;
        self.due.insert((when, self.made), (due, origin));
    }

    fn next(&mut self, now: Timestamp) -> Option<(Timestamp, Due, Origin)> {
        let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((when, _), (due, origin)) = first.remove_entry();
        Some((when, due, origin))
    }
}

/// Something that happens because its time has come: when, why, and where it is written down.
pub(super) struct Passing<'a> {
    /// The moment it was due, which may lie before the present when the clock was pushed.
    pub(super) at: Timestamp,
    /// The call that set it off.
    pub(super) origin: Origin,
    journal: &'a mut Journal,
}

impl Passing<'_> {
    /// Journals one change.
    pub(super) fn note(&mut self, effect: Effect, kind: &str, id: impl ToString, detail: Value) {
        let mut detail = detail;
        if !self.origin.request_id.is_empty()
            && let Some(map) = detail.as_object_mut()
        {
            map.insert("set_off_by".to_owned(), json!(self.origin.request_id));
        }
        self.journal.push(Entry {
            at: self.at,
            provider: Provider::Contabo,
            operation: self.origin.operation.clone(),
            // The request itself is in the entry that it made; this one only follows from it.
            request_id: None,
            trace_id: None,
            effect,
            resource: Resource { kind: kind.to_owned(), id: id.to_string() },
            detail,
            cause: Cause::Time,
        });
    }
}

/// Lets everything happen that is due by `now`, in order.
pub(super) fn advance(state: &mut State, now: Timestamp, journal: &mut Journal) {
    while let Some((at, due, origin)) = state.agenda.next(now) {
        let mut passing = Passing { at, origin, journal };
        match due {
            Due::Instance { id, epoch, step } => instance_life::turn(state, &mut passing, id, epoch, step),
            Due::InstanceEnds { id } => instances::ends(state, &mut passing, id),
            Due::SnapshotExpires { id } => snapshots::expires(state, &mut passing, &id),
            Due::ImageArrives { id } => images::arrives(state, &mut passing, &id),
            Due::FirewallSettles { id, instance } => firewalls::settles(state, &mut passing, &id, instance),
            Due::ObjectStorage { id, step } => object_storages::turn(state, &mut passing, &id, step),
            Due::DomainSettles { id } => domains::settles(state, &mut passing, &id),
            Due::DomainEnds { id } => domains::ends(state, &mut passing, &id),
            Due::Run { id, step } => troubleshooting::turn(state, &mut passing, id, step),
            Due::UserConfirms { id } => users::confirms(state, &mut passing, &id),
        }
    }
}

/// A moment some milliseconds after another.
pub(super) fn after(at: Timestamp, milliseconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(milliseconds)).unwrap_or(Timestamp::MAX)
}
