//! What a WHMCS service says of the actions at its server: a lock against a second operator while one is at work, and
//! the last request ids, for whoever looks into WHMCS first.
//!
//! Both are custom fields of the service. The lock is one line: who, which action, until when, and which wish:
//! `ana@desk-3 A-17 2026-11-20T17:05:00Z 5d1c0f7e`. It is set before the first write of an action to Contabo and, after
//! a pause, read again. WHMCS cannot set a field on condition; so of two who find it free at once, the one whose line
//! stands after the pause goes on, and the other waits. The pause is twice as long as its own reading and writing took,
//! and at least a given time. That is no proof: an operator whose line takes still longer on its way may go on beside
//! another; who notices that it was very slow itself takes its line away again and tries later. A lock whose time is
//! over is nobody's. The same wish of the same operator in the same database on the same machine finds its own lock
//! again, also after a crash and when it is tried again. A machine without a name and an operator of a common one are
//! not enough to be taken for oneself: what was drawn when the database was made is part of the wish. It is
//! taken away when the action is done, and also when it ends before anything of it happened, wherever that is decided
//! (`left.rs`); when an action of several steps breaks off half-way, it stays for its time.
//!
//! A lock guards against people, not against us: what two workers of one profile do is decided by the queue alone. So
//! when WHMCS cannot be asked, what costs money or erases something waits, and everything else goes on; that it went on
//! without is kept as evidence with the attempt. So is a list of request ids that could not be written. That WHMCS does
//! not answer within a short time of its own, and that a person has paused its lane, is no other than that it cannot be
//! asked: neither keeps a step at Contabo waiting for long.

mod left;
mod line;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
pub use line::{ServiceLock, in_the_way, with_ids};
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord, ControlRecord, TargetKind},
    whmcs_locks,
};
use rackdesk_whmcs::{
    Client,
    actions::{
        client::{ClientService, GetClientsProducts},
        service::UpdateClientProduct,
    },
    param::Serialized,
};
use rackdesk_wire::{Call, Effect, Sent};
use tokio::{sync::OnceCell, time::Instant};

use super::{
    kinds::{
        Kind, Lane, Step, Trouble,
        whmcs::{store_trouble, trouble},
    },
    reconcile::{Evidence, Speaks, later},
    worker::{Hand, interrupted},
};
use crate::{
    fault::{ErrorCode, Fault},
    phrases::english,
    plan::Phrase,
    policy::kept::current,
    record::receipts::hash_of,
};

/// Custom field with the lock.
const LOCK_FIELD: &str = "contabo_action_lock";
/// Custom field with the last request ids.
const IDS_FIELD: &str = "contabo_last_request_ids";
/// Longest time from reading the lock to having written it.
const SLOWEST: Duration = Duration::from_secs(20);
/// How much longer than its work may take an action holds its lock.
const SPARE: Duration = Duration::from_secs(15 * 60);

/// This machine's name, in one word.
fn machine() -> &'static str {
    static NAME: LazyLock<String> = LazyLock::new(|| {
        let told = ["COMPUTERNAME", "HOSTNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        let found = told.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok()).unwrap_or_default();
        let word: String = found.trim().chars().filter(|c| !c.is_whitespace()).collect();
        if word.is_empty() { "machine".to_owned() } else { word }
    });
    &NAME
}

/// The service that an action is about: its target, or what its server is linked to.
fn service_of(action: &ActionRecord) -> Option<u64> {
    let id = match action.target.kind == TargetKind::Service.name() {
        true => Some(action.target.id),
        false => action.target.service_id,
    };
    id.and_then(|id| u64::try_from(id).ok())
}

fn field<'a>(row: &'a ClientService, name: &str) -> Option<(u64, &'a str)> {
    let field = row.customfields.iter().find(|field| field.name == name)?;
    Some((field.id?, field.value.as_str()))
}

/// The service's row, and the means to change it.
struct Service<'a> {
    client: &'a Client,
    action: &'a ActionRecord,
    id: u64,
}

impl Service<'_> {
    fn call(&self) -> Call {
        Call { action_id: Some(self.action.id), ..Call::fresh() }
    }

    async fn row(&self) -> Result<ClientService, Trouble> {
        let ask = GetClientsProducts { serviceid: Some(self.id), ..GetClientsProducts::default() };
        let found = self.client.call_with(&ask, self.call()).await.map_err(|error| trouble(&error))?;
        let row = found.value.products.into_iter().find(|row| row.id == Some(self.id));
        let what = || [("what", format!("service {}", self.id))];
        row.ok_or_else(|| Trouble::hopeless(Phrase::new("fault.not_found", what())))
    }

    async fn write(&self, fields: Vec<(u64, String)>) -> Result<(), Trouble> {
        let pairs = fields.into_iter().filter_map(|(id, text)| Some((i64::try_from(id).ok()?, text)));
        let customfields = Some(Serialized::map(pairs));
        let change = UpdateClientProduct { customfields, ..UpdateClientProduct::new(self.id) };
        self.client.call_with(&change, self.call()).await.map(|_| ()).map_err(|error| trouble(&error))
    }
}

