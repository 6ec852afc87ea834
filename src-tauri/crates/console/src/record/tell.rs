//! WHMCS's activity log is told of what the console did: one line for each success, once.
//!
//! The line is written to our own store together with the receipt it is about, so telling WHMCS can neither be forgotten
//! nor hold anything up. Each line carries a mark of its own. A line that was sent is looked for by its mark: found, it is
//! proven; not found after a while, it was not written and may be sent again; never readable, it stays unproven.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rackdesk_store::{
    Store, StoreError,
    receipts::{self, LineRecord},
};
use rackdesk_whmcs::{
    Client, Error, Problem,
    actions::system::{GetActivityLog, LogActivity},
};
use rackdesk_wire::{Call, Sent};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fault::{ErrorCode, Fault};

/// How long a line may be; activity logs show one row each.
const LONGEST: usize = 480;
/// A line that is not there so long after it was sent was not written.
const GRACE: SignedDuration = SignedDuration::from_mins(5);
/// Sends of one line at most.
const MOST_TRIES: i64 = 3;
/// Looks for one line at most, before it is left unproven.
const MOST_LOOKS: i64 = 12;
/// A lost answer is looked for this soon.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(5);
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);

/// What was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Lines sent.
    pub sent: u32,
    /// Lines read back.
    pub proven: u32,
    /// Lines that cannot be proven or were refused.
    pub unproven: u32,
}

/// What was learnt about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// WHMCS said that it wrote it.
    Accepted,
    /// It certainly was not written; `lasting` when trying again is of no use.
    NotWritten {
        /// Trying again is of no use.
        lasting: bool,
        /// Why.
        fault: Fault,
    },
    /// It may have been written.
    Lost(Fault),
    /// It was read back.
    Found(i64),
    /// The log was read and does not show it.
    Absent,
    /// The log could not be read; `lasting` when asking again is of no use.
    Unreadable {
        /// Asking again is of no use.
        lasting: bool,
        /// Why.
        fault: Fault,
    },
}

fn pause(times: i64) -> SignedDuration {
    let doublings = u32::try_from(times.clamp(0, 16)).unwrap_or(0);
    FIRST_PAUSE.saturating_mul(1_i32.checked_shl(doublings).unwrap_or(i32::MAX)).min(LONGEST_PAUSE)
}

fn later(now: Timestamp, by: SignedDuration) -> Option<Timestamp> {
    Some(now.saturating_add(by).unwrap_or(now))
}

fn kept(fault: &Fault) -> Option<String> {
    serde_json::to_string(fault).ok()
}

/// The line after some news. Pure.
#[must_use]
pub fn after(line: &LineRecord, news: &News, now: Timestamp) -> LineRecord {
    let mut line = LineRecord { updated_at: now, ..line.clone() };
    let end = |line: &mut LineRecord, state: &str| {
        state.clone_into(&mut line.state);
        line.next_at = None;
    };
    match news {
        News::Accepted => line.next_at = Some(now),
        News::Lost(fault) => {
            line.next_at = later(now, FIRST_LOOK);
            line.error = kept(fault);
        }
        News::NotWritten { lasting, fault } => {
            line.error = kept(fault);
            "waiting".clone_into(&mut line.state);
            line.next_at = later(now, pause(line.tries));
            if *lasting {
                end(&mut line, "refused");
            }
        }
        News::Found(entry) => {
            line.entry_id = Some(*entry);
            line.error = None;
            end(&mut line, "proven");
        }
        News::Absent => {
            line.looks += 1;
            let waited = line.sent_at.is_some_and(|sent| now.duration_since(sent) >= GRACE);
            if !waited {
                line.next_at = later(now, pause(line.looks));
            } else if line.tries < MOST_TRIES {
                "waiting".clone_into(&mut line.state);
                line.next_at = Some(now);
            } else {
                end(&mut line, "unproven");
            }
        }
        News::Unreadable { lasting, fault } => {
            line.looks += 1;
            line.error = kept(fault);
            line.next_at = later(now, pause(line.looks));
            if *lasting || line.looks >= MOST_LOOKS {
                end(&mut line, "unproven");
            }
        }
    }
    line
}

