//! Steps with names: which wait for which, which run side by side, and how it went.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::house::{House, Trouble};
use crate::process::Log;

/// Steps of one lane run one after the other; lanes run side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// cargo, and whatever must have the machine for itself.
    Cargo,
    /// npm.
    Ui,
}

/// How a step that did not fail ended.
pub(crate) enum Outcome {
    Passed(String),
    Skipped(String),
}

/// What a step is run with.
pub(crate) struct Work<'a> {
    pub(crate) house: &'a House,
    pub(crate) log: Log,
    pub(crate) deny: bool,
}

pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) lane: Lane,
    /// Steps that must have passed. A step is skipped when one of them failed.
    pub(crate) needs: &'static [&'static str],
    pub(crate) run: fn(&Work) -> Result<Outcome, Trouble>,
    /// What to do when it fails and the trouble itself does not say.
    pub(crate) hint: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    Skipped,
}

enum News {
    Started(&'static str, Log),
    Ended { name: &'static str, took: Duration, log: Option<Log>, result: Result<Outcome, Trouble> },
}

/// Runs the steps and prints how it goes. True when none failed.
pub(crate) fn run(house: &House, steps: &[Step], deny: bool, verbose: bool) -> bool {
    let began = Instant::now();
    let board = Board { verdicts: Mutex::new(BTreeMap::new()), moved: Condvar::new() };
    let (news, inbox) = mpsc::channel();
    let tally = std::thread::scope(|scope| {
        for lane in [Lane::Cargo, Lane::Ui] {
            let (board, news) = (&board, news.clone());
            scope.spawn(move || {
                for step in steps.iter().filter(|s| s.lane == lane) {
                    board.work(house, step, steps, deny, verbose, &news);
                }
            });
        }
        drop(news);
        report(&inbox, verbose)
    });
    let took = span(began.elapsed());
    println!("\n{} passed, {} failed, {} skipped in {took}", tally.passed, tally.failed.len(), tally.skipped);
    if !tally.failed.is_empty() {
        let only: Vec<String> = tally.failed.iter().map(|name| format!("--only {name}")).collect();
        println!("Again, only what failed: cargo xtask test {}", only.join(" "));
    }
    tally.failed.is_empty()
}

struct Board {
    verdicts: Mutex<BTreeMap<&'static str, Verdict>>,
    moved: Condvar,
}

impl Board {
    fn work(&self, house: &House, step: &Step, all: &[Step], deny: bool, verbose: bool, news: &mpsc::Sender<News>) {
        let blocker = self.wait_for(step, all);
        let began = Instant::now();
        let (log, result) = match blocker {
            Some(name) => (None, Ok(Outcome::Skipped(format!("{name} did not pass")))),
            None => match Log::create(&house.logs(), step.name, verbose) {
                Err(trouble) => (None, Err(trouble)),
                Ok(log) => {
                    news.send(News::Started(step.name, log.clone())).ok();
                    let work = Work { house, log: log.clone(), deny };
                    (Some(log), (step.run)(&work))
                }
            },
        };
        let result = result.map_err(|t| if t.next.is_empty() { Trouble::new(t.what, step.hint) } else { t });
        let verdict = match (&blocker, &result) {
            (None, Ok(Outcome::Passed(_))) => Verdict::Passed,
            // Skipped for a reason of its own: nothing is broken, what builds on it may still run.
            (None, Ok(Outcome::Skipped(_))) => Verdict::Passed,
            (Some(_), _) => Verdict::Skipped,
            (_, Err(_)) => Verdict::Failed,
        };
        news.send(News::Ended { name: step.name, took: began.elapsed(), log, result }).ok();
        lock(&self.verdicts).insert(step.name, verdict);
        self.moved.notify_all();
    }

    /// Waits until what the step needs has ended; names one that did not pass.
    fn wait_for(&self, step: &Step, all: &[Step]) -> Option<&'static str> {
        let needed: Vec<&'static str> =
            step.needs.iter().copied().filter(|name| all.iter().any(|s| s.name == *name)).collect();
        let mut verdicts = lock(&self.verdicts);
        loop {
            if let Some(bad) = needed.iter().find(|n| verdicts.get(**n).is_some_and(|v| *v != Verdict::Passed)) {
                return Some(bad);
            }
            if needed.iter().all(|n| verdicts.contains_key(n)) {
                return None;
            }
            verdicts = self.moved.wait(verdicts).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[derive(Default)]
struct Tally {
    passed: usize,
    skipped: usize,
    failed: Vec<&'static str>,
}

fn report(inbox: &mpsc::Receiver<News>, verbose: bool) -> Tally {
    let live = std::io::stdout().is_terminal() && !verbose;
    // A pipe gets a line now and then, so that nobody thinks it hangs; a terminal gets one that is rewritten.
    let pause = Duration::from_secs(if live { 1 } else { 30 });
    let mut running: Vec<(&'static str, Instant, Log)> = Vec::new();
    let mut tally = Tally::default();
    loop {
        match inbox.recv_timeout(pause) {
            Err(mpsc::RecvTimeoutError::Disconnected) => return tally,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(News::Started(name, log)) => {
                if !live {
                    println!("▸ {name}");
                }
                running.push((name, Instant::now(), log));
            }
            Ok(News::Ended { name, took, log, result }) => {
                running.retain(|(other, ..)| *other != name);
                wipe(live);
                print_end(name, took, log.as_ref(), &result);
                match result {
                    Ok(Outcome::Passed(_)) => tally.passed += 1,
                    Ok(Outcome::Skipped(_)) => tally.skipped += 1,
                    Err(_) => tally.failed.push(name),
                }
                continue;
            }
        }
        signs_of_life(&running, live, pause);
    }
}

fn signs_of_life(running: &[(&'static str, Instant, Log)], live: bool, pause: Duration) {
    if live {
        let all: Vec<String> = running.iter().map(|(n, t, _)| format!("{n} {}", span(t.elapsed()))).collect();
        wipe(true);
        print!("▸ {}", all.join(" · "));
        std::io::stdout().flush().ok();
        return;
    }
    for (name, since, log) in running.iter().filter(|(_, since, _)| since.elapsed() >= pause) {
        let last = log.tail(1).pop().unwrap_or_default();
        println!("  … {name} {}  {}", span(since.elapsed()), last.trim().chars().take(90).collect::<String>());
    }
}

fn print_end(name: &str, took: Duration, log: Option<&Log>, result: &Result<Outcome, Trouble>) {
    match result {
        Ok(Outcome::Passed(note)) => println!("✓ {name:<14} {:>8}  {note}", span(took)),
        Ok(Outcome::Skipped(why)) => println!("– {name:<14} skipped   {why}"),
        Err(trouble) => {
            println!("✗ {name:<14} {:>8}  {}", span(took), trouble.what);
            if let Some(log) = log {
                for line in log.excerpt(60) {
                    println!("  │ {line}");
                }
                println!("  │ whole output: {}", log.path().display());
            }
            println!("  → {}", trouble.next.replace('\n', "\n    "));
        }
    }
}

fn wipe(live: bool) {
    if live {
        print!("\r\x1b[2K");
    }
}

/// A duration as people read it.
pub(crate) fn span(took: Duration) -> String {
    let s = took.as_secs_f64();
    if s < 60.0 { format!("{s:.1} s") } else { format!("{} min {:02} s", took.as_secs() / 60, took.as_secs() % 60) }
}

/// The steps named by `--only` with all they need, without those named by `--skip`.
pub(crate) fn select(steps: Vec<Step>, only: &[String], skip: &[String]) -> Result<Vec<Step>, Trouble> {
    for name in only.iter().chain(skip) {
        if !steps.iter().any(|s| s.name == name) {
            let names: Vec<&str> = steps.iter().map(|s| s.name).collect();
            return Err(Trouble::usage(format!("There is no step '{name}'. Steps: {}.", names.join(", "))));
        }
    }
    let mut wanted: Vec<&str> =
        steps.iter().map(|s| s.name).filter(|n| only.is_empty() || only.iter().any(|o| o == n)).collect();
    let mut next = 0;
    while let Some(name) = wanted.get(next).copied() {
        let needs = steps.iter().find(|s| s.name == name).map_or(&[][..], |s| s.needs);
        for need in needs {
            if !wanted.contains(need) {
                wanted.push(need);
            }
        }
        next += 1;
    }
    let keep: Vec<&'static str> =
        steps.iter().map(|s| s.name).filter(|n| wanted.contains(n) && !skip.iter().any(|s| s == n)).collect();
    Ok(steps.into_iter().filter(|s| keep.contains(&s.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(
        name: &'static str,
        lane: Lane,
        needs: &'static [&'static str],
        run: fn(&Work) -> Result<Outcome, Trouble>,
    ) -> Step {
        Step { name, about: "", lane, needs, run, hint: "do it again" }
    }

    fn pass(_: &Work) -> Result<Outcome, Trouble> {
        Ok(Outcome::Passed(String::new()))
    }

    fn fail(_: &Work) -> Result<Outcome, Trouble> {
        Err(Trouble::new("it broke", ""))
    }

    fn must_not_run(work: &Work) -> Result<Outcome, Trouble> {
        std::fs::write(work.house.root.join("ran"), "").expect("scratch directory is writable");
        pass(work)
    }

    fn scratch(name: &str) -> House {
        let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&root).expect("temp directory is writable");
        House { target: root.join("target"), root }
    }

    #[test]
    fn a_failed_step_takes_those_that_need_it_along_but_not_the_others() {
        let house = scratch("needs");
        let steps = [
            step("build", Lane::Cargo, &[], fail),
            step("tests", Lane::Cargo, &["build"], must_not_run),
            step("window", Lane::Ui, &["tests"], must_not_run),
            step("lint", Lane::Ui, &[], pass),
        ];
        assert!(!run(&house, &steps, false, false), "one step failed");
        assert!(!house.root.join("ran").exists(), "a step ran although what it needs had failed");
        std::fs::remove_dir_all(&house.root).expect("scratch directory can go");
    }

    #[test]
    fn lanes_wait_for_each_other() {
        let house = scratch("lanes");
        let steps = [
            step("app", Lane::Cargo, &["page"], |w| {
                assert!(w.house.root.join("ran").exists(), "the page is there before the app is built");
                pass(w)
            }),
            step("page", Lane::Ui, &[], |w| {
                std::thread::sleep(Duration::from_millis(150));
                must_not_run(w)
            }),
        ];
        assert!(run(&house, &steps, false, false), "both pass");
        std::fs::remove_dir_all(&house.root).expect("scratch directory can go");
    }

    #[test]
    fn only_brings_what_it_needs_and_skip_takes_it_away() {
        let all = || {
            vec![
                step("packages", Lane::Cargo, &[], pass),
                step("build", Lane::Cargo, &["packages"], pass),
                step("e2e", Lane::Cargo, &["build"], pass),
                step("lint", Lane::Ui, &[], pass),
            ]
        };
        let names = |only: &[&str], skip: &[&str]| -> Vec<&'static str> {
            let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            select(all(), &own(only), &own(skip)).expect("known names").iter().map(|s| s.name).collect()
        };
        assert_eq!(names(&[], &[]), ["packages", "build", "e2e", "lint"]);
        assert_eq!(names(&["e2e"], &[]), ["packages", "build", "e2e"]);
        assert_eq!(names(&["e2e"], &["packages"]), ["build", "e2e"]);
        let wrong = select(all(), &["e3e".to_owned()], &[]).err().expect("unknown step is refused");
        assert!(
            wrong.what.contains("e3e") && wrong.what.contains("packages"),
            "names the steps there are: {}",
            wrong.what
        );
    }
}
