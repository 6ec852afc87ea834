//! Making the invoices that have become due.

use std::collections::{BTreeMap, HashSet};

use jiff::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::invoices::{NewInvoice, NewItem};
use crate::whmcs::desk::Desk;
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::model::services::DomainStatus;

/// Which of what is due is to be invoiced.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Only this client's.
    pub client: Option<u64>,
    /// Only these services; with any of the three lists given, nothing outside them.
    pub services: HashSet<u64>,
    /// Only these domains.
    pub domains: HashSet<u64>,
    /// Only these add-ons.
    pub addons: HashSet<u64>,
}

impl Scope {
    fn listed(&self) -> bool {
        !(self.services.is_empty() && self.domains.is_empty() && self.addons.is_empty())
    }

    fn takes(&self, client: u64, ids: &HashSet<u64>, id: u64) -> bool {
        self.client.is_none_or(|only| only == client) && (!self.listed() || ids.contains(&id))
    }
}

/// Lines by client, due date and, for clients who want them apart, service.
type Groups = BTreeMap<(u64, Date, u64), Vec<NewItem>>;

impl Desk<'_> {
    /// Makes every invoice that is due within the next two weeks and not made yet; returns their ids.
    pub fn generate_invoices(&mut self, scope: &Scope, silent: bool) -> Vec<u64> {
        let horizon = self.today().saturating_add(Span::new().days(crate::whmcs::lay::AHEAD));
        let mut groups = Groups::new();
        self.collect_services(scope, horizon, &mut groups);
        self.collect_addons(scope, horizon, &mut groups);
        self.collect_domains(scope, horizon, &mut groups);
        self.collect_billable(scope, &mut groups);
        let date = self.today();
        groups
            .into_iter()
            .map(|((client, due, _), items)| {
                let invoice = NewInvoice {
                    client,
                    date,
                    due,
                    status: InvoiceStatus::Unpaid,
                    gateway: String::new(),
                    rates: None,
                    items,
                    notes: String::new(),
                };
                let id = self.create_invoice(invoice);
                if !silent {
                    self.mail(client, "Customer Invoice", &format!("Invoice #{id} has been generated."));
                }
                id
            })
            .collect()
    }

    fn apart(&self, client: u64, id: u64) -> u64 {
        if self.state.clients.get(client).is_some_and(|client| client.separate_invoices) { id } else { 0 }
    }

    fn collect_services(&mut self, scope: &Scope, horizon: Date, groups: &mut Groups) {
        let mut due_ones = Vec::new();
        for service in self.state.services.iter_mut() {
            let months = service.cycle.months();
            if !service.status.renews() || months == 0 || !scope.takes(service.client, &scope.services, service.id) {
                continue;
            }
            let Some(due) = service.next_invoice.filter(|due| *due <= horizon) else { continue };
            service.next_invoice = Some(due.saturating_add(Span::new().months(months)));
            due_ones.push((
                service.id,
                service.client,
                service.product,
                service.domain.clone(),
                due,
                months,
                service.recurring,
            ));
        }
        for (id, client, product, domain, due, months, amount) in due_ones {
            let product = self.state.products.get(product);
            let name = product.map(|one| one.name.clone()).unwrap_or_default();
            let taxed = product.is_some_and(|one| one.taxed);
            let description = format!("{name} - {domain} ({})", period(due, months));
            let key = (client, due, self.apart(client, id));
            groups.entry(key).or_default().push(NewItem { kind: "Hosting", related: id, description, amount, taxed });
        }
    }

    fn collect_addons(&mut self, scope: &Scope, horizon: Date, groups: &mut Groups) {
        let invoiced: HashSet<(u64, Date)> = self
            .state
            .invoices
            .iter()
            .filter(|invoice| invoice.status == InvoiceStatus::Unpaid)
            .flat_map(|invoice| invoice.items.iter().map(move |item| (item.kind, item.related, invoice.due)))
            .filter(|(kind, ..)| *kind == "Addon")
            .map(|(_, related, due)| (related, due))
            .collect();
        for addon in &self.state.addons {
            let months = addon.cycle.months();
            let wanted = addon.status.renews() && months > 0 && scope.takes(addon.client, &scope.addons, addon.id);
            let Some(due) = addon.next_due.filter(|due| wanted && *due <= horizon) else { continue };
            if invoiced.contains(&(addon.id, due)) {
                continue;
            }
            let description = format!("Addon - {} ({})", addon.name, period(due, months));
            let item =
                NewItem { kind: "Addon", related: addon.id, description, amount: addon.recurring, taxed: addon.tax };
            groups.entry((addon.client, due, 0)).or_default().push(item);
        }
    }

    fn collect_domains(&mut self, scope: &Scope, horizon: Date, groups: &mut Groups) {
        let invoiced: HashSet<u64> = self
            .state
            .invoices
            .iter()
            .filter(|invoice| invoice.status == InvoiceStatus::Unpaid)
            .flat_map(|invoice| &invoice.items)
            .filter(|item| item.kind == "Domain")
            .map(|item| item.related)
            .collect();
        for domain in &self.state.domains {
            let wanted = domain.status == DomainStatus::Active
                && !domain.do_not_renew
                && scope.takes(domain.client, &scope.domains, domain.id)
                && !invoiced.contains(&domain.id);
            let Some(due) = domain.next_due.filter(|due| wanted && *due <= horizon) else { continue };
            let description = format!("Domain Renewal - {} - {} Year/s", domain.name, domain.period);
            let item =
                NewItem { kind: "Domain", related: domain.id, description, amount: domain.recurring, taxed: true };
            groups.entry((domain.client, due, 0)).or_default().push(item);
        }
    }

    fn collect_billable(&mut self, scope: &Scope, groups: &mut Groups) {
        let today = self.today();
        if scope.listed() {
            return;
        }
        for item in self.state.billable.iter_mut() {
            if scope.client.is_some_and(|only| only != item.client) {
                continue;
            }
            let due = match item.action.as_str() {
                "nextcron" if item.invoiced == 0 => today,
                "duedate" if item.invoiced == 0 => match item.due.filter(|due| *due <= today) {
                    Some(due) => due,
                    None => continue,
                },
                "recur" if item.invoiced < item.recur_for.max(1) => match item.due.filter(|due| *due <= today) {
                    Some(due) => due,
                    None => continue,
                },
                _ => continue,
            };
            item.invoiced += 1;
            if item.action == "recur" {
                let step = i64::from(item.recur.max(1));
                item.due = Some(due.saturating_add(match item.recur_cycle.as_str() {
                    "Days" => Span::new().days(step),
                    "Weeks" => Span::new().weeks(step),
                    "Years" => Span::new().years(step),
                    _ => Span::new().months(step),
                }));
            }
            let description = format!("{} {} - {}", item.quantity.normalize(), item.unit, item.description);
            let line = NewItem { kind: "Item", related: item.id, description, amount: item.amount, taxed: true };
            groups.entry((item.client, due, 0)).or_default().push(line);
        }
    }
}

/// `01/03/2026 - 31/03/2026`.
pub(crate) fn period(from: Date, months: i32) -> String {
    let until = from.saturating_add(Span::new().months(months)).saturating_sub(Span::new().days(1));
    format!("{} - {}", from.strftime("%d/%m/%Y"), until.strftime("%d/%m/%Y"))
}

/// A positive amount, or nothing.
pub(crate) fn positive(amount: Decimal) -> Option<Decimal> {
    (amount > Decimal::ZERO).then_some(amount)
}
