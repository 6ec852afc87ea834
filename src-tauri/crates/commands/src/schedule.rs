//! What runs by itself: the list of jobs, their history, and their work.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use jiff::Timestamp;
use rackdesk_console::{
    mirror::{Kind, usage},
    prices::{OLD_AFTER_DAYS, PriceList, watch},
    record::{failed_modules, receipts, strangers, tell},
    schedule::{Counts, Job, JobState, Schedule, ScheduleError, Why, Work, Worked, cadence::Cadence},
    session::Session,
};
use rackdesk_store::{
    schedule::{self as kept, RunRecord},
    strangers as others,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

use crate::{AppError, Core, ErrorCode, app::operator, core::Open, exports, list::FacetValue};

/// How often the clock is looked at. Short, because a clock may jump and a machine may wake.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Work on the queue goes on this long at most before other jobs get their turn.
const LONGEST_QUEUE: Duration = Duration::from_secs(300);

/// How often a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JobCadence {
    /// All the time, as long as the program runs.
    Continuous,
    /// So often.
    Every {
        /// Minutes.
        minutes: u32,
    },
    /// Once a day.
    Daily {
        /// Time on this machine's clock, `03:10`.
        at: String,
    },
}

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobRun {
    /// Row.
    pub id: i64,
    /// Job.
    pub job: String,
    /// When it was due (RFC 3339, UTC); `None` when a person asked for it.
    pub due_at: Option<String>,
    /// Who asked for it.
    pub by: Option<String>,
    /// `app` or `rackdeskctl`.
    pub place: String,
    /// When it began.
    pub began_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Milliseconds; `None` while it runs.
    pub ms: Option<u32>,
    /// `done`, `failed`, `stopped`, `interrupted`; `None` while it runs.
    pub outcome: Option<String>,
    /// Figures by name: `rows`, `new`, `open`, `sent`, … `list_old` are the days of Contabo's price list when it is too
    /// old to be relied on, `list_days` when it is not.
    pub counts: Vec<FacetValue>,
    /// Why it failed.
    pub error: Option<AppError>,
}

/// A job and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobRow {
    /// `mirror`, `queue`, `status`, `audits`, `modules`, `activity`, `catalogue`, `prices`, `usage`, `receipts`,
    /// `log`.
    pub name: String,
    /// How often.
    pub cadence: JobCadence,
    /// When it runs next; `None` when it is paused or goes on all the time.
    pub next_at: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// It runs now, here or in another process.
    pub running: bool,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// When.
    pub paused_at: Option<String>,
    /// Its last run, or the one that goes on.
    pub last: Option<JobRun>,
}

/// What runs by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ScheduleState {
    /// Who paused all of it.
    pub paused_by: Option<String>,
    /// When.
    pub paused_at: Option<String>,
    /// This process runs the jobs when they are due.
    pub here: bool,
    /// The jobs of this profile.
    pub jobs: Vec<JobRow>,
}

/// A job by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JobRef {
    /// Name.
    pub job: String,
}

/// Which runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct RunsQuery {
    /// Of this job; of all when absent.
    pub job: Option<String>,
    /// Most runs, 1 to 500; 0 means 50.
    pub limit: u32,
}

/// Pauses a job or lets it go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PauseRequest {
    /// This job; all of them when absent.
    pub job: Option<String>,
    /// Paused or not.
    pub paused: bool,
}

impl From<Cadence> for JobCadence {
    fn from(cadence: Cadence) -> Self {
        match cadence {
            Cadence::Continuous => Self::Continuous,
            Cadence::Every(period) => Self::Every { minutes: u32::try_from(period.as_mins()).unwrap_or(u32::MAX) },
            Cadence::Daily(time) => Self::Daily { at: time.strftime("%H:%M").to_string() },
        }
    }
}