/// What is remembered between the steps of one process: warnings that were given, sends that went out without a lock.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    warned: Mutex<HashSet<(u64, &'static str)>>,
    without: Mutex<BTreeMap<i64, Phrase>>,
    /// What tells this database from others.
    database: OnceCell<String>,
}

/// Why a lock is not held.
enum Hindrance {
    /// Somebody is at work there, or it was not possible to make sure that nobody is.
    Taken(Phrase),
    /// WHMCS cannot be asked.
    Mute(Trouble),
}

impl From<Trouble> for Hindrance {
    fn from(trouble: Trouble) -> Self {
        Self::Mute(trouble)
    }
}

/// Why nothing is written to WHMCS beside a step of the other lane; `None` when it may be.
fn shut(control: &ControlRecord) -> Option<Phrase> {
    let lane = Lane::Whmcs.name();
    let paused = control.lanes.iter().any(|paused| paused.lane == lane);
    match control.stopped {
        true => Some(interrupted()),
        false => paused.then(|| Phrase::new("waits.lane_paused", [("lane", lane.to_owned())])),
    }
}

/// What is asked of WHMCS by the way, as far as it answers until then.
async fn by<T>(ends: Instant, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout_at(ends, work).await.unwrap_or_else(|_| {
        let late = Fault::with(ErrorCode::Timeout, [("provider", "WHMCS".to_owned())]);
        Err(Trouble { sent: Sent::MaybeSent, lasting: false, ..Trouble::hopeless(Phrase::from(&late)) })
    })
}

