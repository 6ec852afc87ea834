//! The line to the providers in one life of a worker, and the sandbox's time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use rackdesk_sandbox::{Running, faults::Fault, world::lock};
use serde_json::{Value, json};

use super::Dice;

/// Operations of Contabo that write.
const CONTABO: &[&str] = &[
    "start",
    "stop",
    "shutdown",
    "restart",
    "rescue",
    "resetPasswordAction",
    "patchInstance",
    "createInstance",
    "createSnapshot",
    "updateSnapshot",
    "rollbackSnapshot",
    "deleteSnapshot",
    "assignInstancePrivateNetwork",
    "unassignInstancePrivateNetwork",
    "createAssignment",
    "deleteAssignment",
    "reinstallInstance",
    "cancelInstance",
];

/// Actions of WHMCS that write.
const WHMCS: &[&str] = &[
    "AcceptOrder",
    "AddInvoicePayment",
    "AddTicketReply",
    "ModuleChangePackage",
    "ModuleChangePw",
    "ModuleCreate",
    "ModuleCustom",
    "ModuleSuspend",
    "ModuleTerminate",
    "ModuleUnsuspend",
    "UpdateClientProduct",
];

/// Lists in which lost calls are looked for.
const AUDITS: &[&str] = &[
    "retrieveInstancesActionsAuditsList",
    "retrieveInstancesAuditsList",
    "retrieveSnapshotsAuditsList",
    "retrieveAssignmentsAuditsList",
    "retrievePrivateNetworkAuditsList",
];

/// Looks before and after a write.
const READS: &[(&str, &str)] = &[("contabo", "retrieveInstance"), ("whmcs", "GetClientsProducts")];

fn writes() -> impl Iterator<Item = (&'static str, &'static str)> {
    CONTABO.iter().map(|name| ("contabo", *name)).chain(WHMCS.iter().map(|name| ("whmcs", *name)))
}

fn switch_on(sandbox: &Running, rules: Vec<Value>) {
    let mut world = lock(sandbox.world());
    for rule in rules {
        let rule: Fault = serde_json::from_value(rule).expect("a rule");
        world.faults.add(rule);
    }
}

/// A bad line for the life of this number. `waits` lets the answer to the next write of each sort wait: bytes have left,
/// and nothing comes back.
pub(super) fn spoil(sandbox: &Running, dice: &mut Dice, round: u32, waits: bool) {
    let mut rules = Vec::new();
    if waits {
        // Half of them have done their work by then.
        let kind = *dice.pick(&["slow", "hang"]);
        rules.extend(writes().map(|(provider, operation)| {
            json!({ "provider": provider, "operation": operation, "kind": kind, "delay_ms": 30_000, "times": 1 })
        }));
    }
    if round % 7 == 3 {
        // A storm: everything is throttled for a while.
        for provider in ["contabo", "whmcs"] {
            rules.push(json!({ "provider": provider, "kind": "429", "times": 25, "retry_after": 0 }));
        }
    }
    for (provider, operation) in writes() {
        for kind in ["cut_before", "cut_after", "cut_middle", "500_after_success"] {
            rules.push(json!({ "provider": provider, "operation": operation, "kind": kind, "probability": 0.08 }));
        }
    }
    for (provider, operation) in READS {
        for kind in ["502", "html"] {
            rules.push(json!({ "provider": provider, "operation": operation, "kind": kind, "probability": 0.03 }));
        }
    }
    if round % 5 == 2 {
        for operation in AUDITS {
            // A third of a second of ours: audits lag behind, within the grace time.
            rules.push(json!({ "provider": "contabo", "operation": operation, "kind": "stale", "age_s": 33 }));
        }
    }
    if dice.below(3) == 0 {
        let slow = json!({
            "provider": "contabo", "operation": "restart", "kind": "slow", "delay_ms": 300, "times": 2
        });
        rules.push(slow);
    }
    switch_on(sandbox, rules);
}

/// Whether a write waits for its answer now.
pub(super) fn is_waiting(sandbox: &Running) -> bool {
    lock(sandbox.world()).faults.rules().iter().any(|rule| rule.fault.delay_ms == Some(30_000) && rule.fired > 0)
}

/// A good line again. Counts what went wrong on the bad one.
pub(super) fn mend(sandbox: &Running, fired: &mut BTreeMap<String, u64>) {
    let mut world = lock(sandbox.world());
    for rule in world.faults.rules() {
        if rule.fired > 0 {
            let kind = serde_json::to_value(rule.fault.kind).ok();
            let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            *fired.entry(kind).or_default() += rule.fired;
        }
    }
    world.faults.clear();
}

/// The sandbox's time, a hundred times as fast as ours.
pub(super) struct Pace {
    task: tokio::task::JoinHandle<()>,
    longest: Arc<AtomicU64>,
}

impl Pace {
    /// Begins. It keeps to our clock however late the machine lets it tick; the longest it was kept from ticking says how
    /// late a call may have been served, and is told in the report.
    pub(super) fn begin(sandbox: &Running) -> Self {
        let world = Arc::clone(sandbox.world());
        let longest = Arc::new(AtomicU64::new(0));
        let noted = Arc::clone(&longest);
        let task = tokio::spawn(async move {
            let mut ticked = Instant::now();
            loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                let gap = u64::try_from(ticked.elapsed().as_millis()).unwrap_or(u64::MAX);
                ticked += Duration::from_millis(gap);
                noted.fetch_max(gap, Ordering::Relaxed);
                lock(&world).clock.advance(SignedDuration::from_millis(i64::try_from(gap * 100).unwrap_or(i64::MAX)));
            }
        });
        Self { task, longest }
    }

    /// Ends; the longest pause between two ticks, in milliseconds.
    pub(super) fn end(self) -> u64 {
        self.task.abort();
        self.longest.load(Ordering::Relaxed)
    }
}

/// The sandbox's clock jumps: minutes, hours, once in a while days, with everything that comes with a new day.
pub(super) fn jump(sandbox: &Running, dice: &mut Dice) {
    let by = *dice.pick(&[120, 600, 600, 3_600, 3_600, 21_600, 86_400]);
    lock(sandbox.world()).clock.advance(SignedDuration::from_secs(by));
}
