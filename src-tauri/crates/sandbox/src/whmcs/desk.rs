//! What an action works with: the records, the present, the caller, and the means to leave traces.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rand_chacha::ChaCha12Rng;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::State;
use super::access::Caller;
use super::model::people::{Client, Email};
use super::model::system::Activity;
use super::params::Params;
use crate::dialect::Version;
use crate::journal::{Effect, Journal, Provider};

/// One call's surroundings.
pub struct Desk<'w> {
    /// Every record.
    pub state: &'w mut State,
    /// Where changes are put down.
    pub journal: &'w mut Journal,
    /// Chance, for new numbers and passwords.
    pub rng: &'w mut ChaCha12Rng,
    /// The present.
    pub at: Timestamp,
    /// Who calls.
    pub caller: Caller,
    /// Which version is played.
    pub version: Version,
}

/// A refusal in the provider's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// An answer's fields, or a refusal.
pub type Answer = Result<Value, Refusal>;

/// Refuses.
///
/// # Errors
/// Always: that is what it is for.
pub fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(message.into()))
}

/// The usual success: `result` first, then these fields.
pub fn success(fields: Value) -> Value {
    let mut answer = Map::new();
    answer.insert("result".to_owned(), "success".into());
    if let Value::Object(fields) = fields {
        answer.extend(fields);
    }
    Value::Object(answer)
}

/// Success without anything to say.
///
/// # Errors
/// Never: it has this type to end an action with.
pub fn done() -> Answer {
    Ok(success(json!({})))
}

/// Turns "is there one" into the provider's words for "there is none".
pub trait OrRefuse<T> {
    /// The value, or this refusal.
    ///
    /// # Errors
    /// When there is none.
    fn or_refuse(self, message: &str) -> Result<T, Refusal>;
}

impl<T> OrRefuse<T> for Option<T> {
    fn or_refuse(self, message: &str) -> Result<T, Refusal> {
        self.ok_or_else(|| Refusal(message.to_owned()))
    }
}

impl Desk<'_> {
    /// The present in the installation's zone.
    pub fn now(&self) -> DateTime {
        local(self.at)
    }

    /// Today in the installation's zone.
    pub fn today(&self) -> Date {
        self.now().date()
    }

    /// Puts a change down in the journal.
    pub fn note(&mut self, effect: Effect, kind: &str, id: impl ToString, detail: Value) {
        self.journal.note(self.at, Provider::Whmcs, effect, kind, id, detail);
    }

    /// Writes a line into the installation's own activity log.
    pub fn log(&mut self, client: u64, description: impl Into<String>) {
        let (date, description) = (self.now(), description.into());
        let Caller { admin, username, ip } = self.caller.clone();
        self.state.activity.add(|id| Activity { id, date, client, user: 0, admin, description, username, ip });
    }

    /// Sends a client a mail: it lands in the list of mails sent.
    pub fn mail(&mut self, client: u64, subject: &str, text: &str) {
        let now = self.now();
        let journal = &mut *self.journal;
        let Some(id) = self.state.send_mail(client, subject, text, now) else { return };
        let detail = json!({"client": client, "subject": subject});
        journal.note(self.at, Provider::Whmcs, Effect::Created, "email", id, detail);
    }

    /// The client named by this parameter.
    ///
    /// # Errors
    /// The refusal given, when there is none.
    pub fn client(&self, params: &Params, name: &str, refusal: &str) -> Result<&Client, Refusal> {
        params.id(name).and_then(|id| self.state.clients.get(id)).or_refuse(refusal)
    }

    /// Name of the admin who calls.
    pub fn admin_name(&self) -> String {
        self.state.admins.get(self.caller.admin).map(|admin| admin.full_name()).unwrap_or_default()
    }
}

impl State {
    /// Files a mail to a client and returns its id; `None` when there is no such client.
    pub(super) fn send_mail(&mut self, client: u64, subject: &str, text: &str, now: DateTime) -> Option<u64> {
        let address = &self.clients.get(client)?.address;
        let to = format!("{} <{}>", address.full_name(), address.email);
        let message = format!("<!DOCTYPE html>\n<html><body><p>{text}</p></body></html>\n");
        let subject = subject.to_owned();
        Some(self.emails.add(|id| Email { id, client, subject, message, date: now, to, cc: String::new() }))
    }
}

/// A moment in the installation's zone.
pub fn local(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::UTC).datetime()
}

/// `12.50`.
pub fn cash(amount: Decimal) -> String {
    format!("{amount:.2}")
}

/// `2026-03-01`.
pub fn day(date: Date) -> String {
    date.to_string()
}

/// `2026-03-01`, or the zero date.
pub fn day_or_zero(date: Option<Date>) -> String {
    date.map_or_else(|| "0000-00-00".to_owned(), day)
}

/// `2026-03-01 10:11:12`.
pub fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-03-01 10:11:12`, or the zero date.
pub fn moment_or_zero(at: Option<DateTime>) -> String {
    at.map_or_else(|| "0000-00-00 00:00:00".to_owned(), moment)
}

/// `on` or nothing.
pub fn on(flag: bool) -> &'static str {
    if flag { "on" } else { "" }
}

/// `1` or `0`, as text.
pub fn one(flag: bool) -> &'static str {
    if flag { "1" } else { "0" }
}