impl Hand<'_> {
    fn linked<'a>(&'a self, action: &'a ActionRecord) -> Option<Service<'a>> {
        // Nobody to guard against where there is only one of the two.
        self.worker.deps.contabo.as_ref()?;
        let client = self.worker.deps.whmcs.as_ref()?;
        Some(Service { client, action, id: service_of(action)? })
    }

    /// What tells one wish from another, also from that of somebody with the same name on a machine of the same name.
    async fn wish(&self, action: &ActionRecord) -> Result<String, StoreError> {
        let read = || self.worker.deps.store.peek_async(whmcs_locks::database_id);
        let database = self.worker.linked.database.get_or_try_init(read).await?;
        let whose = format!("{}\n{}\n{}\n{database}", action.unique_key, action.by, machine());
        Ok(hash_of(&whose)[..8].to_owned())
    }

    /// When a question to WHMCS that is asked now has to be answered.
    fn ends(&self) -> Instant {
        Instant::now() + self.worker.policy.linked_within
    }

    /// Sets the lock of the service behind a step that writes to Contabo. `Err` when the step may not be sent now.
    pub(super) async fn hold_service(
        &self,
        action: &ActionRecord,
        kind: &dyn Kind,
        step: &dyn Step,
    ) -> Result<Result<(), Trouble>, StoreError> {
        let Some(service) = self.linked(action).filter(|_| step.lane() == Lane::Contabo) else { return Ok(Ok(())) };
        let began = self.worker.policy.rails.clone();
        let read = move |c: &_| Ok((current(c, &began)?.whmcs_lock, queue::control(c)?));
        let (wanted, control) = self.worker.deps.store.peek_async(read).await?;
        if !wanted {
            return Ok(Ok(()));
        }
        // Whatever it was, nothing of this step has been sent.
        let waits = |trouble: Trouble| Ok(Err(Trouble { sent: Sent::NotSent, lasting: false, ..trouble }));
        let trouble = match shut(&control) {
            Some(_) if control.stopped => return waits(Trouble::hopeless(interrupted())),
            Some(shut) => Trouble::hopeless(shut),
            None => {
                let at = usize::try_from(action.stage).unwrap_or_default();
                let left: Duration = kind.steps().into_iter().skip(at).map(|step| self.limit(step)).sum();
                let until = later(self.worker.now(), left + SPARE);
                match self.unless_halted(self.set_lock(&service, until)).await {
                    Some(Ok(())) => return Ok(Ok(())),
                    Some(Err(Hindrance::Mute(trouble))) => trouble,
                    Some(Err(Hindrance::Taken(says))) => return waits(Trouble::hopeless(says)),
                    None => return waits(Trouble::hopeless(interrupted())),
                }
            }
        };
        if matches!(step.effect(), Effect::Billable | Effect::Destructive) {
            return waits(trouble);
        }
        tracing::warn!(action = action.id, cause = trouble.cause, "it goes on without its lock in WHMCS");
        let says = Phrase::new("evidence.not_locked", [("why", trouble.says.inside())]);
        self.worker.linked.without.lock().unwrap_or_else(PoisonError::into_inner).insert(action.id, says);
        Ok(Ok(()))
    }

    /// Whether a lock was set by an action of this very queue: what our own actions do to each other is the queue's
    /// business, and one that was taken back, or whose end WHMCS was not told of, has left it.
    async fn left_by_us(&self, text: &str) -> Result<bool, StoreError> {
        let Some(lock) = ServiceLock::read(text) else { return Ok(false) };
        let Some(id) = lock.action.strip_prefix("A-").and_then(|id| id.parse().ok()) else { return Ok(false) };
        let known = self.worker.deps.store.peek_async(move |c| queue::action(c, id)).await?;
        Ok(match known {
            Some(action) => self.wish(&action).await? == lock.wish,
            None => false,
        })
    }

    async fn set_lock(&self, service: &Service<'_>, until: Timestamp) -> Result<(), Hindrance> {
        let action = service.action;
        let now = self.worker.now();
        let wish = self.wish(action).await.map_err(|error| store_trouble(&error))?;
        let (steady, settles) = (&self.worker.deps.steady, self.worker.policy.lock_settles);
        let (began, ends) = (steady(), self.ends());
        let row = by(ends, service.row()).await?;
        let Some((id, text)) = field(&row, LOCK_FIELD) else { return Ok(()) };
        if let Some(says) = in_the_way(text, &wish, now)
            && !self.left_by_us(text).await.unwrap_or_default()
        {
            return Err(Hindrance::Taken(says));
        }
        let name = format!("A-{}", action.id);
        // Ours already, and long enough.
        let ours = |lock: ServiceLock| lock.wish == wish && lock.action == name && lock.until > later(now, SPARE);
        if ServiceLock::read(text).is_some_and(ours) {
            return Ok(());
        }
        let by_whom: String = action.by.chars().filter(|c| !c.is_whitespace()).collect();
        let lock = ServiceLock {
            holder: format!("{by_whom}@{}", machine()),
            action: name.clone(),
            until: Timestamp::from_second(until.as_second()).unwrap_or(until),
            wish: wish.clone(),
        };
        // Written down first: whatever becomes of it, it can be taken away again.
        let noted = action.id;
        let note = self.worker.deps.store.write_async(move |c| whmcs_locks::note(c, noted, until)).await;
        note.map_err(|error| store_trouble(&error))?;
        by(ends, service.write(vec![(id, lock.line())])).await?;
        // Somebody may have found the field free, waited and begun in the meantime.
        let took = steady().saturating_sub(began);
        if took > SLOWEST {
            by(self.ends(), service.write(vec![(id, String::new())])).await?;
            return Err(Hindrance::Taken(Phrase::new("waits.lock_lost", [])));
        }
        tokio::time::sleep(settles.max(took * 2)).await;
        // Of two who wrote at once, the one that stands there has won.
        let row = by(self.ends(), service.row()).await?;
        let stands = field(&row, LOCK_FIELD).map(|(_, text)| text).unwrap_or_default();
        match ServiceLock::read(stands) {
            Some(lock) if lock.wish == wish && lock.action == name => Ok(()),
            _ => {
                let other = in_the_way(stands, &wish, now);
                Err(Hindrance::Taken(other.unwrap_or_else(|| Phrase::new("waits.lock_lost", []))))
            }
        }
    }

    /// Takes the lock away from an action of which nothing is done or under way. One that was started only now has set
    /// none yet.
    pub(super) async fn let_go(&self, action: &ActionRecord, kind: &dyn Kind) -> Result<(), StoreError> {
        let on_contabo = kind.steps().into_iter().any(|step| step.lane() == Lane::Contabo);
        let locked = on_contabo && (action.tries > 0 || action.lease_token > 1);
        let Some(service) = self.linked(action).filter(|_| locked) else { return Ok(()) };
        if shut(&self.worker.deps.store.peek_async(queue::control).await?).is_some() {
            return Ok(());
        }
        if let Some(Err(why)) = self.unless_halted(self.write_ids(&service, &[], true)).await {
            // It is tried again once the action has ended, and over by itself after its time.
            tracing::warn!(action = action.id, why = english(&why), "its lock in WHMCS was not taken away");
        }
        Ok(())
    }

    /// After a step is proven, and before it is taken down: writes the request ids, and takes the lock away when the
    /// action ends. What could not be written is the evidence that comes back.
    pub(super) async fn tell_service(
        &self,
        action: &ActionRecord,
        kind: &dyn Kind,
        proven: Option<i64>,
        ends: bool,
    ) -> Result<Vec<Evidence>, StoreError> {
        let on_contabo: Vec<&str> =
            kind.steps().into_iter().filter(|step| step.lane() == Lane::Contabo).map(|step| step.name()).collect();
        let Some(service) = self.linked(action).filter(|_| !on_contabo.is_empty()) else { return Ok(Vec::new()) };
        let id = action.id;
        // A damaged attempt has no request id to tell of; the others have theirs.
        let read = move |c: &_| Ok((queue::story(c, id)?.attempts, queue::control(c)?));
        let (attempts, control) = self.worker.deps.store.peek_async(read).await?;
        let attempts: Vec<AttemptRecord> = attempts.into_iter().map(|(attempt, _)| attempt).collect();
        let ours = |one: &&AttemptRecord| {
            on_contabo.contains(&one.step.as_str()) && (one.outcome == "applied" || Some(one.number) == proven)
        };
        let done: Vec<&AttemptRecord> = attempts.iter().filter(ours).collect();
        let now_done = done.iter().any(|one| Some(one.number) == proven);
        if done.is_empty() {
            // Nothing of it was sent, or all of it in vain; an earlier try may have set the lock.
            if ends {
                self.let_go(action, kind).await?;
            }
            return Ok(Vec::new());
        }
        if !(now_done || ends) {
            return Ok(Vec::new());
        }
        let ids = done.iter().filter_map(|one| {
            let what = format!("{}/{} A-{id}", action.kind, one.step);
            Some((one.sent_at?, what, one.request_id.clone()))
        });
        let ids: Vec<_> = ids.collect();
        let written = match shut(&control) {
            Some(shut) => Err(shut),
            None => {
                let work = self.write_ids(&service, &ids, ends);
                self.unless_halted(work).await.unwrap_or_else(|| Err(interrupted()))
            }
        };
        let without = self.worker.linked.without.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        let failed = match written {
            Ok(warning) => warning,
            Err(why) => {
                tracing::warn!(action = id, why = english(&why), "WHMCS was not told of the request ids");
                Some(Phrase::new("evidence.ids_not_kept", [("why", why.inside())]))
            }
        };
        let piece = |says| Evidence { source: "list", speaks: Speaks::Open, says };
        Ok(without.into_iter().chain(failed).map(piece).collect())
    }

    /// What to warn about, once for each product and field.
    async fn write_ids(
        &self,
        service: &Service<'_>,
        ids: &[(Timestamp, String, String)],
        ends: bool,
    ) -> Result<Option<Phrase>, Phrase> {
        let said = |trouble: Trouble| trouble.says;
        let wish = self.wish(service.action).await.map_err(|error| said(store_trouble(&error)))?;
        let time = self.ends();
        let row = by(time, service.row()).await.map_err(said)?;
        let mut fields = Vec::new();
        if let Some((id, known)) = field(&row, IDS_FIELD).filter(|_| !ids.is_empty()) {
            let text = with_ids(known, ids);
            fields.extend((text != known).then_some((id, text)));
        }
        if let Some((id, text)) = field(&row, LOCK_FIELD).filter(|_| ends) {
            let ours = ServiceLock::read(text).is_some_and(|lock| lock.wish == wish);
            fields.extend(ours.then(|| (id, String::new())));
        }
        if !fields.is_empty() {
            by(time, service.write(fields)).await.map_err(said)?;
        }
        if ends {
            self.forget_lock(service.action.id).await;
        }
        let missing = [IDS_FIELD, LOCK_FIELD].into_iter().find(|name| field(&row, name).is_none());
        let mut warned = self.worker.linked.warned.lock().unwrap_or_else(PoisonError::into_inner);
        let news = missing.filter(|name| warned.insert((row.pid.unwrap_or_default(), name)));
        Ok(news
            .map(|name| Phrase::new("evidence.no_field", [("field", name.to_owned()), ("product", row.name.clone())])))
    }

    /// An action's lock does not stand in WHMCS any more.
    async fn forget_lock(&self, id: i64) {
        if let Err(error) = self.worker.deps.store.write_async(move |c| whmcs_locks::forget(c, id)).await {
            // It is looked at once more, and nothing is found there.
            tracing::debug!(action = id, %error, "that its lock is gone could not be written down");
        }
    }
}
