//! What the nightly job does: invoices, captures, suspensions, cancellations, closing tickets, expiring domains.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rust_decimal::Decimal;
use serde_json::json;

use super::State;
use super::access::{Caller, letters};
use super::desk::{Desk, local};
use super::ledger::generate::Scope;
use super::ledger::invoices::Payment;
use super::model::billing::InvoiceStatus;
use super::model::services::{DomainStatus, ServiceStatus};
use super::model::support::TicketStatus;
use crate::dialect::Version;
use crate::journal::{Effect, Journal};

/// At most so many days are made up for at once.
const MOST_DAYS: i32 = 800;
/// Days after the due date on which a service is suspended.
const PATIENCE: i64 = 5;
/// An answered ticket nobody comes back to is closed after so long.
const SILENCE: SignedDuration = SignedDuration::from_hours(168);

/// Lets time pass: the nightly job runs for every midnight since the last time.
pub fn advance(state: &mut State, now: Timestamp, journal: &mut Journal) {
    let today = local(now).date();
    let last = state.cron_at.map_or(today, |at| local(at).date());
    let days = (today - last).get_days();
    if days <= 0 {
        return;
    }
    for days_ago in (0..days.min(MOST_DAYS)).rev() {
        let day = today.saturating_sub(Span::new().days(days_ago));
        let Ok(midnight) = day.at(0, 5, 0, 0).to_zoned(TimeZone::UTC) else { continue };
        night(state, midnight.timestamp().min(now), journal, day);
    }
    state.cron_at = Some(now);
}

fn night(state: &mut State, at: Timestamp, journal: &mut Journal, day: Date) {
    // Chance of its own, so that the night does not depend on the calls of the day.
    let mut rng = ChaCha12Rng::seed_from_u64(day.to_string().bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte)));
    let caller = Caller { admin: 0, username: "System".to_owned(), ip: String::new() };
    let mut desk = Desk { state, journal, rng: &mut rng, at, caller, version: Version::V8 };
    let invoices = desk.generate_invoices(&Scope::default(), false).len() as u64;
    let captures = desk.capture_due(day);
    let suspensions = desk.suspend_overdue(day);
    let cancellations = desk.end_cancelled(day);
    let closed = desk.close_silent();
    let expired = desk.expire_domains(day);
    let done = [
        ("CreateInvoices", invoices),
        ("ProcessCreditCardPayments", captures),
        ("AutoSuspensions", suspensions),
        ("CancellationRequests", cancellations),
        ("CloseInactiveTickets", closed),
        ("DomainExpirySync", expired),
    ];
    desk.state.automation.insert(day, done.into());
    desk.log(0, "Cron Job: Completed");
}

