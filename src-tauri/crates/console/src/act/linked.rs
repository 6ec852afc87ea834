//! What a WHMCS service says of the actions at its server: a lock against a second operator while one is at work, and
//! the last request ids, for whoever looks into WHMCS first.
//!
//! Both are custom fields of the service. The lock is one line: who, which action, until when, and which wish:
//! `ana@desk-3 A-17 2026-11-20T17:05:00Z 5d1c0f7e`. It is set before the first write of an action to Contabo and, after
//! a pause, read again. WHMCS cannot set a field on condition; so of two who find it free at once, the one whose line
//! stands after the pause goes on, and the other waits. The pause is twice as long as its own reading and writing took,
//! and at least a given time. That is no proof: an operator whose line takes still longer on its way may go on beside
//! another; who notices that it was very slow itself takes its line away again and tries later. A lock whose time is
//! over is nobody's. The same wish of
//! the same operator on the same machine finds its own lock again, also after a crash and when it is tried again. It is
//! taken away when the action is done; when an action of several steps breaks off half-way, it stays for its time.
//!
//! A lock guards against people, not against us: what two workers of one profile do is decided by the queue alone. So
//! when WHMCS cannot be asked, what costs money or erases something waits, and everything else goes on; that it went on
//! without is kept as evidence with the attempt. So is a list of request ids that could not be written.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord, TargetKind},
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
use serde::Serialize;

use super::{
    kinds::{Kind, Lane, Step, Trouble, whmcs::trouble},
    reconcile::{Evidence, Speaks, later},
    worker::{Hand, interrupted},
};
use crate::{phrases::english, plan::Phrase, policy::kept::current, record::receipts::hash_of};

/// Custom field with the lock.
const LOCK_FIELD: &str = "contabo_action_lock";
/// Custom field with the last request ids.
const IDS_FIELD: &str = "contabo_last_request_ids";
/// Request ids that are kept, the newest first.
const KEPT: usize = 10;
/// Longest time from reading the lock to having written it.
const SLOWEST: Duration = Duration::from_secs(20);
/// How much longer than its work may take an action holds its lock.
const SPARE: Duration = Duration::from_secs(15 * 60);

/// A line in the lock field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceLock {
    /// Operator and machine.
    pub holder: String,
    /// Action, as people know it, e.g. `A-17`.
    pub action: String,
    /// When it is over.
    pub until: Timestamp,
    /// Tells one wish from another.
    pub wish: String,
}

impl ServiceLock {
    /// Reads a line; `None` for anything that is none, also for an empty one.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        let (holder, action, until, wish) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let until = until.parse().ok()?;
        words.next().is_none().then_some(Self { holder, action, until, wish })
    }

    fn line(&self) -> String {
        format!("{} {} {} {}", self.holder, self.action, self.until, self.wish)
    }
}

/// What stands in the way of a lock; `None` when it may be set, or is ours already.
pub fn in_the_way(text: &str, wish: &str, now: Timestamp) -> Option<Phrase> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Some(lock) = ServiceLock::read(text) else {
        let shown: String = text.chars().take(80).collect();
        return Some(Phrase::new("waits.lock_foreign", [("text", shown)]));
    };
    if lock.wish == wish || lock.until <= now {
        return None;
    }
    let words = [("by", lock.holder), ("what", lock.action), ("until", lock.until.to_string())];
    Some(Phrase::new("waits.locked", words))
}

/// The field's new text: the newest lines first, each request once, old ones given up.
pub fn with_ids(known: &str, new: &[(Timestamp, String, String)]) -> String {
    let mut lines: BTreeMap<(Timestamp, String), String> = BTreeMap::new();
    for line in known.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let at = line.split(' ').next().and_then(|at| at.parse().ok()).unwrap_or(Timestamp::MIN);
        lines.insert((at, line.rsplit(' ').next().unwrap_or_default().to_owned()), line.to_owned());
    }
    for (at, what, request) in new {
        lines.insert((*at, request.clone()), format!("{at} {what} {request}"));
    }
    lines.into_values().rev().take(KEPT).collect::<Vec<_>>().join("\n")
}

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
}

