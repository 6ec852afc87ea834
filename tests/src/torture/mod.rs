//! The queue under torture: worker processes on the sandbox are killed (SIGKILL) at every fail-point and at any other
//! moment, two at once, on a line that cuts, fails after success, throttles and shows stale audits, with a mixed load of
//! kinds. At the end the line is good, one worker brings everything to its end, and the sandbox's own journal is held
//! against the queue: nothing twice, nothing lost, nothing stuck without a reason.
//!
//! The same seed draws the same load, faults and moments; how far a worker gets until it is killed is up to the machine.

mod dice;
mod judge;
mod load;
mod worker;

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

pub use dice::Dice;
use jiff::SignedDuration;
pub use judge::Verdict;
use rackdesk_console::act::failpoint::PLACES;
use rackdesk_sandbox::{Options, Running, faults::Fault, world::lock};
use rackdesk_store::{
    Store,
    queue::{self, Enqueued},
};
use serde_json::{Value, json};
pub use worker::worker;

use self::load::Load;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Workers to kill.
    pub kills: u32,
    /// Draws everything.
    pub seed: u64,
}

/// Where a worker finds its line and its profile.
pub(crate) const LINE: &str = "RACKDESK_TORTURE_LINE";
pub(crate) const DIR: &str = "RACKDESK_TORTURE_DIR";

/// Ready actions that a worker finds at least when it starts.
const BACKLOG: usize = 12;

/// Longest life of a worker.
const LONGEST: Duration = Duration::from_secs(4);

/// How long everything may take to come to its end once nothing is in its way.
const END: Duration = Duration::from_secs(240);

/// Tortures and judges.
///
/// # Panics
/// When the sandbox or a worker cannot be started, or the end does not come.
pub fn torture(ask: Ask) -> Verdict {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(run(ask))
}

struct Bench {
    sandbox: Running,
    dir: tempfile::TempDir,
    store: Store,
    dice: Dice,
    stood_by: u32,
}

async fn run(ask: Ask) -> Verdict {
    let begun = Instant::now();
    let options = Options { seed: ask.seed, scale: 0.5, ..Options::default() };
    let sandbox = rackdesk_sandbox::start(options).await.expect("the sandbox starts");
    let clock = hurry(&sandbox);
    let dir = tempfile::tempdir().expect("a folder");
    let store = worker::open(dir.path());
    let mut bench = Bench { sandbox, dir, store, dice: Dice::new(ask.seed), stood_by: 0 };
    let mut load = Load::prepare(&bench.sandbox, &mut bench.dice).await;
    for round in 0..ask.kills {
        bench.fill(&mut load);
        bench.faults(round);
        bench.one_life(round).await;
        if (round + 1) % 50 == 0 {
            println!("    {} kills, {} actions, {:.0} s", round + 1, load.drawn(), begun.elapsed().as_secs_f64());
        }
    }
    lock(bench.sandbox.world()).faults.clear();
    bench.last_life().await;
    let verdict = judge::judge(&bench.store, &bench.sandbox, ask, bench.stood_by, begun.elapsed());
    clock.abort();
    bench.store.close();
    verdict
}

impl Bench {
    /// Puts actions into the queue until enough of them wait.
    fn fill(&mut self, load: &mut Load) {
        let waiting = self.store.read(|c| queue::lane_order(c, "contabo", BACKLOG)).expect("the queue is read").len();
        for _ in waiting..BACKLOG {
            let new = load.draw(&mut self.dice);
            let enqueued = self.store.write_durable(move |c| queue::enqueue(c, &new)).expect("it is enqueued");
            // The same wish may be open already: then there is one action, whoever asked.
            let (Enqueued::New(_) | Enqueued::Open(_) | Enqueued::Differs(_)) = enqueued;
        }
    }

    /// The line of this life.
    fn faults(&mut self, round: u32) {
        let mut world = lock(self.sandbox.world());
        world.faults.clear();
        let mut add = |rule: Value| {
            let rule: Fault = serde_json::from_value(rule).expect("a rule");
            world.faults.add(rule);
        };
        for (provider, operations) in [("contabo", load::WRITES), ("whmcs", &["AddTicketReply"][..])] {
            for operation in operations {
                for (kind, chance) in [("cut_before", 0.06), ("cut_after", 0.06), ("500_after_success", 0.06)] {
                    add(json!({ "provider": provider, "operation": operation, "kind": kind, "probability": chance }));
                }
            }
        }
        if round % 7 == 3 {
            // A storm: everything is throttled for a while.
            add(json!({ "provider": "contabo", "kind": "429", "times": 25, "retry_after": 0 }));
        }
        if round % 5 == 2 {
            for list in load::AUDITS {
                // Half a second of ours: audits lag behind, within the grace time.
                add(json!({ "provider": "contabo", "operation": list, "kind": "stale", "age_s": 50 }));
            }
        }
        if self.dice.below(3) == 0 {
            let slow =
                json!({ "provider": "contabo", "operation": "restart", "kind": "slow", "delay_ms": 300, "times": 2 });
            add(slow);
        }
    }

    fn spawn(&self, stop: Option<(&str, u64, &PathBuf)>) -> Child {
        let mut command = Command::new(std::env::current_exe().expect("a program knows its path"));
        command
            .arg("--worker")
            .env(LINE, serde_json::to_string(&self.sandbox.line).expect("a line"))
            .env(DIR, self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        if let Some((place, after, mark)) = stop {
            command
                .env("RACKDESK_FAIL_POINT", place)
                .env("RACKDESK_FAIL_AFTER", after.to_string())
                .env("RACKDESK_FAIL_MARK", mark);
        }
        command.spawn().expect("a worker starts")
    }

    /// A worker, sometimes two, and the end of one of them.
    async fn one_life(&mut self, round: u32) {
        let mark = self.dir.path().join("mark");
        std::fs::remove_file(&mark).ok();
        let places = PLACES.len() as u64 + 2;
        let drawn = self.dice.below(places);
        let place = usize::try_from(drawn).ok().and_then(|at| PLACES.get(at));
        let stop = place.map(|place| (*place, self.dice.below(3), &mark));
        let mut first = self.spawn(stop);
        let second = (round % 6 == 4).then(|| self.spawn(None));
        let longest = Duration::from_millis(60 + self.dice.below(400));
        let begun = Instant::now();
        loop {
            let marked = place.is_some() && mark.exists();
            let late = begun.elapsed() > if place.is_some() { LONGEST } else { longest };
            let ended = first.try_wait().expect("a worker can be asked").is_some();
            if marked || late || ended {
                break;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        first.kill().ok();
        first.wait().ok();
        if let Some(mut second) = second {
            // It stood by, and takes over for a moment.
            self.stood_by += 1;
            tokio::time::sleep(Duration::from_millis(100 + self.dice.below(200))).await;
            second.kill().ok();
            second.wait().ok();
        }
    }

    /// Nothing is in its way any more: everything comes to its end.
    async fn last_life(&self) {
        let mut worker = self.spawn(None);
        let begun = Instant::now();
        loop {
            if let Some(status) = worker.try_wait().expect("a worker can be asked") {
                assert!(status.success(), "the last worker ended with {status}");
                return;
            }
            if begun.elapsed() > END {
                worker.kill().ok();
                worker.wait().ok();
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The sandbox's time runs a hundred times as fast.
fn hurry(sandbox: &Running) -> tokio::task::JoinHandle<()> {
    let world = Arc::clone(sandbox.world());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            lock(&world).clock.advance(SignedDuration::from_secs(1));
        }
    })
}
