//! The action queue as people see it.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rackdesk_console::{
    act::{
        ActionState, ActionVerb,
        board::{self, Traffic},
        effect_name, engine,
        kinds::Lane,
        lock::WorkerLock,
        policy::EnginePolicy,
        steps::{self, StepStanding, StepState},
        verbs::{self, Saying},
    },
    plan::{Phrase, Target},
    record::timeline,
};
use rackdesk_store::{
    StoreError,
    list::Today,
    log,
    queue::{self, ActionRecord, AttemptRecord, EvidenceRecord, PausedLaneRecord},
    rusqlite::Connection,
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    AppError, Core,
    app::operator,
    clients::RecordRef,
    core::SessionRef,
    list::{Filter, FilterOp, ListQuery, Window},
    servers::{TimelineEntry, Tone},
};

/// An action. Columns: id, state, kind, target, next_try, tries, created, updated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActionRow {
    /// Number, shown as `A-17`.
    pub id: i64,
    /// State.
    pub state: ActionState,
    /// Kind, e.g. `power.restart`.
    pub kind: String,
    /// On what.
    pub target: Target,
    /// Why it waits.
    pub waits: Option<Phrase>,
    /// When it goes on by itself (RFC 3339, UTC).
    pub next_try: Option<String>,
    /// Attempts so far.
    pub tries: u32,
    /// Provider lane: `contabo` or `whmcs`.
    pub lane: String,
    /// Who approved it.
    pub by: String,
    /// Its plan.
    pub plan_id: Option<i64>,
    /// When it was enqueued.
    pub created_at: String,
    /// When it last moved.
    pub updated_at: String,
}

/// One state's count for the board's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StateCount {
    /// State.
    pub state: ActionState,
    /// Actions in it (ended ones: since midnight, local).
    pub count: u32,
    /// The line under the figure.
    pub aside: Option<Phrase>,
}

/// The board's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct QueueBoard {
    /// All states in the board's order.
    pub counts: Vec<StateCount>,
    /// New actions are not started.
    pub paused: bool,
    /// Everything was stopped: nothing is written to a provider.
    pub stopped: bool,
    /// Who threw the switch of the whole queue last.
    pub by: Option<String>,
    /// When (RFC 3339, UTC).
    pub since: Option<String>,
    /// Lanes on which nothing new is started.
    pub lanes: Vec<PausedLane>,
    /// Calls per second of the last minute: provider and rate in tenths.
    pub rates: Vec<ProviderRate>,
    /// Which process works the queue.
    pub worker: WorkerState,
}

/// A lane on which nothing new is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PausedLane {
    /// `contabo` or `whmcs`.
    pub lane: String,
    /// Who paused it.
    pub by: String,
    /// Since when (RFC 3339, UTC).
    pub since: String,
}

/// How fast a provider is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProviderRate {
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// Calls in the last minute.
    pub calls: u32,
}

/// Who works the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// This process.
    Here,
    /// Another process on this machine.
    Elsewhere,
    /// Nobody.
    Nobody,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AttemptRow {
    /// From 1.
    pub number: u32,
    /// Step, e.g. `send`.
    pub step: String,
    /// `x-request-id`, chosen before the send.
    pub request_id: String,
    /// Method and path, or WHMCS action.
    pub call: String,
    /// SHA-256 of the body, first 12 hex digits.
    pub body_hash: String,
    /// When it was written to the journal.
    pub journalled_at: String,
    /// When bytes were about to leave.
    pub sent_at: Option<String>,
    /// When the answer was whole.
    pub answered_at: Option<String>,
    /// `open`, `applied`, `not_applied`, `unknown`.
    pub outcome: String,
    /// Status, or the cause of the failure.
    pub result: Option<String>,
}

/// A thing the provider said about an unknown outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EvidenceRow {
    /// When it was asked.
    pub at: String,
    /// `audit`, `state`, `list`.
    pub source: String,
    /// What it says.
    pub says: Phrase,
    /// `applied`, `not_applied`, `open`.
    pub speaks_for: String,
}

/// What a person may do with an action, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbChoice {
    /// Verb.
    pub verb: ActionVerb,
    /// Whether it is offered.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Phrase>,
    /// Whether a reason must be typed.
    pub needs_reason: bool,
}