impl From<RunRecord> for JobRun {
    fn from(run: RunRecord) -> Self {
        let counts: Counts = serde_json::from_str(&run.counts).unwrap_or_default();
        let figure =
            |(value, count): (String, u64)| FacetValue { value, count: u32::try_from(count).unwrap_or(u32::MAX) };
        let took = run.ended_at.map(|end| end.duration_since(run.began_at).as_millis());
        Self {
            id: run.id,
            job: run.job,
            due_at: run.due_at.map(|at| at.to_string()),
            by: run.by,
            place: run.place,
            began_at: run.began_at.to_string(),
            ended_at: run.ended_at.map(|at| at.to_string()),
            ms: took.map(|ms| u32::try_from(ms.max(0)).unwrap_or(u32::MAX)),
            outcome: run.outcome,
            counts: counts.into_iter().map(figure).collect(),
            error: run.error.and_then(|json| serde_json::from_str(&json).ok()),
        }
    }
}

impl From<JobState> for JobRow {
    fn from(state: JobState) -> Self {
        let (by, at) = state.paused.unzip();
        Self {
            name: state.job.name.to_owned(),
            cadence: state.job.cadence.into(),
            next_at: state.next_at.map(|at| at.to_string()),
            failures: state.failures,
            running: state.running,
            paused_by: by,
            paused_at: at.map(|at| at.to_string()),
            last: state.last.map(JobRun::from),
        }
    }
}

impl From<ScheduleError> for AppError {
    fn from(e: ScheduleError) -> Self {
        match e {
            ScheduleError::Busy => Self::with(ErrorCode::StateForbids, [("state", "busy with another job".into())]),
            ScheduleError::Unknown(name) => Self::missing(format!("The job {name}")),
            ScheduleError::Lock(e) => e.into(),
            ScheduleError::Store(e) => e.into(),
        }
    }
}

/// The schedule of an open profile.
fn schedule(core: &Core, session: &Session) -> Schedule {
    let has = [session.clients.whmcs.is_some(), session.clients.contabo.is_some()];
    let place = if core.works_by_itself() { "app" } else { "rackdeskctl" };
    Schedule::new(session.store.clone(), &session.dir, &session.profile.id, has, place)
}

/// What runs by itself, and where each job stands.
///
/// # Errors
/// When the store fails.
pub async fn schedule_list(core: &Core, (): ()) -> Result<ScheduleState, AppError> {
    let session = core.session()?;
    let (jobs, paused) = schedule(core, &session).list(Timestamp::now()).await?;
    let (by, at) = paused.unzip();
    Ok(ScheduleState {
        paused_by: by,
        paused_at: at.map(|at| at.to_string()),
        here: core.works_by_itself(),
        jobs: jobs.into_iter().map(JobRow::from).collect(),
    })
}

/// What was run, newest first.
///
/// # Errors
/// When the limit is out of range, or the store fails.
pub async fn schedule_runs(core: &Core, input: RunsQuery) -> Result<Vec<JobRun>, AppError> {
    let limit = match input.limit {
        0 => 50,
        n @ 1..=500 => n,
        _ => return Err(AppError::invalid("limit", "is at most 500")),
    };
    let runs = core.session()?.store.read_async(move |c| kept::runs(c, input.job.as_deref(), limit)).await?;
    Ok(runs.into_iter().map(JobRun::from).collect())
}

/// Runs a job now, whether it is due or paused, and waits for it. It goes on when nobody waits any longer.
///
/// # Errors
/// `NotFound` for a job this profile does not have, `StateForbids` when a job of this profile runs anywhere. That the
/// job's own work failed is no error but in the answer.
pub async fn schedule_run(core: &Core, input: JobRef) -> Result<JobRun, AppError> {
    let opened = core.opened()?;
    let job = schedule(core, &opened.session).named(&input.job)?;
    let core = core.clone();
    let running = tokio::spawn(async move { one(&core, &opened, job, Why::Asked(operator())).await });
    let run = running.await.map_err(AppError::internal)??;
    run.map(JobRun::from).ok_or_else(|| AppError::of(ErrorCode::Cancelled))
}

/// Pauses a job or all of them, or lets them go on.
///
/// # Errors
/// `NotFound` for a job this profile does not have.
pub async fn schedule_pause(core: &Core, input: PauseRequest) -> Result<(), AppError> {
    let session = core.session()?;
    Ok(schedule(core, &session).pause(input.job.as_deref(), &operator(), input.paused).await?)
}

