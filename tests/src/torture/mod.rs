//! The queue under torture: worker processes on the sandbox are killed (SIGKILL) at every fail-point and at any other
//! moment, two at once, some of them the real `rackdeskctl queue work`, with clocks that jump, on a line that cuts, fails
//! after success, throttles and shows stale audits, with a load of every kind of action there is. At the end the line is
//! good, one worker brings everything to its end, and the sandbox's own journal is held against the queue: nothing
//! twice, nothing lost, nothing stuck without a reason.
//!
//! A torture is several benches side by side, each a sandbox and a profile of its own: most of a life is waiting. The
//! same seed draws the same load, faults and moments; how far a worker gets until it is killed is up to the machine.

mod bench;
mod dice;
mod judge;
mod line;
mod load;
mod profile;
mod report;
mod worker;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

pub use dice::Dice;
pub use report::Verdict;
pub use worker::worker;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Workers to kill.
    pub kills: u32,
    /// Draws everything.
    pub seed: u64,
    /// Sandboxes with a profile each, side by side.
    pub benches: u32,
}

/// How far all benches are.
pub(crate) struct Progress {
    ask: Ask,
    begun: Instant,
    kills: AtomicU32,
    actions: AtomicU32,
}

impl Progress {
    /// A line after every fiftieth kill of a short torture, every two hundred and fiftieth of a long one.
    fn killed(&self) {
        let every = if self.ask.kills > 1_000 { 250 } else { 50 };
        let kills = self.kills.fetch_add(1, Ordering::Relaxed) + 1;
        if kills.is_multiple_of(every) {
            let (actions, spent) = (self.actions.load(Ordering::Relaxed), self.begun.elapsed().as_secs());
            println!("    {kills} kills, {actions} actions, {spent} s");
        }
    }

    fn drawn(&self) {
        self.actions.fetch_add(1, Ordering::Relaxed);
    }
}

/// Tortures and judges.
///
/// # Panics
/// When a sandbox or a worker cannot be started.
pub fn torture(ask: Ask) -> Verdict {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let progress =
            Arc::new(Progress { ask, begun: Instant::now(), kills: AtomicU32::new(0), actions: AtomicU32::new(0) });
        let benches = ask.benches.clamp(1, ask.kills.max(1));
        let mut running = Vec::new();
        for number in 0..benches {
            // The first ones take what does not divide.
            let share = ask.kills / benches + u32::from(number < ask.kills % benches);
            running.push(tokio::spawn(bench::run(number, share, Arc::clone(&progress))));
        }
        let mut verdict = Verdict::new(ask);
        for bench in running {
            verdict.add(bench.await.expect("a bench comes to its end"));
        }
        verdict.close(progress.begun.elapsed());
        verdict
    })
}