impl Hand<'_> {
    fn linked<'a>(&'a self, action: &'a ActionRecord) -> Option<Service<'a>> {
        // Nobody to guard against where there is only one of the two.
        self.worker.deps.contabo.as_ref()?;
        let client = self.worker.deps.whmcs.as_ref()?;
        Some(Service { client, action, id: service_of(action)? })
    }

    fn wish(action: &ActionRecord) -> String {
        hash_of(&format!("{}\n{}\n{}", action.unique_key, action.by, machine()))[..8].to_owned()
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
        if !self.worker.deps.store.read_async(move |c| current(c, &began)).await?.whmcs_lock {
            return Ok(Ok(()));
        }
        let at = usize::try_from(action.stage).unwrap_or_default();
        let left: Duration = kind.steps().into_iter().skip(at).map(|step| self.limit(step)).sum();
        let outcome = match self.unless_halted(self.set_lock(&service, later(self.worker.now(), left + SPARE))).await {
            Some(outcome) => outcome,
            None => Err(Trouble { lasting: false, ..Trouble::hopeless(interrupted()) }),
        };
        let Err(trouble) = outcome else { return Ok(Ok(())) };
        let waits = trouble.says.code.starts_with("waits.") || trouble.says.code.starts_with("event.");
        if waits || matches!(step.effect(), Effect::Billable | Effect::Destructive) {
            // Whatever it was, nothing of this step has been sent.
            return Ok(Err(Trouble { sent: Sent::NotSent, lasting: false, ..trouble }));
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
        let known = self.worker.deps.store.read_async(move |c| queue::action(c, id)).await?;
        Ok(known.is_some_and(|action| Self::wish(&action) == lock.wish))
    }

    async fn set_lock(&self, service: &Service<'_>, until: Timestamp) -> Result<(), Trouble> {
        let (now, wish) = (self.worker.now(), Self::wish(service.action));
        let (steady, settles) = (&self.worker.deps.steady, self.worker.policy.lock_settles);
        let began = steady();
        let row = service.row().await?;
        let Some((id, text)) = field(&row, LOCK_FIELD) else { return Ok(()) };
        let refused = |says: Phrase| Trouble { lasting: false, ..Trouble::hopeless(says) };
        if let Some(says) = in_the_way(text, &wish, now)
            && !self.left_by_us(text).await.unwrap_or_default()
        {
            return Err(refused(says));
        }
        // Ours already, and long enough.
        if ServiceLock::read(text).is_some_and(|lock| lock.wish == wish && lock.until > later(now, SPARE)) {
            return Ok(());
        }
        let action = service.action;
        let by: String = action.by.chars().filter(|c| !c.is_whitespace()).collect();
        let lock = ServiceLock {
            holder: format!("{by}@{}", machine()),
            action: format!("A-{}", action.id),
            until: Timestamp::from_second(until.as_second()).unwrap_or(until),
            wish: wish.clone(),
        };
        service.write(vec![(id, lock.line())]).await?;
        // Somebody may have found the field free, waited and begun in the meantime.
        let took = steady().saturating_sub(began);
        if took > SLOWEST {
            service.write(vec![(id, String::new())]).await?;
            return Err(refused(Phrase::new("waits.lock_lost", [])));
        }
        tokio::time::sleep(settles.max(took * 2)).await;
        // Of two who wrote at once, the one that stands there has won.
        let row = service.row().await?;
        let stands = field(&row, LOCK_FIELD).map(|(_, text)| text).unwrap_or_default();
        match ServiceLock::read(stands) {
            Some(lock) if lock.wish == wish => Ok(()),
            _ => Err(refused(in_the_way(stands, &wish, now).unwrap_or_else(|| Phrase::new("waits.lock_lost", [])))),
        }
    }

    /// Takes the lock away from an action of which nothing is done or under way. One that was started only now has set
    /// none yet.
    pub(super) async fn let_go(&self, action: &ActionRecord, kind: &dyn Kind) -> Result<(), StoreError> {
        let on_contabo = kind.steps().into_iter().any(|step| step.lane() == Lane::Contabo);
        let locked = on_contabo && (action.tries > 0 || action.lease_token > 1);
        let Some(service) = self.linked(action).filter(|_| locked) else { return Ok(()) };
        if self.worker.deps.store.read_async(queue::control).await?.stopped {
            return Ok(());
        }
        if let Some(Err(why)) = self.unless_halted(self.write_ids(&service, &[], true)).await {
            // It is over by itself after its time.
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
        let (attempts, stopped) = self
            .worker
            .deps
            .store
            .read_async(move |c| Ok((queue::attempts(c, id)?, queue::control(c)?.stopped)))
            .await?;
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
        let written = match stopped {
            true => Err(interrupted()),
            false => {
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
        let row = service.row().await.map_err(|trouble| trouble.says)?;
        let mut fields = Vec::new();
        if let Some((id, known)) = field(&row, IDS_FIELD).filter(|_| !ids.is_empty()) {
            let text = with_ids(known, ids);
            fields.extend((text != known).then_some((id, text)));
        }
        if let Some((id, text)) = field(&row, LOCK_FIELD).filter(|_| ends) {
            let ours = ServiceLock::read(text).is_some_and(|lock| lock.wish == Self::wish(service.action));
            fields.extend(ours.then(|| (id, String::new())));
        }
        if !fields.is_empty() {
            service.write(fields).await.map_err(|trouble| trouble.says)?;
        }
        let missing = [IDS_FIELD, LOCK_FIELD].into_iter().find(|name| field(&row, name).is_none());
        let mut warned = self.worker.linked.warned.lock().unwrap_or_else(PoisonError::into_inner);
        let news = missing.filter(|name| warned.insert((row.pid.unwrap_or_default(), name)));
        Ok(news
            .map(|name| Phrase::new("evidence.no_field", [("field", name.to_owned()), ("product", row.name.clone())])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_lock_is_in_the_way_of_others_for_its_time() {
        let now = at("2026-11-20T17:00:00Z");
        let line = "ana@desk-3 A-17 2026-11-20T17:05:00Z 5d1c0f7e";
        let says = |text: &str, wish: &str, now| in_the_way(text, wish, now).as_ref().map(english);
        assert_eq!(says("", "aaaa", now), None);
        assert_eq!(says(line, "5d1c0f7e", now), None, "our own");
        let other = says(line, "aaaa", now).unwrap();
        assert_eq!(other, "ana@desk-3 is at work on the service (A-17) until 2026-11-20 17:05:00 UTC at the latest");
        assert_eq!(says(line, "aaaa", at("2026-11-20T17:05:00Z")), None, "its time is over");
        let foreign = says("locked by a module", "aaaa", now).unwrap();
        assert!(foreign.ends_with("locked by a module"), "{foreign}");
        assert_eq!(ServiceLock::read(line).unwrap().line(), line);
    }

    #[test]
    fn the_newest_ten_request_ids_are_kept_each_once() {
        let new = |minute: i64, id: &str| {
            let at = Timestamp::from_second(1_795_190_400 + minute * 60).unwrap();
            (at, "power.restart/send A-1".to_owned(), id.to_owned())
        };
        let mut text = "written by hand".to_owned();
        for minute in 0..9 {
            text = with_ids(&text, &[new(minute, &format!("id-{minute}"))]);
        }
        assert_eq!(text.lines().count(), 10);
        assert!(text.lines().next().unwrap().ends_with(" power.restart/send A-1 id-8"), "{text}");
        assert_eq!(with_ids(&text, &[new(8, "id-8")]), text, "told twice, kept once");
        let more = with_ids(&text, &[new(9, "id-9")]);
        assert_eq!(more.lines().count(), KEPT);
        assert!(!more.contains("written by hand") && more.contains("id-0"), "{more}");
    }
}