impl Core {
    /// Runs every job that is due, those that go on all the time too, one after the other. For the command line.
    ///
    /// # Errors
    /// When a job of this profile runs in another process, or the store fails.
    pub async fn run_due_jobs(&self) -> Result<Vec<JobRun>, AppError> {
        let opened = self.opened()?;
        due(self, &opened, true).await
    }
}

async fn due(core: &Core, opened: &Arc<Open>, always: bool) -> Result<Vec<JobRun>, AppError> {
    let schedule = schedule(core, &opened.session);
    let mut runs = Vec::new();
    for job in schedule.due_now(Timestamp::now(), always).await? {
        if let Some(run) = one(core, opened, job, Why::Due).await? {
            runs.push(run.into());
        }
    }
    Ok(runs)
}

/// Runs jobs as they become due, for as long as the profile is open.
pub(crate) async fn keep(core: Core, opened: Weak<Open>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(opened) = opened.upgrade() else { return };
        // The mirror keeps itself fresh; another process may be running a job, which then is not due any more.
        if let Err(error) = due(&core, &opened, false).await
            && error.code != ErrorCode::StateForbids
        {
            tracing::warn!(%error, "the schedule could not be followed");
        }
    }
}

async fn one(core: &Core, opened: &Arc<Open>, job: &'static Job, why: Why) -> Result<Option<RunRecord>, ScheduleError> {
    let schedule = schedule(core, &opened.session);
    schedule.run(job, why, || work(core, opened, job.work)).await
}

fn counts<const N: usize>(figures: [(&str, u64); N]) -> Counts {
    figures.into_iter().map(|(name, n)| (name.to_owned(), n)).collect()
}

fn failed(counts: Counts, error: &AppError) -> Worked {
    Worked::Failed(counts, serde_json::to_value(error).unwrap_or_default())
}

fn ended<E: Into<AppError>>(outcome: Result<Counts, E>) -> Worked {
    match outcome {
        Ok(counts) => Worked::Done(counts),
        Err(error) => failed(Counts::new(), &error.into()),
    }
}

async fn work(core: &Core, opened: &Arc<Open>, work: Work) -> Worked {
    let session = &opened.session;
    match work {
        Work::Queue => work_queue(core, opened).await,
        Work::Mirror(kinds) => read_mirror(core, session, kinds).await,
        Work::Prices => look_at_prices(session).await,
        Work::Usage => read_usage(session).await,
        Work::FailedModules => ended(read_failed_modules(session).await),
        Work::Strangers => ended(read_strangers(session).await),
        Work::Receipts => check_receipts(session).await,
        Work::Tell => ended(tell_whmcs(session).await),
        Work::Forget => {
            let forgotten = exports::forget(&session.store, Timestamp::now(), None).await;
            ended(forgotten.map(|rows| counts([("rows", rows.unwrap_or(0))])))
        }
    }
}

async fn work_queue(core: &Core, opened: &Arc<Open>) -> Worked {
    let open = |actions: usize| counts([("open", actions as u64)]);
    if opened.background.works().await {
        // The worker of this process is at it all the time; it only looks at once.
        opened.background.wake().await;
    } else {
        let working = core.work_until(|actions| actions.iter().all(|action| action.settled));
        // What is not done in time goes on the next time.
        if let Ok(Err(error)) = tokio::time::timeout(LONGEST_QUEUE, working).await {
            return failed(Counts::new(), &error);
        }
    }
    ended(core.open_actions().await.map(|actions| open(actions.len())))
}

async fn read_mirror(core: &Core, session: &Session, kinds: &[Kind]) -> Worked {
    let told = core.clone();
    let stop = CancellationToken::new();
    let outcome = session.mirror.sync(kinds, &stop, &|progress| told.progressed(progress.into())).await;
    let fresh = session.mirror.freshness().await.unwrap_or_default();
    let rows = fresh.iter().flat_map(|p| &p.kinds).filter(|k| kinds.contains(&k.kind)).map(|k| u64::from(k.rows)).sum();
    match outcome {
        Ok(()) => Worked::Done(counts([("rows", rows)])),
        Err(fault) => failed(counts([("rows", rows)]), &fault.into()),
    }
}

