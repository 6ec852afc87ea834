//! What an office leaves behind: announcements, to-dos, projects, logs, mails, a module queue.

use jiff::Span;
use rand::Rng;

use super::Plot;
use super::texts::ANNOUNCEMENTS;
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::model::projects::{Message, Project, Task, Timer};
use crate::whmcs::model::support::Announcement;
use crate::whmcs::model::system::{Activity, OAuthCredential, QueueEntry, Todo};
use crate::whmcs::state::next;

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    announcements(state, plot);
    todos(state, plot);
    projects(state, plot);
    queue(state, plot);
    oauth(state, plot);
    activity(state, plot);
    emails(state, plot);
}

fn announcements(state: &mut State, plot: &mut Plot<'_>) {
    for (number, (title, text)) in ANNOUNCEMENTS.iter().enumerate() {
        let date = plot.time_on(plot.days_ago(200 - number as i64 * 31));
        state.announcements.add(|id| Announcement {
            id,
            date,
            title: (*title).to_owned(),
            text: (*text).to_owned(),
            published: number != 4,
            created: date,
            updated: date,
        });
    }
}

fn todos(state: &mut State, plot: &mut Plot<'_>) {
    let all = [
        ("Renew wildcard certificate", "New", 12),
        ("Check price list of the server provider", "In Progress", 2),
        ("Call client 7 about the invoice address", "Pending", -3),
        ("Retire Rhea", "New", 40),
        ("Prepare year-end closing", "New", 38),
        ("Order new domain reseller contract", "Completed", -20),
        ("Review suspended services that still run", "New", -1),
    ];
    for (title, status, days) in all {
        let date = plot.days_ago(10);
        let due = plot.today.saturating_add(Span::new().days(days));
        state.todos.add(|id| Todo {
            id,
            date,
            title: title.to_owned(),
            description: String::new(),
            admin: 2 + id % 3,
            status: status.to_owned(),
            due: Some(due),
        });
    }
}

fn projects(state: &mut State, plot: &mut Plot<'_>) {
    for number in 0..plot.scaled(6.0) {
        let client = 1 + number * 37 % state.clients.len() as u64;
        let days = plot.rng.random_range(0..30);
        let modified = plot.time_on(plot.days_ago(days));
        let started = modified.saturating_sub(Span::new().days(20));
        let tasks = (0..plot.rng.random_range(1..5))
            .map(|task| {
                let id = next(&mut state.counters.task);
                let start = plot.rng.random_range(1_700_000_000..1_760_000_000_i64);
                Task {
                    id,
                    task: ["Collect requirements", "Set up servers", "Move data", "Acceptance"][task % 4].to_owned(),
                    notes: String::new(),
                    admin: 2,
                    created: started,
                    due: Some(modified.date()),
                    completed: task == 0,
                    billed: false,
                    timers: vec![Timer { id: next(&mut state.counters.timer), admin: 3, start, end: start + 5_400 }],
                }
            })
            .collect();
        let messages = vec![Message {
            id: next(&mut state.counters.message),
            date: modified,
            text: "Kick-off was on Monday.".to_owned(),
            admin: 2,
        }];
        state.projects.add(|id| Project {
            id,
            client,
            title: format!("Migration for client {client}"),
            tickets: String::new(),
            invoices: String::new(),
            notes: String::new(),
            admin: 2,
            status: ["Pending", "In Progress", "Awaiting", "Completed"][(number % 4) as usize].to_owned(),
            created: started.date(),
            due: Some(modified.date().saturating_add(Span::new().days(30))),
            completed: number % 4 == 3,
            modified,
            tasks,
            messages,
        });
    }
}

fn queue(state: &mut State, plot: &mut Plot<'_>) {
    let waiting: Vec<u64> = state
        .services
        .iter()
        .filter(|service| state.servers.get(service.server).is_some_and(|server| !server.reachable))
        .map(|service| service.id)
        .take(4)
        .collect();
    for (number, service) in waiting.into_iter().enumerate() {
        let at = plot.time_on(plot.days_ago(number as i64));
        state.module_queue.add(|id| QueueEntry {
            id,
            kind: "service".to_owned(),
            related: service,
            module: "cpanel".to_owned(),
            action: ["SuspendAccount", "CreateAccount", "TerminateAccount", "ChangePackage"][number % 4].to_owned(),
            last_attempt: at,
            error: "Could not connect to rhea.nordlicht.example:2087 (Connection timed out after 30001 milliseconds)"
                .to_owned(),
            retries: number as u32,
            completed: false,
            created: at,
            updated: at,
        });
    }
}

fn oauth(state: &mut State, plot: &mut Plot<'_>) {
    let at = plot.time_on(plot.days_ago(400));
    let (identifier, secret) = (format!("NORDLICHT.{}", letters(plot.rng, 22)), letters(plot.rng, 64));
    state.oauth.add(|id| OAuthCredential {
        id,
        name: "Status page".to_owned(),
        description: "Single sign-on for the status page".to_owned(),
        grant_type: "authorization_code".to_owned(),
        scope: "openid profile email".to_owned(),
        identifier,
        secret,
        service: 0,
        logo: String::new(),
        redirects: vec!["https://status.nordlicht.example/return".to_owned()],
        created: at,
        updated: at,
    });
}

fn activity(state: &mut State, plot: &mut Plot<'_>) {
    let count = plot.scaled(5_000.0);
    let mut days: Vec<i64> = (0..count).map(|_| plot.rng.random_range(0..90)).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    let clients = state.clients.len() as u64;
    for days in days {
        let date = plot.time_on(plot.days_ago(days));
        let client = plot.rng.random_range(1..=clients);
        let (description, user, admin, username) = match plot.rng.random_range(0..8) {
            0 => (format!("User Logged In - User ID: {client}"), client, 0, "Client".to_owned()),
            1 => (
                format!("Email Sent to Client {client} (Customer Invoice) - User ID: {client}"),
                0,
                0,
                "System".to_owned(),
            ),
            2 => (format!("Client Profile Modified - User ID: {client}"), client, 0, "Client".to_owned()),
            3 => ("Admin User Login".to_owned(), 0, 3, "jonas".to_owned()),
            4 => (format!("Attempting Credit Card Payment for Invoice ID {}", client * 7), 0, 0, "System".to_owned()),
            5 => (format!("Module Suspend Successful - Service ID: {client}"), 0, 0, "System".to_owned()),
            6 => (format!("Viewed Ticket #{}", client * 3), 0, 4, "sofia".to_owned()),
            _ => ("Cron Job: Starting".to_owned(), 0, 0, "System".to_owned()),
        };
        let about_client = !description.starts_with("Admin") && !description.starts_with("Cron");
        let ip = if user > 0 { format!("198.51.100.{}", client % 250) } else { String::new() };
        state.activity.add(|id| Activity {
            id,
            date,
            client: if about_client { client } else { 0 },
            user,
            admin,
            description,
            username,
            ip,
        });
    }
}

fn emails(state: &mut State, plot: &mut Plot<'_>) {
    let latest = usize::try_from(plot.scaled(1_500.0)).unwrap_or(usize::MAX);
    let skip = state.invoices.len().saturating_sub(latest);
    let mails: Vec<(u64, u64, jiff::civil::DateTime, String)> = state
        .invoices
        .rows()
        .iter()
        .skip(skip)
        .map(|invoice| (invoice.client, invoice.id, invoice.created, invoice.total.to_string()))
        .collect();
    for (client, invoice, at, total) in mails {
        let text = format!("This is a notice that invoice #{invoice} over {total} has been generated.");
        state.send_mail(client, "Customer Invoice", &text, at);
    }
}
