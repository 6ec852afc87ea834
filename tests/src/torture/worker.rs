//! The process that is killed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{Clock, Deps, Engine, EngineError, EngineOptions, NoMirror, policy::EnginePolicy},
    record::LogRecorder,
};
use rackdesk_sandbox::{ContaboLine, WhmcsLine};
use rackdesk_store::{DatabaseKey, Store};
use rackdesk_wire::{Recorder, Retries, Timeouts, Wire, WireOptions};
use serde::Deserialize;

use super::{Dice, profile::KEY};

/// Where a worker finds its line, its profile, and by how much its clock is wrong.
pub(super) const LINE: &str = "RACKDESK_TORTURE_LINE";
pub(super) const DIR: &str = "RACKDESK_TORTURE_DIR";
pub(super) const CLOCK: &str = "RACKDESK_TORTURE_CLOCK";

#[derive(Deserialize)]
struct Line {
    whmcs: WhmcsLine,
    contabo: ContaboLine,
}

pub(super) fn open(dir: &Path) -> Store {
    let key = DatabaseKey::from_hex(KEY).expect("a key");
    Store::open(&dir.join("rackdesk.db"), &key).expect("the database opens")
}

/// Gives writes up after a second, and asks for nothing twice by itself.
pub(super) fn wire(recorder: Arc<dyn Recorder>) -> Wire {
    let options = WireOptions {
        timeouts: Timeouts { external: Duration::from_secs(1), quick: Duration::from_secs(1), ..Timeouts::default() },
        retries: Retries { attempts: 1, ..Retries::default() },
        ..WireOptions::default()
    };
    Wire::new(options, recorder)
}

pub(super) fn contabo(line: &ContaboLine, wire: Wire) -> rackdesk_contabo::Client {
    let config = rackdesk_contabo::Config {
        api_url: line.api_url.parse().expect("a URL"),
        token_url: line.token_url.parse().expect("a URL"),
        client_id: line.client_id.clone(),
        client_secret: line.client_secret.clone().into(),
        user: line.user.clone(),
        password: line.password.clone().into(),
    };
    rackdesk_contabo::Client::new(wire, config)
}

pub(super) fn whmcs(line: &WhmcsLine, wire: Wire) -> rackdesk_whmcs::Client {
    let url = line.url.parse().expect("a URL");
    let mut config = rackdesk_whmcs::Config::new(url, line.identifier.clone().into(), line.secret.clone().into());
    config.access_key = Some(line.access_key.clone().into());
    rackdesk_whmcs::Client::new(wire, config).expect("an address")
}

/// Grace times of one and two seconds; the sandbox's audits are a third of a second late at its speed. What never
/// comes about is waited for half a minute.
fn policy() -> EnginePolicy {
    let mut policy = EnginePolicy::quick(Duration::from_secs(1));
    policy.evidence.grace_costly = Duration::from_secs(2);
    policy.wait.restart_settles = Duration::from_millis(200);
    policy.wait.limit_percent = 5;
    policy.contabo_slots = 6;
    policy.whmcs_slots = 4;
    policy
}

/// How wrong a worker's clock is, in milliseconds: at first, and by how much it jumps after a while.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Skew {
    at_first: i64,
    after: i64,
    by: i64,
}

/// Sizes of what goes wrong with clocks: a correction, a lost minute, a wrong time zone, a wrong day.
const SIZES: &[i64] = &[300, 2_000, 2_000, 60_000, 3 * 3_600_000, 26 * 3_600_000];

impl Skew {
    /// A clock that is wrong, jumps, or both.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let mut size = |chance| {
            let size = *dice.pick(SIZES);
            let sign = if dice.below(2) == 0 { 1 } else { -1 };
            if dice.below(chance) == 0 { size * sign } else { 0 }
        };
        let (at_first, by) = (size(2), size(1));
        let after = i64::try_from(dice.below(600)).unwrap_or(0);
        Self { at_first, after, by }
    }

    /// Whether it is wrong towards the future, and towards the past, at any time.
    pub(super) fn directions(self) -> (bool, bool) {
        let later = self.at_first + self.by;
        (self.at_first.max(later) > 0, self.at_first.min(later) < 0)
    }

    pub(super) fn text(self) -> String {
        format!("{}:{}:{}", self.at_first, self.after, self.by)
    }

    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(':').map(|number| number.parse().ok());
        Some(Self { at_first: numbers.next()??, after: numbers.next()??, by: numbers.next()?? })
    }

    fn clock(self) -> Clock {
        let begun = Instant::now();
        Arc::new(move || {
            let jumped = i128::try_from(begun.elapsed().as_millis()).is_ok_and(|spent| spent >= i128::from(self.after));
            let wrong = self.at_first + if jumped { self.by } else { 0 };
            Timestamp::now().saturating_add(SignedDuration::from_millis(wrong)).unwrap_or(Timestamp::MAX)
        })
    }
}

/// Works the queue until nothing is left that goes on by itself. When another worker has it, waits for its end.
///
/// # Panics
/// When it was not started by [`super::torture`].
pub fn worker() {
    let line: Line = serde_json::from_str(&std::env::var(LINE).expect("a line")).expect("a line");
    let dir = PathBuf::from(std::env::var(DIR).expect("a folder"));
    let skew = std::env::var(CLOCK).ok().and_then(|text| Skew::read(&text)).unwrap_or_default();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = open(&dir);
        let recorder: Arc<dyn Recorder> = Arc::new(LogRecorder::new(store.log_writer().expect("a log")));
        let wire = wire(recorder);
        let mut deps = Deps::new(store.clone(), Some(contabo(&line.contabo, wire.clone())), Arc::new(NoMirror))
            .with_whmcs(Some(whmcs(&line.whmcs, wire)));
        deps.clock = skew.clock();
        let options = EngineOptions { profile_dir: dir, policy: policy(), seed: None };
        let engine = loop {
            match Engine::start(deps.clone(), options.clone()).await {
                Ok(engine) => break engine,
                Err(EngineError::AnotherWorker) => tokio::time::sleep(Duration::from_millis(15)).await,
                Err(error) => panic!("{error}"),
            }
        };
        engine.run_until_idle().await.expect("the queue is read");
        engine.stop().await;
        store.close();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_survives_the_way_to_the_worker_and_jumps_when_it_should() {
        let mut dice = Dice::new(4);
        for _ in 0..50 {
            let skew = Skew::draw(&mut dice);
            assert_eq!(Skew::read(&skew.text()), Some(skew));
            assert_ne!(skew.directions(), (false, false), "{skew:?}: it is wrong some time");
        }
        let wrong = |skew: Skew| (skew.clock())().duration_since(Timestamp::now()).as_secs();
        assert_eq!(wrong(Skew { at_first: 10_900, after: 60_000, by: -90_000 }), 10);
        assert_eq!(wrong(Skew { at_first: 0, after: 0, by: -10_900 }), -10);
    }
}