/// An action with its whole story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActionDetail {
    /// The row.
    pub row: ActionRow,
    /// What a person should know, when it waits for one.
    pub notice: Option<Phrase>,
    /// Every event, oldest first.
    pub events: Vec<TimelineEntry>,
    /// Attempts, oldest first.
    pub attempts: Vec<AttemptRow>,
    /// Evidence, oldest first.
    pub evidence: Vec<EvidenceRow>,
    /// What can be done.
    pub verbs: Vec<VerbChoice>,
    /// Its steps in their order; none when this version does not know its kind.
    pub steps: Vec<StepRow>,
}

/// One step of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StepRow {
    /// Name, unique within the kind: what `retry_from` takes.
    pub name: String,
    /// Provider lane: `contabo` or `whmcs`.
    pub lane: String,
    /// What its call does: `idempotent`, `once`, `billable` or `destructive`.
    pub effect: String,
    /// How far it is.
    pub standing: StepStanding,
    /// Whether the failed action may be repeated from here.
    pub can_retry: bool,
    /// Why not.
    pub reason: Option<Phrase>,
}

/// A verb on actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbRequest {
    /// Actions.
    pub ids: Vec<i64>,
    /// Verb.
    pub verb: ActionVerb,
    /// Why; required by some verbs.
    pub reason: Option<String>,
    /// For `retry_from`: the name of the step; the one that failed when there is none.
    #[serde(default)]
    #[specta(optional)]
    pub step: Option<String>,
}

/// What became of a verb on one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbResult {
    /// Action.
    pub id: i64,
    /// Why it could not be done.
    pub error: Option<crate::AppError>,
}

/// A switch for the whole queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QueueSwitch {
    /// Start nothing new.
    Pause,
    /// Go on.
    Resume,
    /// Stop every write within a second; what is in flight becomes unknown and is settled later.
    StopEverything,
    /// Start nothing new on one lane.
    PauseLane,
    /// Go on with one lane.
    ResumeLane,
}

/// Throws the switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SwitchRequest {
    /// Which way.
    pub switch: QueueSwitch,
    /// `contabo` or `whmcs`, for the switches of one lane.
    #[serde(default)]
    #[specta(optional)]
    pub lane: Option<String>,
}

/// Most actions in one request.
const MOST_ACTIONS: usize = 1_000;

/// The board's head.
///
/// # Errors
/// When the store fails.
pub async fn queue_board(core: &Core, (): ()) -> Result<QueueBoard, AppError> {
    let session = core.session()?;
    let worker = worker(&session).await?;
    let policy = EnginePolicy::of(&session.profile.policy);
    let slots = policy.contabo_slots + policy.whmcs_slots;
    let minute_ago = Timestamp::now() - SignedDuration::from_mins(1);
    let (counts, control, calls) = session
        .store
        .read_async(move |c| {
            Ok((queue::board_counts(c, midnight())?, queue::control(c)?, queue::calls_since(c, minute_ago)?))
        })
        .await?;
    let count = |state: ActionState| {
        let found = counts.iter().find(|count| count.state == state.name());
        let aside = board::aside(state, found, &control, slots);
        StateCount { state, count: found.map_or(0, |count| count.count), aside }
    };
    Ok(QueueBoard {
        counts: ActionState::ALL.into_iter().map(count).collect(),
        paused: control.paused,
        stopped: control.stopped,
        by: control.by,
        since: control.since.map(|at| at.to_string()),
        lanes: control.lanes.into_iter().map(PausedLane::from).collect(),
        rates: ["contabo", "whmcs"].map(|provider| rate(provider, &calls)).to_vec(),
        worker,
    })
}

fn rate(provider: &str, calls: &[(String, u32)]) -> ProviderRate {
    let found = calls.iter().find(|(name, _)| name == provider);
    ProviderRate { provider: provider.to_owned(), calls: found.map_or(0, |(_, calls)| *calls) }
}

/// The beginning of this machine's day.
fn midnight() -> Timestamp {
    Timestamp::now().to_zoned(TimeZone::system()).start_of_day().map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp())
}

async fn worker(session: &SessionRef) -> Result<WorkerState, AppError> {
    if session.background().works().await {
        return Ok(WorkerState::Here);
    }
    Ok(if WorkerLock::is_taken(&session.dir)? { WorkerState::Elsewhere } else { WorkerState::Nobody })
}