/// Sends and looks for the lines that are due, oldest first, until none is. Stops at the first sign that WHMCS cannot be
/// reached; the rest waits.
///
/// # Errors
/// When the store fails, or WHMCS cannot be reached.
pub async fn tell(store: &Store, client: &Client, stop: &CancellationToken) -> Result<Told, Fault> {
    let mut told = Told::default();
    while !stop.is_cancelled() {
        let now = Timestamp::now();
        let due = store.read_async(move |c| receipts::lines_due(c, now, 50)).await?;
        if due.is_empty() {
            break;
        }
        for line in due {
            if stop.is_cancelled() {
                break;
            }
            let unreachable = one(store, client, line, &mut told).await?;
            if let Some(fault) = unreachable {
                return Err(fault);
            }
        }
    }
    Ok(told)
}

/// One step of one line. Says why when WHMCS cannot be reached at all.
async fn one(store: &Store, client: &Client, line: LineRecord, told: &mut Told) -> Result<Option<Fault>, StoreError> {
    let news = match line.state.as_str() {
        "waiting" => {
            let Some(begun) = begin(store, &line).await? else { return Ok(None) };
            told.sent += 1;
            let news = send(client, &begun).await;
            return settle(store, begun, news, told).await;
        }
        _ => look(client, &line.mark).await,
    };
    settle(store, line, news, told).await
}

/// Journals that the line is about to leave, before it does. `None` when another process did.
async fn begin(store: &Store, line: &LineRecord) -> Result<Option<LineRecord>, StoreError> {
    let (id, now) = (line.receipt_id, Timestamp::now());
    store
        .write_durable_async(move |c| {
            let Some(line) = receipts::line_of(c, id)?.filter(|line| line.state == "waiting") else { return Ok(None) };
            let begun = LineRecord {
                state: "sent".into(),
                tries: line.tries + 1,
                looks: 0,
                request_id: Some(Uuid::new_v4().to_string()),
                sent_at: Some(now),
                // Where it goes on after a crash.
                next_at: later(now, FIRST_PAUSE),
                updated_at: now,
                ..line
            };
            receipts::save_line(c, &begun)?;
            Ok(Some(begun))
        })
        .await
}

async fn settle(store: &Store, line: LineRecord, news: News, told: &mut Told) -> Result<Option<Fault>, StoreError> {
    let next = after(&line, &news, Timestamp::now());
    match next.state.as_str() {
        "proven" => told.proven += 1,
        "unproven" | "refused" => told.unproven += 1,
        _ => {}
    }
    store.write_durable_async(move |c| receipts::save_line(c, &next)).await?;
    let fault = match news {
        News::NotWritten { fault, .. } | News::Lost(fault) | News::Unreadable { fault, .. } => fault,
        _ => return Ok(None),
    };
    let away = matches!(
        fault.code,
        ErrorCode::Dns
            | ErrorCode::Connect
            | ErrorCode::Tls
            | ErrorCode::Timeout
            | ErrorCode::Throttled
            | ErrorCode::Maintenance
            | ErrorCode::WhmcsCredential
            | ErrorCode::IpNotAllowed
    );
    Ok(away.then_some(fault))
}

/// The line as it is sent: one row, no control characters, its mark whole.
fn shown(line: &LineRecord) -> String {
    let clean: String = line.line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= LONGEST {
        return clean;
    }
    let tail = format!("… [{}]", line.mark);
    let room = LONGEST - tail.chars().count();
    clean.chars().take(room).chain(tail.chars()).collect()
}

async fn send(client: &Client, line: &LineRecord) -> News {
    let request_id = line.request_id.as_deref().and_then(|id| id.parse().ok()).unwrap_or_else(Uuid::new_v4);
    let action =
        LogActivity { clientid: line.client_id.and_then(|id| u64::try_from(id).ok()), ..LogActivity::new(shown(line)) };
    let call = Call { request_id, trace_id: Some(format!("rackdesk-R-{}", line.receipt_id)), action_id: None };
    match client.call_with(&action, call).await {
        Ok(_) => News::Accepted,
        Err(error) => match error.sent() {
            Sent::NotSent | Sent::Rejected | Sent::Throttled => {
                News::NotWritten { lasting: lasting(&error), fault: Fault::from(&error) }
            }
            Sent::MaybeSent | Sent::Unreadable => News::Lost(Fault::from(&error)),
        },
    }
}