async fn look_at_prices(session: &Session) -> Worked {
    let (list, now) = (PriceList::shipped(), Timestamp::now());
    let contabo = session.clients.contabo.as_ref().map(|_| list);
    let looked = match watch::look(&session.store, session.clients.whmcs.as_ref(), contabo, now).await {
        Ok(looked) => looked,
        Err(error) => return failed(Counts::new(), &error.into()),
    };
    let mut found = counts([
        ("prices", u64::from(looked.prices)),
        ("moved", u64::from(looked.moved)),
        ("unclear", u64::from(looked.unclear)),
        ("failed", u64::from(looked.failed)),
    ]);
    if contabo.is_some() {
        let days = list.days(watch::today(now));
        let name = if days > OLD_AFTER_DAYS { "list_old" } else { "list_days" };
        found.insert(name.to_owned(), u64::from(days));
    }
    match looked.fault {
        None => Worked::Done(found),
        Some(fault) => failed(found, &fault.into()),
    }
}

async fn read_usage(session: &Session) -> Worked {
    let Some(client) = session.clients.contabo.as_ref() else {
        return failed(Counts::new(), &AppError::of(ErrorCode::NoProfile));
    };
    let read = usage::read(&session.store, client, Timestamp::now()).await;
    let found = counts([
        ("storages", u64::from(read.kept)),
        ("unread", u64::from(read.failed)),
        ("waiting", u64::from(read.waiting)),
    ]);
    match read.fault {
        None => Worked::Done(found),
        Some(fault) => failed(found, &fault.into()),
    }
}

async fn read_failed_modules(session: &Session) -> Result<Counts, AppError> {
    let client = session.clients.whmcs.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
    let waiting = failed_modules::read(&session.store, client).await?;
    Ok(counts([("open", u64::from(waiting))]))
}

async fn read_strangers(session: &Session) -> Result<Counts, AppError> {
    let client = session.clients.contabo.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
    let read = strangers::read(&session.store, client, None, &CancellationToken::new()).await?;
    let open = session.store.read_async(others::open_count).await?;
    Ok(counts([
        ("rows", read.rows),
        ("new", u64::from(read.new)),
        ("open", u64::from(open)),
        ("failed", u64::from(read.failed)),
    ]))
}

async fn check_receipts(session: &Session) -> Worked {
    let checked = async {
        let written = receipts::write_missing(&session.store).await?;
        let report = session.store.read_slow_async(receipts::verify).await?;
        Ok::<_, rackdesk_store::StoreError>((written, report))
    };
    match checked.await {
        Err(error) => failed(Counts::new(), &error.into()),
        Ok((written, report)) => {
            let found = counts([
                ("written", u64::from(written)),
                ("receipts", report.receipts),
                ("findings", report.findings.len() as u64),
            ]);
            match report.findings.first() {
                None => Worked::Done(found),
                Some(first) => {
                    let detail = format!("the chain of receipts is damaged at R-{}", first.receipt);
                    failed(found, &AppError::with(ErrorCode::StoreFailed, [("detail", detail)]))
                }
            }
        }
    }
}

async fn tell_whmcs(session: &Session) -> Result<Counts, AppError> {
    let client = session.clients.whmcs.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
    receipts::write_missing(&session.store).await?;
    let stop = CancellationToken::new();
    let telling = tell::tell(&session.store, client, &stop);
    let told = match tokio::time::timeout(tell::LONGEST_ROUND, telling).await {
        Ok(told) => told?,
        // What was sent is journalled; the rest is told next time.
        Err(_) => tell::Told::default(),
    };
    Ok(counts([
        ("sent", u64::from(told.sent)),
        ("proven", u64::from(told.proven)),
        ("unproven", u64::from(told.unproven)),
    ]))
}