/// A window of the queue.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn queue_window(core: &Core, input: ListQuery) -> Result<Window<ActionRow>, AppError> {
    let session = core.session()?;
    let worked = worker(&session).await? != WorkerState::Nobody;
    let query = input.into();
    let window = session.store.read_async(move |c| {
        let traffic = Traffic::read(c, worked)?;
        let found = queue::board_window(c, &query, &Today::local())?;
        let rows = found.rows.into_iter().map(|action| row(c, action, &traffic)).collect::<Result<_, _>>()?;
        Ok(Window { rows, next: found.next })
    });
    Ok(window.await?)
}

fn row(c: &Connection, action: ActionRecord, traffic: &Traffic) -> Result<ActionRow, StoreError> {
    let state = state(&action)?;
    let waits = board::waits(c, &action, traffic)?;
    // While it runs it is looked after all the time; when exactly is nobody's business. A held one waits for a person.
    let next = action.next_at.filter(|_| !matches!(state, ActionState::Running | ActionState::Held));
    let target = action.target;
    Ok(ActionRow {
        id: action.id,
        state,
        kind: action.kind,
        target: Target {
            kind: target.kind,
            id: target.id,
            name: target.name,
            service_id: target.service_id,
            client_id: target.client_id,
            client_name: target.client_name,
        },
        waits,
        next_try: next.map(|at| at.to_string()),
        tries: u32::try_from(action.tries).unwrap_or(u32::MAX),
        lane: action.lane,
        by: action.by,
        plan_id: action.plan.map(|(plan, _)| plan),
        created_at: action.created_at.to_string(),
        updated_at: action.updated_at.to_string(),
    })
}

fn state(action: &ActionRecord) -> Result<ActionState, StoreError> {
    ActionState::named(&action.state).ok_or_else(|| StoreError::row("action.state is no state"))
}

/// An action with its whole story.
///
/// # Errors
/// When there is none of that number, or the store fails.
pub async fn action_detail(core: &Core, input: RecordRef) -> Result<ActionDetail, AppError> {
    let session = core.session()?;
    let worked = worker(&session).await? != WorkerState::Nobody;
    let id = input.id;
    let found = session.store.read_async(move |c| {
        let Some(action) = queue::action(c, id)? else { return Ok(None) };
        let (events, attempts) = (queue::events(c, id)?, queue::attempts(c, id)?);
        let evidence = queue::evidence(c, id)?;
        let notice = board::damaged(&action).or_else(|| board::notice(&action, &evidence));
        let choices = verbs::choices(c, &action)?;
        let steps = steps::standing(c, &action)?;
        let exchanges = log::search(c, &of_action(id), &Today::local())?.rows;
        let story = timeline::of_action(&action, &events, &attempts, &evidence, &exchanges);
        Ok(Some(ActionDetail {
            row: row(c, action, &Traffic::read(c, worked)?)?,
            notice,
            events: story.into_iter().map(TimelineEntry::from).collect(),
            attempts: attempts.into_iter().map(AttemptRow::from).collect(),
            evidence: evidence.into_iter().map(EvidenceRow::from).collect(),
            verbs: choices.into_iter().map(VerbChoice::from).collect(),
            steps: steps.into_iter().map(StepRow::from).collect(),
        }))
    });
    found.await?.ok_or_else(|| AppError::missing(format!("A-{id}")))
}

/// The question to the log for an action's exchanges.
fn of_action(id: i64) -> rackdesk_store::list::ListQuery {
    let mine = Filter { field: "action_id".into(), op: FilterOp::Is, values: vec![id.to_string()] };
    ListQuery { filters: vec![mine], limit: 500, ..ListQuery::default() }.into()
}

impl From<timeline::Entry> for TimelineEntry {
    fn from(entry: timeline::Entry) -> Self {
        let tone = match entry.tone {
            timeline::Tone::Ok => Tone::Ok,
            timeline::Tone::Busy => Tone::Busy,
            timeline::Tone::Warn => Tone::Warn,
            timeline::Tone::Bad => Tone::Bad,
            timeline::Tone::Idle => Tone::Idle,
        };
        Self {
            at: entry.at.to_string(),
            title: entry.title,
            lines: entry.lines,
            tone,
            source: "action".into(),
            action_id: Some(entry.action_id),
            request_id: entry.request_id,
        }
    }
}

