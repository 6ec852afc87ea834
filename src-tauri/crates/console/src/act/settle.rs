//! What is written about an attempt in the same transaction as the move it causes.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, AttemptRecord, EvidenceRecord},
    rusqlite::Connection,
};

use super::{kinds::Trouble, reconcile::Evidence, transition::to_json};

/// What is written about an attempt together with a move.
#[derive(Debug, Clone, Default)]
pub(super) struct Settle {
    number: i64,
    outcome: Option<&'static str>,
    cause: Option<String>,
    proof: Option<String>,
    answered: Option<(Timestamp, Option<u16>)>,
    evidence: Vec<(Evidence, Timestamp)>,
}

impl Settle {
    /// Nothing had left yet.
    pub(super) fn unsent(attempt: &AttemptRecord) -> Self {
        let cause = Some("never sent".to_owned());
        Self { number: attempt.number, outcome: Some("not_applied"), cause, ..Self::default() }
    }

    /// It may have happened.
    pub(super) fn lost(number: i64, cause: &str, status: Option<u16>, now: Timestamp) -> Self {
        let settle = Self { number, outcome: Some("unknown"), cause: Some(cause.to_owned()), ..Self::default() };
        if status.is_some() { settle.answered(now, status) } else { settle }
    }

    /// Only what a look showed; the outcome stays as it was.
    pub(super) fn looked(number: i64) -> Self {
        Self { number, ..Self::default() }
    }

    /// It certainly did not happen.
    pub(super) fn refused(number: i64, trouble: &Trouble, now: Timestamp) -> Self {
        let settle =
            Self { number, outcome: Some("not_applied"), cause: Some(trouble.cause.clone()), ..Self::default() };
        if trouble.status.is_some() { settle.answered(now, trouble.status) } else { settle }
    }

    pub(super) fn proven(number: i64, outcome: &'static str, evidence: Evidence, now: Timestamp) -> Self {
        let proof = Some(to_json(&evidence.says));
        Self { number, outcome: Some(outcome), proof, evidence: vec![(evidence, now)], ..Self::default() }
    }

    pub(super) fn only_evidence(number: i64, evidence: Evidence, now: Timestamp) -> Self {
        Self { number, evidence: vec![(evidence, now)], ..Self::default() }
    }

    pub(super) fn answered(mut self, at: Timestamp, status: Option<u16>) -> Self {
        self.answered = Some((at, status));
        self
    }

    pub(super) fn and(mut self, more: impl IntoIterator<Item = Evidence>, now: Timestamp) -> Self {
        self.evidence.extend(more.into_iter().map(|evidence| (evidence, now)));
        self
    }

    pub(super) fn write(&self, c: &Connection, action_id: i64) -> Result<(), StoreError> {
        if self.number == 0 {
            return Ok(());
        }
        if let Some((at, status)) = self.answered {
            queue::answer_attempt(c, action_id, self.number, at, status)?;
        }
        if let Some(outcome) = self.outcome {
            let (cause, proof) = (self.cause.as_deref(), self.proof.as_deref());
            queue::settle_attempt(c, action_id, self.number, outcome, cause, proof)?;
        }
        for (evidence, at) in &self.evidence {
            queue::add_evidence(
                c,
                &EvidenceRecord {
                    action_id,
                    attempt: self.number,
                    at: *at,
                    source: evidence.source.to_owned(),
                    speaks_for: evidence.speaks.name().to_owned(),
                    says: to_json(&evidence.says),
                },
            )?;
        }
        Ok(())
    }
}
