use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use jiff::SignedDuration;
use rackdesk_store::DatabaseKey;
use serde_json::json;

use super::*;

struct Rig {
    dir: tempfile::TempDir,
    store: Store,
}

impl Rig {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("r.db"), &DatabaseKey::from_bytes([9; 32])).unwrap();
        Self { dir, store }
    }

    fn schedule(&self, place: &'static str) -> Schedule {
        Schedule::new(self.store.clone(), self.dir.path(), "acme", [true, true], place)
    }

    /// As if the job had been due so long ago.
    async fn overdue(&self, name: &'static str, by: SignedDuration) {
        let at = Timestamp::now() - by;
        let job = JobRecord { name: name.into(), next_at: Some(at), ..JobRecord::default() };
        self.store.write_async(move |tx| schedule::save_job(tx, &job)).await.unwrap();
    }
}

fn names(jobs: &[&'static Job]) -> Vec<&'static str> {
    jobs.iter().map(|job| job.name).collect()
}

async fn done() -> Worked {
    Worked::Done(Counts::from([("rows".to_owned(), 3)]))
}

#[tokio::test]
async fn what_was_slept_through_is_caught_up_once() {
    let rig = Rig::new();
    let schedule = rig.schedule("app");
    assert!(schedule.due_now(Timestamp::now(), false).await.unwrap().is_empty(), "nothing is due when first seen");
    rig.overdue("queue", SignedDuration::from_hours(100)).await;
    let due = schedule.due_now(Timestamp::now(), false).await.unwrap();
    assert_eq!(names(&due), ["queue"]);
    let run = schedule.run(due[0], Why::Due, done).await.unwrap().unwrap();
    assert_eq!(
        (run.outcome.as_deref(), run.counts.as_str(), run.place.as_str()),
        (Some("done"), r#"{"rows":3}"#, "app")
    );
    assert!(run.due_at.is_some_and(|at| at < run.began_at));
    assert!(schedule.due_now(Timestamp::now(), false).await.unwrap().is_empty(), "four hundred marks, one run");
    assert!(schedule.run(due[0], Why::Due, done).await.unwrap().is_none(), "nor does it run for who saw it due before");
}

#[tokio::test]
async fn two_programs_run_a_due_job_once_and_never_at_the_same_time() {
    let rig = Rig::new();
    rig.overdue("queue", SignedDuration::from_mins(1)).await;
    let (app, ctl) = (rig.schedule("app"), rig.schedule("rackdeskctl"));
    let job = app.named("queue").unwrap();
    let (at_work, most, runs) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), AtomicU32::new(0));
    let work = || {
        runs.fetch_add(1, Ordering::SeqCst);
        let (at_work, most) = (at_work.clone(), most.clone());
        async move {
            let now = at_work.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            at_work.fetch_sub(1, Ordering::SeqCst);
            Worked::Done(Counts::new())
        }
    };
    let (a, b) = tokio::join!(app.run(job, Why::Due, work), ctl.run(job, Why::Due, work));
    let busy = |r: &Result<_, ScheduleError>| matches!(r, Err(ScheduleError::Busy) | Ok(None));
    assert!(busy(&a) != busy(&b), "{a:?} {b:?}");
    assert_eq!((most.load(Ordering::SeqCst), runs.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_run_that_nobody_ended_is_closed_by_the_next_one() {
    let rig = Rig::new();
    let schedule = rig.schedule("app");
    rig.store
        .write_async(|tx| schedule::begin_run(tx, "queue", None, Some("dana"), "app", Timestamp::now()))
        .await
        .unwrap();
    let (states, _) = schedule.list(Timestamp::now()).await.unwrap();
    let queue = states.iter().find(|s| s.job.name == "queue").unwrap();
    assert!(!queue.running, "nobody holds the lock, so it does not run");
    let job = schedule.named("status").unwrap();
    schedule.run(job, Why::Asked("dana".into()), done).await.unwrap().unwrap();
    let runs = rig.store.read_async(|c| schedule::runs(c, Some("queue"), 9)).await.unwrap();
    assert_eq!(runs[0].outcome.as_deref(), Some("interrupted"));
}

#[tokio::test]
async fn a_paused_job_waits_and_who_asks_for_it_gets_it() {
    let rig = Rig::new();
    let schedule = rig.schedule("app");
    rig.overdue("queue", SignedDuration::from_hours(1)).await;
    schedule.pause(Some("queue"), "dana", true).await.unwrap();
    assert!(schedule.due_now(Timestamp::now(), false).await.unwrap().is_empty());
    let job = schedule.named("queue").unwrap();
    assert!(schedule.run(job, Why::Due, done).await.unwrap().is_none());
    assert!(schedule.run(job, Why::Asked("dana".into()), done).await.unwrap().is_some());
    schedule.pause(Some("queue"), "dana", false).await.unwrap();
    rig.overdue("queue", SignedDuration::from_hours(1)).await;
    schedule.pause(None, "dana", true).await.unwrap();
    assert!(schedule.due_now(Timestamp::now(), true).await.unwrap().is_empty(), "all of them wait");
    schedule.pause(None, "dana", false).await.unwrap();
    assert_eq!(names(&schedule.due_now(Timestamp::now(), true).await.unwrap()), ["mirror", "queue"]);
    assert!(matches!(schedule.pause(Some("tea"), "dana", true).await, Err(ScheduleError::Unknown(_))));
}

#[tokio::test]
async fn a_failure_is_kept_and_tried_again_soon() {
    let rig = Rig::new();
    let schedule = rig.schedule("app");
    let job = schedule.named("receipts").unwrap();
    let failed = || async { Worked::Failed(Counts::new(), json!({"code": "timeout"})) };
    let run = schedule.run(job, Why::Asked("dana".into()), failed).await.unwrap().unwrap();
    assert_eq!(run.error.as_deref(), Some(r#"{"code":"timeout"}"#));
    let (states, _) = schedule.list(Timestamp::now()).await.unwrap();
    let state = states.iter().find(|s| s.job.name == "receipts").unwrap();
    let wait = state.next_at.unwrap().duration_since(Timestamp::now());
    assert!(state.failures == 1 && wait <= SignedDuration::from_mins(5), "{wait}");
}

#[test]
fn a_profile_has_only_the_jobs_it_can_do() {
    let rig = Rig::new();
    let only_whmcs = Schedule::new(rig.store.clone(), rig.dir.path(), "acme", [true, false], "app");
    let names: Vec<_> = only_whmcs.jobs().map(|job| job.name).collect();
    assert_eq!(names, ["mirror", "queue", "modules", "activity", "prices", "receipts", "log"]);
}