impl Desk<'_> {
    /// Charges stored cards for what is due. One client in eleven has a card that is refused.
    fn capture_due(&mut self, day: Date) -> u64 {
        let due: Vec<u64> = self
            .state
            .invoices
            .iter()
            .filter(|one| one.status == InvoiceStatus::Unpaid && one.due <= day && one.last_capture.is_none())
            .filter(|one| {
                let stored = self.state.pay_methods.iter().any(|method| method.client == one.client);
                let wanted = self.state.clients.get(one.client).is_some_and(|client| !client.no_auto_charge);
                stored && wanted
            })
            .map(|one| one.id)
            .collect();
        due.into_iter().filter(|id| self.capture(*id).is_ok()).count() as u64
    }

    /// Charges the stored card of an invoice's client.
    ///
    /// # Errors
    /// There is no stored method, or it was refused.
    pub(super) fn capture(&mut self, id: u64) -> Result<(), ()> {
        let now = self.now();
        let Some((client, balance)) = self.state.invoices.get(id).map(|one| (one.client, self.balance(id))) else {
            return Err(());
        };
        self.change_invoice(id, |invoice| invoice.last_capture = Some(now));
        let Some(gateway) = self
            .state
            .pay_methods
            .iter()
            .find(|method| method.client == client && client % 11 != 3)
            .map(|method| if method.gateway.is_empty() { "stripe".to_owned() } else { method.gateway.clone() })
        else {
            self.log(client, format!("Credit Card Payment Failed - Invoice ID: {id}"));
            return Err(());
        };
        let fees = (balance * Decimal::new(15, 3)).round_dp(2);
        let transid = format!("pi_{}", letters(self.rng, 24));
        self.pay(Payment { invoice: id, amount: balance, fees, gateway, transid, date: now, silent: false });
        Ok(())
    }

    fn suspend_overdue(&mut self, day: Date) -> u64 {
        let limit = day.saturating_sub(Span::new().days(PATIENCE));
        let late: std::collections::BTreeSet<u64> = self
            .state
            .invoices
            .iter()
            .filter(|invoice| invoice.is_overdue(limit))
            .flat_map(|invoice| &invoice.items)
            .filter(|item| item.kind == "Hosting")
            .map(|item| item.related)
            .collect();
        let mut count = 0;
        for id in late {
            let Some(service) = self.state.services.get(id) else { continue };
            let held = service.no_suspend || service.no_suspend_until.is_some_and(|until| until > day);
            let exempt = self
                .state
                .clients
                .get(service.client)
                .and_then(|client| self.state.groups.get(client.group))
                .is_some_and(|group| group.suspend_exempt);
            if service.status != ServiceStatus::Active || held || exempt {
                continue;
            }
            let client = service.client;
            let hosted = self.state.product_of(id).is_some_and(|product| !product.module.is_empty());
            if hosted && self.module_call(id, "SuspendAccount").is_err() {
                continue;
            }
            self.set_service_status(id, ServiceStatus::Suspended, "Overdue on Payment");
            self.mail(client, "Service Suspension Notification", "Your service has been suspended.");
            count += 1;
        }
        count
    }

    fn end_cancelled(&mut self, day: Date) -> u64 {
        let due: Vec<u64> = self
            .state
            .cancel_requests
            .iter()
            .filter_map(|request| self.state.services.get(request.service).map(|service| (request, service)))
            .filter(|(request, service)| {
                service.status.renews() && (request.immediate || service.next_due.is_some_and(|due| due <= day))
            })
            .map(|(_, service)| service.id)
            .collect();
        for id in &due {
            let hosted = self.state.product_of(*id).is_some_and(|product| !product.module.is_empty());
            if hosted {
                // Whether or not the module manages it, the contract is over.
                let _ = self.module_call(*id, "TerminateAccount");
            }
            self.set_service_status(*id, ServiceStatus::Cancelled, "");
        }
        due.len() as u64
    }

    fn close_silent(&mut self) -> u64 {
        let limit = local(self.at.saturating_sub(SILENCE).unwrap_or(self.at));
        let silent: Vec<u64> = self
            .state
            .tickets
            .iter()
            .filter(|one| one.status == TicketStatus::Answered && one.last_reply < limit && !one.prevent_closure)
            .map(|one| one.id)
            .collect();
        for id in &silent {
            if let Some(ticket) = self.state.tickets.get_mut(*id) {
                ticket.status = TicketStatus::Closed;
            }
            self.note(Effect::Updated, "ticket", id, json!({"status": "Closed", "why": "inactive"}));
        }
        silent.len() as u64
    }

    fn expire_domains(&mut self, day: Date) -> u64 {
        let over: Vec<u64> = self
            .state
            .domains
            .iter()
            .filter(|one| one.status == DomainStatus::Active && one.expiry.is_some_and(|expiry| expiry < day))
            .map(|one| one.id)
            .collect();
        for id in &over {
            if let Some(domain) = self.state.domains.get_mut(*id) {
                domain.status = DomainStatus::Expired;
            }
            self.note(Effect::Updated, "domain", id, json!({"status": "Expired"}));
        }
        over.len() as u64
    }
}
