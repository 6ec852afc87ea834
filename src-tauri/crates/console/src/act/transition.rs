//! The only way in which an action changes its state: a named transition, written together with its event.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, NewEvent},
    rusqlite::Connection,
};

use super::ActionState;
use crate::plan::Phrase;

/// The lawful moves. Who makes them is said beside each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// A worker begins.
    Start,
    /// A worker lets go before anything was sent: stopped, or its process ended.
    PutBack,
    /// Certainly not done; a worker tries again later.
    Postpone,
    /// Sent, and no answer that says what happened.
    LoseTrack,
    /// The provider took it; its asynchronous work is waited for.
    Await,
    /// One step is done and proven; the next one may begin.
    Advance,
    /// Done and proven.
    Succeed,
    /// Certainly not done, or the provider did not bring it about.
    Fail,
    /// Not started in time.
    Expire,
    /// Evidence shows that a lost attempt happened.
    ProveApplied,
    /// Evidence shows that a lost attempt did not happen.
    ProveAbsent,
    /// The evidence contradicts itself: a person decides.
    AskPerson,
    /// What it needs did not succeed: it is kept back.
    HoldBack,
    /// A newer wish replaces it before anything was sent.
    Supersede,
    /// A person keeps it back.
    Hold,
    /// A person lets it go on.
    Release,
    /// A person does not want to wait for the next try.
    RetryNow,
    /// A person takes it back.
    Cancel,
    /// A person wants the provider asked again.
    LookAgain,
    /// A person settles one of several steps as done.
    MarkApplied,
    /// A person settles it as done.
    MarkDone,
    /// A person settles it as not done.
    MarkNotDone,
    /// A person leaves one of several steps out; the next one may begin.
    Skip,
    /// A person leaves the last step out: what was done is enough.
    LeaveRest,
}

impl Transition {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Start,
        Self::PutBack,
        Self::Postpone,
        Self::LoseTrack,
        Self::Await,
        Self::Advance,
        Self::Succeed,
        Self::Fail,
        Self::Expire,
        Self::ProveApplied,
        Self::ProveAbsent,
        Self::AskPerson,
        Self::HoldBack,
        Self::Supersede,
        Self::Hold,
        Self::Release,
        Self::RetryNow,
        Self::Cancel,
        Self::LookAgain,
        Self::MarkApplied,
        Self::MarkDone,
        Self::MarkNotDone,
        Self::Skip,
        Self::LeaveRest,
    ];

    /// Its name in the history.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::PutBack => "put_back",
            Self::Postpone => "postpone",
            Self::LoseTrack => "lose_track",
            Self::Await => "await",
            Self::Advance => "advance",
            Self::Succeed => "succeed",
            Self::Fail => "fail",
            Self::Expire => "expire",
            Self::ProveApplied => "prove_applied",
            Self::ProveAbsent => "prove_absent",
            Self::AskPerson => "ask_person",
            Self::HoldBack => "hold_back",
            Self::Supersede => "supersede",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::RetryNow => "retry_now",
            Self::Cancel => "cancel",
            Self::LookAgain => "look_again",
            Self::MarkApplied => "mark_applied",
            Self::MarkDone => "mark_done",
            Self::MarkNotDone => "mark_not_done",
            Self::Skip => "skip",
            Self::LeaveRest => "leave_rest",
        }
    }

    /// Where it leads from a state; `None` where it is not allowed.
    pub const fn from(self, state: ActionState) -> Option<ActionState> {
        use ActionState as S;
        match (self, state) {
            (Self::Start, S::Ready | S::Retryable)
            | (Self::Await, S::Running)
            | (Self::ProveApplied | Self::MarkApplied, S::Unknown) => Some(S::Running),
            (Self::PutBack | Self::Advance, S::Running)
            | (Self::Release, S::Held)
            | (Self::RetryNow, S::Retryable)
            | (Self::Skip, S::Held | S::Retryable) => Some(S::Ready),
            (Self::Postpone, S::Running) | (Self::ProveAbsent, S::Unknown) => Some(S::Retryable),
            (Self::LoseTrack, S::Running) | (Self::AskPerson | Self::LookAgain, S::Unknown) => Some(S::Unknown),
            (Self::Succeed, S::Running) | (Self::MarkDone, S::Unknown) | (Self::LeaveRest, S::Held | S::Retryable) => {
                Some(S::Succeeded)
            }
            (Self::Fail, S::Running) | (Self::Expire, S::Ready | S::Retryable) | (Self::MarkNotDone, S::Unknown) => {
                Some(S::Failed)
            }
            (Self::Hold | Self::HoldBack, S::Ready | S::Retryable) => Some(S::Held),
            (Self::Cancel | Self::Supersede, S::Held | S::Ready | S::Retryable) => Some(S::Cancelled),
            _ => None,
        }
    }
}

