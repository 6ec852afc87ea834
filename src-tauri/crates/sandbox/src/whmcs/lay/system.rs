//! Staff, departments, settings, mail templates.

use crate::seed::uuid_of;
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::lay::Plot;
use crate::whmcs::model::support::Department;
use crate::whmcs::model::system::{Admin, EmailTemplate};

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    for (name, email) in [("Sales", "sales"), ("Support", "support"), ("Billing", "billing"), ("Abuse", "abuse")] {
        state.departments.add(|id| Department {
            id,
            name: name.to_owned(),
            email: format!("{email}@nordlicht.example"),
            hidden: name == "Abuse",
        });
    }
    admins(state, plot);
    settings(state);
    templates(state);
}

/// Login, first and last name, role, departments, disabled, online.
type Person = (&'static str, &'static str, &'static str, u64, &'static [u64], bool, bool);

fn admins(state: &mut State, plot: &mut Plot<'_>) {
    let all: [Person; 6] = [
        ("api", "Console", "API", 1, &[1, 2, 3, 4], false, false),
        ("mareike", "Mareike", "Vogt", 1, &[1, 2, 3, 4], false, true),
        ("jonas", "Jonas", "Reimann", 2, &[2, 4], false, true),
        ("sofia", "Sofía", "Peña", 2, &[2], false, true),
        ("tadeusz", "Tadeusz", "Wrona", 3, &[3], false, false),
        ("oldboss", "Heinrich", "Altmann", 1, &[1], true, false),
    ];
    for (username, firstname, lastname, role, departments, disabled, online) in all {
        let created = plot.time_on(plot.days_ago(1_090));
        let visit = plot.now.saturating_sub(jiff::Span::new().minutes(4));
        let login = plot.now.saturating_sub(jiff::Span::new().hours(2));
        let password = letters(plot.rng, 16);
        let uuid = uuid_of(plot.rng);
        state.admins.add(|id| Admin {
            id,
            uuid,
            role,
            username: username.to_owned(),
            password,
            firstname: firstname.to_owned(),
            lastname: lastname.to_owned(),
            email: format!("{username}@nordlicht.example"),
            signature: if role == 2 {
                format!("Kind regards,\r\n{firstname}\r\nNordlicht Hosting")
            } else {
                String::new()
            },
            notes: if id == 1 { "Used by the console. Do not change its roles.".to_owned() } else { String::new() },
            disabled,
            departments: departments.to_vec(),
            notified: if disabled { Vec::new() } else { departments.to_vec() },
            created,
            updated: created,
            online: online.then(|| (login, format!("198.51.100.{}", 200 + id), visit)),
        });
    }
}

fn settings(state: &mut State) {
    let company = state.company.clone();
    for (name, value) in [
        ("CompanyName", company.as_str()),
        ("Email", "ops@nordlicht.example"),
        ("Domain", "https://nordlicht.example"),
        ("Language", "english"),
        ("Charset", "utf-8"),
        ("DateFormat", "DD/MM/YYYY"),
        ("DefaultCountry", "DE"),
        ("Version", "8.13.1-release.1"),
        ("InvoicePayTo", "Nordlicht Hosting\r\nHafenweg 12\r\n20095 Hamburg"),
        ("TaxEnabled", "on"),
        ("TaxType", "Exclusive"),
        ("CreateInvoiceDaysBefore", "14"),
        ("AutoSuspensionDays", "5"),
        ("AutoSuspension", "on"),
        ("AutoTermination", ""),
        ("AutoTerminationDays", "30"),
        ("CloseInactiveTickets", "168"),
        ("NumRecordstoDisplay", "50"),
        ("AllowCustomerChangeInvoiceGateway", "on"),
        ("AddFundsMinimum", "10"),
        ("AddFundsMaximum", "1000"),
        ("PremiumDomains", ""),
        ("SMTPHost", "relay01.nordlicht.example"),
        ("SMTPUsername", "whmcs"),
        ("SMTPPassword", "sandbox-smtp-password"),
        ("MaintenanceMode", ""),
    ] {
        state.settings.insert(name.to_owned(), value.to_owned());
    }
}

fn templates(state: &mut State) {
    let shipped: [(&str, &[(&str, &str)]); 6] = [
        (
            "general",
            &[
                ("Client Signup Email", "Welcome"),
                ("Password Reset Validation", "Your login details"),
                ("Credit Card Expiring Soon", "Credit Card Expiring Soon"),
                ("Order Confirmation", "Order Confirmation"),
                ("Quote Delivery with PDF", "Quote #{$quote_number} - {$quote_subject}"),
            ],
        ),
        (
            "product",
            &[
                ("Hosting Account Welcome Email", "New Account Information"),
                ("Dedicated/VPS Server Welcome Email", "New Server Information"),
                ("Other Product/Service Welcome Email", "New Product Information"),
                ("Service Suspension Notification", "Service Suspension Notification"),
                ("Service Unsuspension Notification", "Service Unsuspension Notification"),
                ("Cancellation Request Confirmation", "Cancellation Request Confirmation"),
            ],
        ),
        (
            "domain",
            &[
                ("Domain Registration Confirmation", "Domain Registration Confirmation"),
                ("Domain Renewal Confirmation", "Domain Renewal Confirmation"),
                ("Domain Transfer Initiated", "Domain Transfer Initiated"),
                ("Upcoming Domain Renewal Notice", "Upcoming Domain Renewal Notice"),
            ],
        ),
        (
            "invoice",
            &[
                ("Invoice Created", "Customer Invoice"),
                ("Invoice Payment Confirmation", "Invoice Payment Confirmation"),
                ("Invoice Payment Reminder", "Invoice Payment Reminder"),
                ("First Invoice Overdue Notice", "First Invoice Overdue Notice"),
                ("Credit Card Payment Failed", "Credit Card Payment Failed"),
                ("Invoice Refund Confirmation", "Invoice Refund Confirmation"),
            ],
        ),
        (
            "support",
            &[
                ("Support Ticket Opened", "New Support Ticket Opened"),
                ("Support Ticket Reply", "Support Ticket Response"),
            ],
        ),
        (
            "admin",
            &[
                ("Service Unsuspension Successful", "Service Unsuspension Successful"),
                ("Service Unsuspension Failed", "Service Unsuspension Failed"),
                ("Automatic Setup Failed", "Automatic Setup Failed"),
            ],
        ),
    ];
    for (kind, names) in shipped {
        for (name, subject) in names {
            template(state, kind, name, subject, false);
        }
    }
    template(state, "product", "Cloud VPS Ready", "Your server {$service_domain} is ready", true);
    template(state, "general", "Maintenance Notice", "Planned maintenance", true);
}

fn template(state: &mut State, kind: &str, name: &str, subject: &str, custom: bool) {
    state.email_templates.add(|id| EmailTemplate {
        id,
        kind: kind.to_owned(),
        name: name.to_owned(),
        subject: subject.to_owned(),
        custom,
        disabled: name == "Credit Card Expiring Soon",
    });
}
