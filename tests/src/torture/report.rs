//! What is said at the end.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
    time::Duration,
};

use rackdesk_console::act::{failpoint::PLACES, kinds};

use super::{Ask, worker::Skew};

/// The place that is seen at the provider's end: the call is out, and its answer is not back.
pub(super) const BYTES_LEFT: &str = "bytes_left";

/// What was done to the workers of a bench, and what was wrong with them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Kills by place.
    places: BTreeMap<&'static str, u32>,
    /// How long the workers had lived.
    lived: Duration,
    ctl: u32,
    stood_by: u32,
    ahead: u32,
    back: u32,
    sandbox_jumps: u32,
    /// The longest the machine kept a sandbox waiting, in milliseconds.
    starved: u64,
    /// Faults that fired, by kind.
    pub(super) faults: BTreeMap<String, u64>,
    /// What must not be.
    pub(super) wrong: Vec<String>,
}

impl Tally {
    pub(super) fn kills(&self) -> u32 {
        self.places.values().sum()
    }

    pub(super) fn killed(&mut self, place: &'static str, through_ctl: bool, lived: Duration) {
        *self.places.entry(place).or_default() += 1;
        self.ctl += u32::from(through_ctl);
        self.lived += lived;
    }

    pub(super) fn stood_by(&mut self) {
        self.stood_by += 1;
    }

    pub(super) fn sandbox_jumped(&mut self) {
        self.sandbox_jumps += 1;
    }

    pub(super) fn kept_waiting(&mut self, longest: u64) {
        self.starved = self.starved.max(longest);
    }

    pub(super) fn clock(&mut self, skew: Option<Skew>) {
        let (ahead, back) = skew.map_or((false, false), Skew::directions);
        self.ahead += u32::from(ahead);
        self.back += u32::from(back);
    }

    fn add(&mut self, other: Self) {
        sum(&mut self.places, other.places);
        sum(&mut self.faults, other.faults);
        self.lived += other.lived;
        self.ctl += other.ctl;
        self.stood_by += other.stood_by;
        self.ahead += other.ahead;
        self.back += other.back;
        self.sandbox_jumps += other.sandbox_jumps;
        self.starved = self.starved.max(other.starved);
        self.wrong.extend(other.wrong);
    }
}

/// What became of a kind of action.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct OfKind {
    pub(super) actions: u64,
    pub(super) sends: u64,
    /// Answers that were lost and settled by evidence, or by a person.
    pub(super) lost: u64,
}

impl std::ops::AddAssign for OfKind {
    fn add_assign(&mut self, other: Self) {
        self.actions += other.actions;
        self.sends += other.sends;
        self.lost += other.lost;
    }
}

/// A bench after its last life.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) tally: Tally,
    pub(super) states: BTreeMap<String, u32>,
    pub(super) settled: BTreeMap<&'static str, u32>,
    pub(super) failed: BTreeMap<String, u32>,
    pub(super) kinds: BTreeMap<String, OfKind>,
}

impl Record {
    pub(super) fn new(tally: Tally) -> Self {
        Self { tally, ..Self::default() }
    }
}

fn sum<K: Ord, N: std::ops::AddAssign + Default>(into: &mut BTreeMap<K, N>, from: BTreeMap<K, N>) {
    for (name, number) in from {
        *into.entry(name).or_default() += number;
    }
}

/// What came out of all benches.
#[derive(Debug)]
pub struct Verdict {
    ask: Ask,
    took: Duration,
    record: Record,
}

impl Verdict {
    pub(super) fn new(ask: Ask) -> Self {
        Self { ask, took: Duration::ZERO, record: Record::default() }
    }

    pub(super) fn add(&mut self, bench: Record) {
        self.record.tally.add(bench.tally);
        sum(&mut self.record.states, bench.states);
        sum(&mut self.record.settled, bench.settled);
        sum(&mut self.record.failed, bench.failed);
        sum(&mut self.record.kinds, bench.kinds);
    }

    /// Everything was added: a kind or a place that was not tried is nothing that was shown to be safe.
    pub(super) fn close(&mut self, took: Duration) {
        self.took = took;
        let tally = &mut self.record.tally;
        for place in PLACES.into_iter().chain([BYTES_LEFT]).filter(|_| self.ask.kills >= 100) {
            if !tally.places.contains_key(place) {
                tally.wrong.push(format!("untried: no worker was killed at {place}"));
            }
        }
        for kind in kinds::ALL {
            let name = kind.card().id;
            if !self.record.kinds.contains_key(name) {
                self.record.tally.wrong.push(format!("untried: no {name} was among the actions"));
            }
        }
    }

    /// What must not be.
    pub fn wrong(&self) -> &[String] {
        &self.record.tally.wrong
    }
}

fn list<K: Display, N: Display>(map: &BTreeMap<K, N>) -> String {
    map.iter().map(|(name, number)| format!("{name} {number}")).collect::<Vec<_>>().join(", ")
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record { tally, states, settled, failed, kinds } = &self.record;
        let Ask { seed, benches, .. } = self.ask;
        let kills = tally.kills();
        writeln!(f, "torture: {kills} kills, seed {seed}, {benches} benches, {:.0} s", self.took.as_secs_f64())?;
        writeln!(f, "    killed at: {}", list(&tally.places))?;
        let lived = tally.lived.as_secs_f64() * 1_000.0 / f64::from(kills.max(1));
        writeln!(
            f,
            "    {} were rackdeskctl, {} had a second one beside them; they lived {lived:.0} ms",
            tally.ctl, tally.stood_by
        )?;
        writeln!(
            f,
            "    clocks: {} workers ahead, {} behind, {} jumps of the providers' own",
            tally.ahead, tally.back, tally.sandbox_jumps
        )?;
        writeln!(
            f,
            "    the machine kept a sandbox waiting for {} ms at most; the grace time, less what audits lag, is 670 ms",
            tally.starved
        )?;
        writeln!(f, "    faults: {}", list(&tally.faults))?;
        let actions: u32 = states.values().sum();
        let sends: u64 = kinds.values().map(|kind| kind.sends).sum();
        writeln!(f, "    {actions} actions ({}), {sends} sends", list(states))?;
        writeln!(f, "    lost answers settled: {}", list(settled))?;
        writeln!(f, "    failed because of: {}", list(failed))?;
        writeln!(f, "    of each kind: actions, sends, lost answers")?;
        for (name, of) in kinds {
            writeln!(f, "        {name:<24}{:>7}{:>7}{:>7}", of.actions, of.sends, of.lost)?;
        }
        let of = |what: &str| tally.wrong.iter().filter(|wrong| wrong.starts_with(what)).count();
        writeln!(
            f,
            "    done twice {}, lost {}, stuck {}, crashed {}",
            of("twice"),
            of("lost"),
            of("stuck"),
            of("crash")
        )?;
        for wrong in tally.wrong.iter().take(40) {
            writeln!(f, "    WRONG {wrong}")?;
        }
        Ok(())
    }
}