impl From<AttemptRecord> for AttemptRow {
    fn from(attempt: AttemptRecord) -> Self {
        let mut hash = attempt.body_sha256;
        hash.truncate(12);
        Self {
            number: u32::try_from(attempt.number).unwrap_or(u32::MAX),
            step: attempt.step,
            request_id: attempt.request_id,
            call: attempt.call,
            body_hash: hash,
            journalled_at: attempt.journalled_at.to_string(),
            sent_at: attempt.sent_at.map(|at| at.to_string()),
            answered_at: attempt.answered_at.map(|at| at.to_string()),
            outcome: attempt.outcome,
            result: attempt.cause.or_else(|| attempt.status.map(|status| status.to_string())),
        }
    }
}

impl From<EvidenceRecord> for EvidenceRow {
    fn from(piece: EvidenceRecord) -> Self {
        let says = timeline::phrase(Some(&piece.says)).unwrap_or_else(|| Phrase::new("evidence.audit_incomplete", []));
        Self { at: piece.at.to_string(), source: piece.source, says, speaks_for: piece.speaks_for }
    }
}

impl From<PausedLaneRecord> for PausedLane {
    fn from(paused: PausedLaneRecord) -> Self {
        Self { lane: paused.lane, by: paused.by, since: paused.since.to_string() }
    }
}

impl From<StepState> for StepRow {
    fn from(step: StepState) -> Self {
        Self {
            name: step.name.to_owned(),
            lane: step.lane.name().to_owned(),
            effect: effect_name(step.effect).to_owned(),
            standing: step.standing,
            can_retry: step.refused.is_none(),
            reason: step.refused,
        }
    }
}

impl From<verbs::Choice> for VerbChoice {
    fn from(choice: verbs::Choice) -> Self {
        Self {
            verb: choice.verb,
            allowed: choice.refused.is_none(),
            reason: choice.refused,
            needs_reason: choice.needs_reason,
        }
    }
}

/// Does a verb on each of some actions; one that cannot be done does not keep the others from it.
///
/// # Errors
/// When the request makes no sense, or the store fails.
pub async fn action_verb(core: &Core, input: VerbRequest) -> Result<Vec<VerbResult>, AppError> {
    if input.ids.is_empty() || input.ids.len() > MOST_ACTIONS {
        return Err(AppError::invalid("ids", "needs 1 to 1,000 actions"));
    }
    let session = core.session()?;
    let policy = EnginePolicy::of(&session.profile.policy);
    let (verb, by) = (input.verb, operator());
    if input.step.is_some() && verb != ActionVerb::RetryFrom {
        return Err(AppError::invalid("step", "is taken by retry_from only"));
    }
    let mut results = Vec::with_capacity(input.ids.len());
    for id in input.ids {
        let (by, reason, policy) = (by.clone(), input.reason.clone(), policy.clone());
        let step = input.step.clone();
        let done = session.store.write_durable_async(move |c| {
            let saying = Saying { by: &by, reason: reason.as_deref(), now: Timestamp::now() };
            match &step {
                Some(step) => verbs::retry_from(c, id, step, saying, &policy),
                None => verbs::apply(c, id, verb, saying, &policy),
            }
        });
        results.push(VerbResult { id, error: done.await?.err().map(AppError::from) });
    }
    session.background().wake().await;
    Ok(results)
}

/// Throws the switch.
///
/// # Errors
/// When the switch cannot be written.
pub async fn queue_switch(core: &Core, input: SwitchRequest) -> Result<(), AppError> {
    let session = core.session()?;
    let by = operator();
    let lane = || {
        let named = input.lane.as_deref().and_then(Lane::named);
        named.ok_or_else(|| AppError::invalid("lane", "is neither contabo nor whmcs"))
    };
    match input.switch {
        QueueSwitch::PauseLane => engine::pause_lane(&session.deps(), lane()?, &by).await?,
        QueueSwitch::ResumeLane => engine::resume_lane(&session.deps(), lane()?).await?,
        QueueSwitch::Pause => engine::pause(&session.deps(), &by).await?,
        QueueSwitch::Resume => engine::resume(&session.deps(), &by).await?,
        QueueSwitch::StopEverything => session.background().stop_everything(&session, &by).await?,
    }
    session.background().wake().await;
    Ok(())
}
