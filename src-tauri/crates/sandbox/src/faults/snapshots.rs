//! Earlier states, kept only while a stale rule is in force.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::journal::Provider;
use crate::world::World;
use crate::{contabo, whmcs};

/// How many are kept per provider; when there are more, the one nearest to its older neighbour goes.
const KEPT: usize = 32;

#[derive(Debug)]
struct Snapshot<S> {
    /// From when on the state looked like this.
    since: Timestamp,
    /// The journal's length then: nothing new, nothing to keep.
    seq: u64,
    state: S,
}

/// Earlier states of both providers, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    whmcs: VecDeque<Snapshot<Box<whmcs::State>>>,
    contabo: VecDeque<Snapshot<Box<contabo::State>>>,
}

impl Snapshots {
    pub(crate) fn forget(&mut self, provider: Provider) {
        match provider {
            Provider::Whmcs => self.whmcs.clear(),
            Provider::Contabo => self.contabo.clear(),
        }
    }
}

/// Keeps a copy of the present state when a stale rule may want it later and something has changed since the last one.
pub(crate) fn keep(world: &mut World, provider: Provider, now: Timestamp) {
    if world.faults.stalest(provider).is_none() {
        return;
    }
    let seq = world.journal.last();
    let snapshots = &mut world.faults.snapshots;
    match provider {
        Provider::Whmcs => keep_one(&mut snapshots.whmcs, seq, now, || Box::new(world.whmcs.clone())),
        Provider::Contabo => keep_one(&mut snapshots.contabo, seq, now, || Box::new(world.contabo.clone())),
    }
}

fn keep_one<S>(kept: &mut VecDeque<Snapshot<S>>, seq: u64, now: Timestamp, state: impl FnOnce() -> S) {
    if kept.back().is_some_and(|last| last.seq == seq) {
        return;
    }
    if kept.len() == KEPT {
        // The first shows the oldest state there is, so it stays.
        let nearest = (1..kept.len())
            .min_by_key(|&index| kept[index].since.duration_since(kept[index - 1].since))
            .unwrap_or(kept.len() - 1);
        kept.remove(nearest);
    }
    kept.push_back(Snapshot { since: now, seq, state: state() });
}

/// Runs `work` as if it were `age_s` seconds ago. Without a state that old, the oldest known one is shown.
pub(crate) fn as_of<R>(
    world: &mut World,
    provider: Provider,
    now: Timestamp,
    age_s: i64,
    work: impl FnOnce(&mut World) -> R,
) -> R {
    let limit = now.saturating_sub(jiff::SignedDuration::from_secs(age_s)).unwrap_or(Timestamp::MIN);
    match provider {
        Provider::Whmcs => {
            let Some(at) = index_at(&world.faults.snapshots.whmcs, limit) else { return work(world) };
            world.whmcs.carry_access(&mut world.faults.snapshots.whmcs[at].state);
            swap_whmcs(world, at);
            let result = work(world);
            swap_whmcs(world, at);
            result
        }
        Provider::Contabo => {
            let Some(at) = index_at(&world.faults.snapshots.contabo, limit) else { return work(world) };
            contabo::carry_sessions(&world.contabo, &mut world.faults.snapshots.contabo[at].state);
            swap_contabo(world, at);
            let result = work(world);
            swap_contabo(world, at);
            result
        }
    }
}

fn swap_whmcs(world: &mut World, at: usize) {
    std::mem::swap(&mut world.whmcs, &mut *world.faults.snapshots.whmcs[at].state);
}

fn swap_contabo(world: &mut World, at: usize) {
    std::mem::swap(&mut world.contabo, &mut *world.faults.snapshots.contabo[at].state);
}

fn index_at<S>(kept: &VecDeque<Snapshot<S>>, limit: Timestamp) -> Option<usize> {
    if kept.is_empty() {
        return None;
    }
    Some(kept.iter().rposition(|snapshot| snapshot.since <= limit).unwrap_or(0))
}
