//! Contabo's own record of a server, read when its page is open. The rest of the timeline is local and never waits
//! for this.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use rackdesk_console::record::outside::{self, Audited};
use rackdesk_store::queue;

use crate::{
    AppError, Core,
    clients::RecordRef,
    servers::{TimelineEntry, Tone},
};

/// Views ask again at each change of the server; the provider is asked at most this often.
const LIFE: Duration = Duration::from_secs(20);

/// Servers whose record is kept; a person looks at one at a time.
const MOST_KEPT: usize = 64;

/// What was read a moment ago.
#[derive(Default)]
pub(crate) struct Recent(Mutex<HashMap<i64, (Instant, Vec<Audited>)>>);

impl Recent {
    fn get(&self, id: i64) -> Option<Vec<Audited>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|(at, _)| at.elapsed() < LIFE).map(|(_, rows)| rows.clone())
    }

    fn keep(&self, id: i64, rows: &[Audited]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(id, (Instant::now(), rows.to_vec()));
    }
}

/// What Contabo's audits tell of a server and this console did not do, newest first. Empty without Contabo.
///
/// # Errors
/// What the provider said, or that the role may not read audits.
pub async fn server_audits(core: &Core, input: RecordRef) -> Result<Vec<TimelineEntry>, AppError> {
    let session = core.session()?;
    let Some(client) = &session.clients.contabo else { return Ok(Vec::new()) };
    let rows = match session.audits().get(input.id) {
        Some(rows) => rows,
        None => {
            let rows = outside::of_instance(client, input.id).await?;
            session.audits().keep(input.id, &rows);
            rows
        }
    };
    let others = session.store.read_async(move |c| {
        let mut others = Vec::with_capacity(rows.len());
        for row in rows {
            // What this console did stands in the timeline already, as an action with its whole story.
            if row.request_id.is_empty() || queue::attempt_by_request(c, &row.request_id)?.is_none() {
                others.push(row);
            }
        }
        Ok(others)
    });
    Ok(others.await?.into_iter().map(TimelineEntry::from).collect())
}

impl From<Audited> for TimelineEntry {
    fn from(row: Audited) -> Self {
        Self {
            at: row.at.to_string(),
            title: row.title,
            lines: row.lines,
            tone: if row.notable { Tone::Warn } else { Tone::Idle },
            source: "audit".into(),
            action_id: None,
            request_id: Some(row.request_id).filter(|id| !id.is_empty()),
        }
    }
}
