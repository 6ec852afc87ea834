//! Tickets with their threads.

use std::sync::Arc;

use jiff::Span;
use jiff::civil::DateTime;
use rand::Rng;

use super::Plot;
use super::texts::{HOSTILE, PREPARED, TOPICS};
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::model::people::Client;
use crate::whmcs::model::services::{Service, ServiceStatus};
use crate::whmcs::model::support::{
    Attachment, Author, PredefinedCategory, PredefinedReply, Priority, Reply, Ticket, TicketNote, TicketStatus,
};
use crate::whmcs::state::next;

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    prepared(state);
    let mut by_client: std::collections::BTreeMap<u64, Vec<u64>> = std::collections::BTreeMap::new();
    for service in state.services.iter().filter(|service| service.status != ServiceStatus::Fraud) {
        by_client.entry(service.client).or_default().push(service.id);
    }
    let count = plot.scaled(600.0);
    let mut days: Vec<i64> = (0..count).map(|_| (plot.rng.random::<f64>().powi(2) * 900.0) as i64).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    for (number, days) in days.into_iter().enumerate() {
        ticket(state, plot, &by_client, number, days);
    }
}

fn prepared(state: &mut State) {
    for (category, name, text) in PREPARED {
        let known = state.predefined_categories.iter().find(|one| one.name == *category).map(|one| one.id);
        let category = known.unwrap_or_else(|| {
            state.predefined_categories.add(|id| PredefinedCategory { id, parent: 0, name: (*category).to_owned() })
        });
        state.predefined_replies.add(|id| PredefinedReply {
            id,
            category,
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        });
    }
}

/// Fills the blanks of a text.
struct Blanks {
    name: String,
    company: String,
    domain: String,
    ip: String,
    staff: String,
}

impl Blanks {
    fn fill(&self, text: &str) -> String {
        text.replace("{name}", &self.name)
            .replace("{company}", &self.company)
            .replace("{domain}", &self.domain)
            .replace("{ip}", &self.ip)
            .replace("{staff}", &self.staff)
    }
}

fn blanks(client: &Client, service: Option<&Service>, staff: &str) -> Blanks {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    Blanks {
        name: client.address.full_name(),
        company: client.address.companyname.clone(),
        domain: or(service.map_or("", |service| &service.domain), "our website"),
        ip: or(service.map_or("", |service| &service.dedicated_ip), "203.0.113.9"),
        staff: staff.to_owned(),
    }
}

fn ticket(
    state: &mut State,
    plot: &mut Plot<'_>,
    services: &std::collections::BTreeMap<u64, Vec<u64>>,
    number: usize,
    days: i64,
) {
    let client_id = plot.rng.random_range(1..=state.clients.len() as u64);
    let staff = state.admins.get(plot.rng.random_range(2..6)).map(|admin| admin.full_name()).unwrap_or_default();
    let topic = &TOPICS[plot.rng.random_range(0..TOPICS.len())];
    let service_id = services.get(&client_id).filter(|_| topic.service).map(|ids| ids[number % ids.len()]);
    let Some(client) = state.clients.get(client_id) else { return };
    let service = service_id.and_then(|id| state.services.get(id));
    let blanks = blanks(client, service, &staff);
    let (subject, message) = if number % 75 == 20 {
        let (subject, message) = HOSTILE[number / 75 % HOSTILE.len()];
        (subject.to_owned(), message.to_owned())
    } else {
        (blanks.fill(topic.subject), blanks.fill(topic.opening))
    };
    // One in twelve comes by mail from somebody unknown.
    let guest = number % 12 == 5;
    let author = if guest {
        Author::Guest { name: blanks.name.clone(), email: client.address.email.replace('@', "+private@") }
    } else {
        Author::Client { user: client.owner() }
    };
    let date = plot.time_on(plot.days_ago(days));
    let turns = if days > 9 { topic.turns.len() } else { plot.rng.random_range(0..=topic.turns.len()) };
    let replies = thread(&mut state.counters.reply, plot, &author, &blanks, date, &topic.turns[..turns]);
    let last_reply = replies.last().map_or(date, |reply| reply.date);
    let attachments = if number % 14 == 3 { vec![attachment(plot)] } else { Vec::new() };
    let status = status(plot, replies.len(), days);
    let notes = note(&mut state.counters.note, plot, &staff, date, number);
    let public = format!("{:06}", (100_000 + number * 7_919) % 1_000_000);
    let code = letters(plot.rng, 8);
    let priority = plot.pick(&[Priority::Low, Priority::Medium, Priority::Medium, Priority::Medium, Priority::High]);
    let flag = if status.active() && number % 4 == 1 { plot.rng.random_range(1..6) } else { 0 };
    state.tickets.add(|id| Ticket {
        id,
        number: public,
        code,
        department: topic.department,
        client: if guest { 0 } else { client_id },
        author,
        cc: if number % 30 == 8 { "colleague@partner.example".to_owned() } else { String::new() },
        date,
        subject,
        message,
        attachments,
        attachments_removed: days > 700,
        status,
        priority,
        last_reply,
        flag,
        service: service_id.filter(|_| !guest).map(|id| format!("S{id}")).unwrap_or_default(),
        replies,
        notes,
        custom_fields: Vec::new(),
        prevent_closure: false,
    });
}

