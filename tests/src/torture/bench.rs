//! One sandbox, one profile, and the lives of its workers.

use std::{
    os::unix::process::ExitStatusExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rackdesk_console::act::{Deps, NoMirror, failpoint::PLACES};
use rackdesk_sandbox::{Options, Running};
use rackdesk_store::{
    Store,
    queue::{self, Enqueued},
};
use rackdesk_wire::NoRecorder;

use super::{
    Dice, Progress, judge, line,
    load::Load,
    profile::Profile,
    report::{BYTES_LEFT, Record, Tally},
    worker::{self, Skew},
};

/// Ready actions that a worker finds at least when it starts.
const BACKLOG: usize = 14;

/// Longest life of a worker that is to be killed at a place.
const LONGEST: Duration = Duration::from_millis(2_500);

/// The same for rackdeskctl, which takes longer to start and is more patient.
const LONGEST_CTL: Duration = Duration::from_secs(5);

/// A calm life: on a good line, long enough for lost calls to be settled. Then it is killed, too.
const CALM: Duration = Duration::from_millis(3_500);

/// How long everything may take to come to its end once nothing is in its way: the patience of rackdeskctl, whose pauses
/// are those of production.
const END: Duration = Duration::from_secs(900);

/// Where a worker is to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    /// At a fail-point, after it was passed so many times.
    At(&'static str, u64),
    /// While a write waits for its answer.
    BytesLeft,
    /// After so long.
    After(Duration),
    /// After a calm life.
    Calm,
}

/// A worker's process. None outlives its bench, whatever becomes of that.
struct Worker(Child);

impl Worker {
    fn start(mut command: Command) -> Self {
        Self(command.spawn().expect("a worker starts"))
    }

    /// How it ended, when it has.
    fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("a worker can be asked")
    }

    /// Ends it at once.
    fn kill(&mut self) -> ExitStatus {
        self.0.kill().ok();
        self.0.wait().expect("a worker ends")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(super) struct Bench {
    number: u32,
    sandbox: Running,
    profile: Profile,
    store: Store,
    deps: Deps,
    dice: Dice,
    tally: Tally,
    progress: Arc<Progress>,
}

/// Kills a share of the workers on a bench of its own.
pub(super) async fn run(number: u32, share: u32, progress: Arc<Progress>) -> Record {
    let seed = progress.ask.seed + u64::from(number) * 1_000;
    let options = Options { seed, scale: 0.4, ..Options::default() };
    let sandbox = rackdesk_sandbox::start(options).await.expect("the sandbox starts");
    let wanted = sandbox.line.clone();
    let profile = tokio::task::spawn_blocking(move || Profile::add(&wanted)).await.expect("a profile");
    let pace = line::Pace::begin(&sandbox);
    let store = worker::open(profile.dir());
    let wire = worker::wire(Arc::new(NoRecorder));
    let whmcs = worker::whmcs(&sandbox.line.whmcs, wire.clone());
    let contabo = worker::contabo(&sandbox.line.contabo, wire);
    let deps = Deps::new(store.clone(), Some(contabo), Arc::new(NoMirror)).with_whmcs(Some(whmcs));
    let mut dice = Dice::new(seed);
    let mut load = Load::prepare(number, &sandbox, &deps, &mut dice).await;
    let tally = Tally::default();
    let mut bench = Bench { number, sandbox, profile, store, deps, dice, tally, progress };
    let mut round = 0;
    while bench.tally.kills() < share {
        bench.fill(&mut load).await;
        bench.one_life(round).await;
        round += 1;
    }
    bench.last_life().await;
    bench.tally.kept_waiting(pace.end());
    let record = judge::judge(&bench.store, &bench.sandbox, bench.tally);
    bench.store.close();
    record
}

impl Bench {
    /// Puts actions into the queue until enough of them wait.
    async fn fill(&mut self, load: &mut Load) {
        let ready = |c: &_| {
            let contabo = queue::lane_order(c, "contabo", BACKLOG)?.len();
            Ok(contabo + queue::lane_order(c, "whmcs", BACKLOG)?.len())
        };
        let waiting = self.store.read(ready).expect("the queue is read");
        for _ in waiting..BACKLOG {
            let new = load.draw(&self.sandbox, &self.deps, &mut self.dice).await;
            let enqueued = self.store.write_durable(move |c| queue::enqueue(c, &new)).expect("it is enqueued");
            // The same wish may be open already: then there is one action, whoever asked.
            if let Enqueued::New(_) = enqueued {
                self.progress.drawn();
            }
        }
    }

    fn death(&mut self, round: u32) -> Death {
        if round % 16 == 15 {
            return Death::Calm;
        }
        let places = PLACES.len() as u64;
        match self.dice.below(places + 3) {
            at if at < places => Death::At(PLACES[usize::try_from(at).unwrap_or(0)], self.dice.below(3)),
            at if at == places => Death::BytesLeft,
            _ => Death::After(Duration::from_millis(60 + self.dice.below(400))),
        }
    }

    fn own(&self, skew: Option<Skew>) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("a program knows its path"));
        command
            .arg("--worker")
            .env(worker::LINE, serde_json::to_string(&self.sandbox.line).expect("a line"))
            .env(worker::DIR, self.profile.dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        if let Some(skew) = skew {
            command.env(worker::CLOCK, skew.text());
        }
        command
    }

    fn ctl(&self) -> Command {
        let mut command = self.profile.ctl();
        command.args(["queue", "work", "--until-idle"]);
        command
    }

    /// A worker, sometimes two, and the end of one of them.
    async fn one_life(&mut self, round: u32) {
        let death = self.death(round);
        if self.dice.below(12) == 0 {
            self.tally.sandbox_jumped();
            line::jump(&self.sandbox, &mut self.dice);
        }
        if death != Death::Calm {
            line::spoil(&self.sandbox, &mut self.dice, round, death == Death::BytesLeft);
        }
        let through_ctl = round % 12 == 7;
        let skew = (!through_ctl && self.dice.below(4) == 0).then(|| Skew::draw(&mut self.dice));
        self.tally.clock(skew);
        let mark = self.profile.mark();
        std::fs::remove_file(&mark).ok();
        let mut first = if through_ctl { self.ctl() } else { self.own(skew) };
        if let Death::At(place, after) = death {
            first
                .env("RACKDESK_FAIL_POINT", place)
                .env("RACKDESK_FAIL_AFTER", after.to_string())
                .env("RACKDESK_FAIL_MARK", &mark);
        }
        let first = Worker::start(first);
        let second = match round % 12 {
            4 => Some(self.own(None)),
            10 => Some(self.ctl()),
            _ => None,
        };
        let second = second.map(Worker::start);
        self.watch(first, death, through_ctl).await;
        if let Some(mut second) = second {
            // It stood by, and takes over for a moment.
            self.tally.stood_by();
            tokio::time::sleep(Duration::from_millis(100 + self.dice.below(200))).await;
            second.kill();
        }
        line::mend(&self.sandbox, &mut self.tally.faults);
    }

    /// Looks on until the worker stands where it is to be killed, and kills it.
    async fn watch(&mut self, mut worker: Worker, death: Death, through_ctl: bool) {
        let mark = self.profile.mark();
        let begun = Instant::now();
        let longest = match death {
            Death::After(longest) => longest,
            Death::Calm => CALM,
            Death::At(..) | Death::BytesLeft if through_ctl => LONGEST_CTL,
            Death::At(..) | Death::BytesLeft => LONGEST,
        };
        let place = loop {
            match death {
                Death::At(place, _) if mark.exists() => break place,
                Death::BytesLeft if line::is_waiting(&self.sandbox) => break BYTES_LEFT,
                Death::Calm if begun.elapsed() > longest => break "after a calm life",
                _ if begun.elapsed() > longest => break "anywhere",
                _ => {}
            }
            if worker.ended().is_some() {
                break "anywhere";
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        };
        let status = worker.kill();
        if status.signal() == Some(9) {
            self.tally.killed(place, through_ctl, begun.elapsed());
            self.progress.killed();
        } else {
            self.ended(status, through_ctl);
        }
    }

    /// One that was through before it was killed. rackdeskctl says so when something waits for a person.
    fn ended(&mut self, status: ExitStatus, through_ctl: bool) {
        let waits = through_ctl && status.code() == Some(4);
        if !status.success() && !waits {
            self.tally.wrong.push(format!("crash: a worker of bench {} ended with {status}", self.number));
        }
    }

    /// Nothing is in its way any more: everything comes to its end.
    async fn last_life(&mut self) {
        let mut worker = Worker::start(self.own(None));
        let begun = Instant::now();
        loop {
            if let Some(status) = worker.ended() {
                if !status.success() {
                    self.tally
                        .wrong
                        .push(format!("crash: the last worker of bench {} ended with {status}", self.number));
                }
                return;
            }
            if begun.elapsed() > END {
                worker.kill();
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