/// Whose move it is, when, and what it says.
#[derive(Debug, Clone)]
pub struct Move {
    /// Which.
    pub transition: Transition,
    /// When.
    pub at: Timestamp,
    /// The person; `None` for the engine.
    pub by: Option<String>,
    /// The attempt it is about.
    pub attempt: Option<i64>,
    /// What it says.
    pub says: Option<Phrase>,
}

impl Move {
    /// A move of the engine.
    pub fn engine(transition: Transition, at: Timestamp) -> Self {
        Self { transition, at, by: None, attempt: None, says: None }
    }

    /// A move of a person.
    pub fn person(transition: Transition, at: Timestamp, by: &str) -> Self {
        Self { by: Some(by.to_owned()), ..Self::engine(transition, at) }
    }

    /// Names the attempt.
    #[must_use]
    pub fn about(mut self, attempt: i64) -> Self {
        self.attempt = Some(attempt);
        self
    }

    /// Adds words.
    #[must_use]
    pub fn saying(mut self, says: Phrase) -> Self {
        self.says = Some(says);
        self
    }
}

/// Why a move was not made. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such action.
    #[error("there is no such action")]
    Gone,
    /// The state does not allow it.
    #[error("not allowed while it is {}", .state.name())]
    Forbidden {
        /// The state it is in.
        state: ActionState,
    },
    /// The worker's lease is over: somebody else has it.
    #[error("the lease is lost")]
    LeaseLost,
}

/// A fence: the worker's token. A move without one is a person's or the recovery's.
pub type Fence = Option<i64>;

/// Makes a move inside the caller's transaction. `change` may set what the state's own rules leave open (step, next
/// try, lease, result …).
///
/// # Errors
/// The outer error rolls the transaction back; the inner one says why nothing was done.
pub fn make(
    c: &Connection,
    id: i64,
    fence: Fence,
    mv: Move,
    change: impl FnOnce(&mut ActionRecord),
) -> Result<Result<ActionRecord, Refused>, StoreError> {
    let Some(before) = queue::action(c, id)? else { return Ok(Err(Refused::Gone)) };
    let state = ActionState::named(&before.state).ok_or_else(|| StoreError::row("action.state is no state"))?;
    if let Some(token) = fence
        && (before.lease.is_none() || before.lease_token != token)
    {
        return Ok(Err(Refused::LeaseLost));
    }
    let Some(to) = mv.transition.from(state) else { return Ok(Err(Refused::Forbidden { state })) };
    let mut after = before.clone();
    settle_columns(&mut after, mv.transition, (state, to), mv.at);
    change(&mut after);
    let event = NewEvent {
        name: mv.transition.name().to_owned(),
        by: mv.by,
        attempt: mv.attempt,
        detail: mv.says.map(|says| to_json(&says)),
    };
    queue::save(c, &before, &mut after, &event)?;
    if matches!(to, ActionState::Failed | ActionState::Cancelled) {
        hold_back(c, &after)?;
    }
    Ok(Ok(after))
}

/// What needed an action that did not come about is kept back for a person, and what needs that in turn stays behind it.
fn hold_back(c: &Connection, ended: &ActionRecord) -> Result<(), StoreError> {
    for waiting in queue::needed_by(c, ended.id)? {
        let says = Phrase::new("waits.need_failed", [("action", ended.id.to_string())]);
        let waits = to_json(&says);
        let mv = Move::engine(Transition::HoldBack, ended.updated_at).saying(says);
        // One that is held already stays so.
        make(c, waiting, None, mv, |a| a.waits = Some(waits))?.ok();
    }
    Ok(())
}

/// What belongs to a state and to no other.
fn settle_columns(
    action: &mut ActionRecord,
    transition: Transition,
    (from, to): (ActionState, ActionState),
    at: Timestamp,
) {
    to.name().clone_into(&mut action.state);
    action.updated_at = at;
    if from != to {
        action.lease = None;
        // A ready one that waits for a moment with a reason was put there by the guardrails, which are asked again.
        let asked_again = from == ActionState::Ready && action.waits.is_some();
        action.next_at = match transition {
            // What was to start later does so, also when it was held for a moment.
            _ if to == ActionState::Held => action.next_at.filter(|_| !asked_again),
            Transition::Release => action.next_at.filter(|next| *next > at),
            _ => None,
        };
        action.waits = None;
        action.looks = 0;
        action.absences = 0;
    }
    action.unknown_since = match to {
        ActionState::Unknown => action.unknown_since.or(Some(at)),
        _ => None,
    };
    action.ended_at = to.is_final().then_some(at);
}

/// JSON of a value that cannot fail to be written.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
