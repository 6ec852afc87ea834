//! The rights matrix: what this profile's credentials may do. Found out by reads that change nothing and by the roles
//! that Contabo tells; what only a write could tell stays unknown.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

use crate::{AppError, Core, Progress, ProgressState, Tag};

mod contabo;
mod whmcs;

/// The job's name in progress events.
const JOB: &str = "rights";

/// Whether an operation may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RightState {
    /// Yes.
    Allowed,
    /// Yes, on resources with certain tags only.
    OnTagged,
    /// No.
    Denied,
    /// Nobody can tell without a write, or the question was not answered.
    Unknown,
}

/// How that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RightSource {
    /// A read was sent and answered.
    Asked,
    /// The user's roles say so.
    Role,
    /// Not known: it writes or bothers somebody else, so it is not tried.
    NotTried,
}

/// One operation of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RightRow {
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// Operation as the provider's documentation names it.
    pub operation: String,
    /// Area of the documentation.
    pub area: String,
    /// What a call does: `read`, `idempotent`, `once`, `billable`, `destructive`.
    pub effect: String,
    /// Method and path; empty for WHMCS, which has one address for everything.
    pub path: String,
    /// Whether it may be called.
    pub state: RightState,
    /// How that is known.
    pub source: RightSource,
    /// What a role must permit.
    pub needs: String,
    /// Why it is unknown, when a call failed for another reason.
    pub error: Option<AppError>,
}

/// The matrix as it was found last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RightsReport {
    /// When it was found (RFC 3339, UTC); `None` before the first time.
    pub at: Option<String>,
    /// It is being found out now.
    pub running: bool,
    /// It was stopped half-way: rows of that run only.
    pub partial: bool,
    /// The Contabo user, when Contabo told.
    pub user: Option<String>,
    /// The names of that user's roles.
    pub roles: Vec<String>,
    /// Every operation: WHMCS first, each in the order of its documentation.
    pub rows: Vec<RightRow>,
}

/// The report of the open profile and the run that makes the next one.
#[derive(Default)]
pub(crate) struct Keeper(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    report: Option<RightsReport>,
    run: Option<CancellationToken>,
}

impl Keeper {
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a run, unless one is going on.
    fn begin(&self) -> Option<CancellationToken> {
        let mut kept = self.lock();
        if kept.run.is_some() {
            return None;
        }
        let token = CancellationToken::new();
        kept.run = Some(token.clone());
        Some(token)
    }

    pub(crate) fn stop(&self) {
        if let Some(run) = &self.lock().run {
            run.cancel();
        }
    }
}

/// The report's file in the profile's folder. It holds names of operations and no secret.
const FILE: &str = "rights.json";

/// What these credentials may do, as it was found last. Reads nothing from a provider.
///
/// # Errors
/// When no profile is open.
pub async fn rights_report(core: &Core, (): ()) -> Result<RightsReport, AppError> {
    let session = core.session()?;
    let (known, running) = {
        let kept = session.rights().lock();
        (kept.report.clone(), kept.run.is_some())
    };
    let report = match known {
        Some(report) => report,
        None => {
            // A file that is not there or not readable is as good as no run yet.
            let bytes = tokio::fs::read(session.dir.join(FILE)).await.unwrap_or_default();
            let report: RightsReport = serde_json::from_slice(&bytes).unwrap_or_default();
            session.rights().lock().report = Some(report.clone());
            report
        }
    };
    Ok(RightsReport { running, ..report })
}

/// Finds out anew what these credentials may do. Goes on when the view closes; events tell how it goes. Reads only.
///
/// # Errors
/// When no profile is open.
pub async fn rights_check(core: &Core, (): ()) -> Result<(), AppError> {
    let session = core.session()?;
    let Some(stop) = session.rights().begin() else { return Ok(()) };
    core.changed(&[Tag::Rights]);
    let core = core.clone();
    tokio::spawn(async move {
        let count = Count::new(&core, session.clients.whmcs.is_some(), session.clients.contabo.is_some());
        let (whmcs, contabo) = tokio::join!(
            whmcs::find_out(session.clients.whmcs.as_ref(), &stop, &count),
            contabo::find_out(session.clients.contabo.as_ref(), &stop, &count),
        );
        let partial = stop.is_cancelled();
        let mut rows = whmcs;
        rows.extend(contabo.rows);
        let at = Some(Timestamp::now().to_string());
        let report = RightsReport { at, running: false, partial, user: contabo.user, roles: contabo.roles, rows };
        if let Ok(json) = serde_json::to_vec(&report) {
            // Kept for the next start as a convenience; it can be found out again at any time.
            rackdesk_console::profile::write_whole(&session.dir.join(FILE), &json).ok();
        }
        {
            let mut kept = session.rights().lock();
            kept.report = Some(report);
            kept.run = None;
        }
        count.end(if partial { ProgressState::Stopped } else { ProgressState::Done });
        core.changed(&[Tag::Rights]);
    });
    Ok(())
}

/// Stops finding out; what was found is kept.
///
/// # Errors
/// When no profile is open.
pub async fn rights_stop(core: &Core, (): ()) -> Result<(), AppError> {
    core.session()?.rights().stop();
    Ok(())
}

/// Counts what was looked at, and tells it.
struct Count {
    core: Core,
    total: u32,
    begun: std::time::Instant,
    done: std::sync::atomic::AtomicU32,
}

impl Count {
    fn new(core: &Core, whmcs: bool, contabo: bool) -> Self {
        let all = usize::from(whmcs) * rackdesk_whmcs::registry().len()
            + usize::from(contabo) * rackdesk_contabo::registry::registry().len();
        Self {
            core: core.clone(),
            total: u32::try_from(all).unwrap_or(u32::MAX),
            begun: std::time::Instant::now(),
            done: 0.into(),
        }
    }

    fn one(&self) {
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let left = self.begun.elapsed() / done * self.total.saturating_sub(done);
        self.tell(done, u32::try_from(left.as_secs()).ok(), ProgressState::Running);
    }

    fn end(&self, state: ProgressState) {
        self.tell(self.done.load(std::sync::atomic::Ordering::Relaxed), None, state);
    }

    fn tell(&self, done: u32, seconds_left: Option<u32>, state: ProgressState) {
        self.core.progressed(Progress { job: JOB.into(), done, total: Some(self.total), seconds_left, state });
    }
}

/// A word as serde writes it.
fn word(of: &impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Failures that the next call would meet as well: asking on would only lengthen the wait.
fn hopeless(error: &AppError) -> bool {
    use crate::ErrorCode as E;
    matches!(
        error.code,
        E::Dns
            | E::Connect
            | E::Tls
            | E::WhmcsCredential
            | E::IpNotAllowed
            | E::Maintenance
            | E::Licence
            | E::ContaboClient
            | E::ContaboUser
            | E::ClockSkew
            | E::PlainHttp
            | E::Redirected
    )
}