/// Nobody works on a ticket for ever: old ones are closed.
fn status(plot: &mut Plot<'_>, turns: usize, days: i64) -> TicketStatus {
    if days > 60 || (days > 9 && plot.chance(0.8)) {
        return TicketStatus::Closed;
    }
    match (turns, plot.rng.random_range(0..10)) {
        (_, 0) => TicketStatus::OnHold,
        (_, 1) => TicketStatus::InProgress,
        (0, _) => TicketStatus::Open,
        (turns, _) if turns % 2 == 0 => TicketStatus::CustomerReply,
        _ => TicketStatus::Answered,
    }
}

fn thread(
    counter: &mut u64,
    plot: &mut Plot<'_>,
    author: &Author,
    blanks: &Blanks,
    from: DateTime,
    turns: &[&str],
) -> Vec<Reply> {
    let mut at = from;
    let mut replies = Vec::with_capacity(turns.len());
    for (turn, text) in turns.iter().enumerate() {
        at = at.saturating_add(Span::new().minutes(plot.rng.random_range(4..900)));
        if at > plot.now {
            break;
        }
        let by_staff = turn % 2 == 0;
        replies.push(Reply {
            id: next(counter),
            author: if by_staff { Author::Admin(blanks.staff.clone()) } else { author.clone() },
            date: at,
            message: blanks.fill(text),
            attachments: Vec::new(),
            rating: if by_staff && plot.chance(0.1) { 5 } else { 0 },
        });
    }
    replies
}

fn attachment(plot: &mut Plot<'_>) -> Attachment {
    let name = plot.pick(&["screenshot.png", "syslog.txt", "traceroute.txt", "Rechnung März.pdf", "../../etc/passwd"]);
    let text = format!("This stands for {name}.\n");
    let data: Arc<[u8]> = if name.ends_with(".png") { PIXEL.into() } else { text.into_bytes().into() };
    Attachment { stored: format!("{:06}_{name}", plot.rng.random_range(100_000..999_999)), data }
}

/// The smallest picture: one transparent dot.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1,
    0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

fn note(counter: &mut u64, plot: &mut Plot<'_>, staff: &str, date: DateTime, number: usize) -> Vec<TicketNote> {
    if number % 10 != 4 {
        return Vec::new();
    }
    let text = plot.pick(&[
        "Called the client, no answer. Will try again tomorrow.",
        "Third time this month. Suggest the bigger plan.",
        "Looks like a compromised WordPress.",
        "Escalated to the server provider.",
    ]);
    vec![TicketNote {
        id: next(counter),
        admin: staff.to_owned(),
        date: date.saturating_add(Span::new().minutes(3)).min(plot.now),
        message: text.to_owned(),
        attachments: Vec::new(),
    }]
}