/// Whether the same call will be refused until a person changes something.
fn lasting(error: &Error) -> bool {
    matches!(
        error.problem,
        Problem::ActionNotPermitted { .. }
            | Problem::UnknownAction
            | Problem::Validation { .. }
            | Problem::NotFound
            | Problem::Parameter(_)
    )
}

/// Reads the line back.
async fn look(client: &Client, mark: &str) -> News {
    let wanted = GetActivityLog {
        limitstart: Some(0),
        limitnum: Some(25),
        description: Some(mark.to_owned()),
        ..GetActivityLog::default()
    };
    match client.call(wanted).await {
        Ok(answer) => {
            let found = answer.value.activity.iter().find(|entry| entry.description.contains(mark));
            match found {
                Some(entry) => News::Found(entry.id.and_then(|id| i64::try_from(id).ok()).unwrap_or(0)),
                None => News::Absent,
            }
        }
        Err(error) => News::Unreadable { lasting: lasting(&error), fault: Fault::from(&error) },
    }
}

/// How long a round may take before the rest waits for the next.
pub const LONGEST_ROUND: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line() -> LineRecord {
        LineRecord {
            receipt_id: 5,
            client_id: Some(17),
            line: "Rackdesk A-9: power.restart on instance 1 (vps) by dana [receipt 5 0123456789abcdef]".into(),
            mark: "receipt 5 0123456789abcdef".into(),
            state: "waiting".into(),
            tries: 0,
            looks: 0,
            request_id: None,
            sent_at: None,
            next_at: Some(Timestamp::UNIX_EPOCH),
            entry_id: None,
            error: None,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn news() -> impl Strategy<Value = News> {
        let fault = || Fault::of(ErrorCode::Timeout);
        prop_oneof![
            Just(News::Accepted),
            any::<bool>().prop_map(move |lasting| News::NotWritten { lasting, fault: fault() }),
            Just(News::Lost(Fault::of(ErrorCode::Cut))),
            (1_i64..100).prop_map(News::Found),
            Just(News::Absent),
            any::<bool>().prop_map(|lasting| News::Unreadable { lasting, fault: Fault::of(ErrorCode::Timeout) }),
        ]
    }

    proptest! {
        /// Whatever happens, a line that may have been written is sent again only after it was found absent, and every
        /// line comes to an end.
        #[test]
        fn nothing_is_written_twice_and_nothing_goes_on_for_ever(all in prop::collection::vec((news(), 1_i64..4000), 1..60)) {
            let mut now = Timestamp::from_second(1_700_000_000).unwrap();
            let mut line = line();
            let mut perhaps_there = false;
            for (news, seconds) in all {
                now += SignedDuration::from_secs(seconds);
                if line.next_at.is_none() {
                    break;
                }
                if line.state == "waiting" {
                    prop_assert!(!perhaps_there, "it is sent again although it may be there");
                    line = LineRecord { state: "sent".into(), tries: line.tries + 1, looks: 0, sent_at: Some(now), ..line };
                    if matches!(news, News::Found(_) | News::Absent | News::Unreadable { .. }) {
                        continue;
                    }
                    perhaps_there = !matches!(news, News::NotWritten { .. });
                } else if !matches!(news, News::Found(_) | News::Absent | News::Unreadable { .. }) {
                    continue;
                } else {
                    perhaps_there |= true;
                    let waited = now.duration_since(line.sent_at.unwrap()) >= GRACE;
                    perhaps_there &= !(news == News::Absent && waited);
                }
                line = after(&line, &news, now);
                let refused = matches!(news, News::NotWritten { .. });
                prop_assert!(line.tries <= MOST_TRIES || line.state != "waiting" || refused);
            }
        }
    }

    #[test]
    fn a_long_line_keeps_its_mark() {
        let long = LineRecord { line: format!("Rackdesk {}\n\u{7}", "ü".repeat(900)), ..line() };
        let text = shown(&long);
        assert!(text.ends_with("… [receipt 5 0123456789abcdef]") && text.chars().count() == LONGEST, "{text}");
        assert_eq!(shown(&line()), line().line);
    }
}
