//! Both providers, their clock, their journal and their faults, behind one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rand_chacha::ChaCha12Rng;

use crate::clock::SimClock;
use crate::dialect::Dialect;
use crate::faults::{Arrivals, Faults};
use crate::journal::Journal;
use crate::{contabo, seed, whmcs};

/// The whole made-up world. Answers are pure functions of it and the request, computed while it is locked; the lock is
/// never held across an await.
pub struct World {
    /// The time.
    pub clock: SimClock,
    /// Every state change.
    pub journal: Journal,
    /// Faults switched on, and the old snapshots that stale answers need.
    pub faults: Faults,
    /// The calls that came in lately.
    pub arrivals: Arrivals,
    /// How the billing side writes its JSON.
    pub dialect: Dialect,
    /// Chance at run time (new ids, passwords, fault probabilities).
    pub rng: ChaCha12Rng,
    /// The billing side.
    pub whmcs: whmcs::State,
    /// The server side.
    pub contabo: contabo::State,
    /// What everything derives from.
    pub seed: u64,
    /// How big it is; 1 is a company of 250 clients.
    pub scale: f64,
}

/// The handle every listener holds.
pub type Shared = Arc<Mutex<World>>;

/// Locks the world. A panic in an earlier answer does not take the others down with it.
pub fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// Lays the world out. The same seed, scale and start give the same world, byte for byte.
    pub fn new(seed: u64, scale: f64, start: Option<Timestamp>) -> Self {
        let clock = SimClock::new(start);
        let now = clock.start();
        let estate = seed::Estate::draw(seed, scale, now);
        let contabo = contabo::seed(&mut seed::stream(seed, "contabo"), &estate, now);
        let whmcs = whmcs::seed(&mut seed::stream(seed, "whmcs"), &estate, now);
        Self {
            clock,
            journal: Journal::default(),
            faults: Faults::default(),
            arrivals: Arrivals::default(),
            dialect: Dialect::default(),
            rng: seed::stream(seed, "world"),
            whmcs,
            contabo,
            seed,
            scale,
        }
    }

    /// Lets time pass on both sides, up to now.
    pub fn tick(&mut self) -> Timestamp {
        let now = self.clock.now();
        self.journal.set_call(None);
        contabo::advance(&mut self.contabo, now, &mut self.journal);
        whmcs::advance(&mut self.whmcs, now, &mut self.journal);
        now
    }

    /// Remembers the present for the stale rules in force.
    pub(crate) fn keep_snapshots(&mut self) {
        let now = self.tick();
        for provider in [crate::journal::Provider::Whmcs, crate::journal::Provider::Contabo] {
            crate::faults::keep(self, provider, now);
        }
    }
}
