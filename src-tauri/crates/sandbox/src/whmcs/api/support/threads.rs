//! Opening tickets, answering them, noting on them.

use rand::Rng;
use serde_json::json;

use super::writing::{read_author, read_created, read_files};
use crate::journal::Effect;
use crate::whmcs::access::letters;
use crate::whmcs::api::tickets::find;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, refuse, success};
use crate::whmcs::model::support::{Author, Priority, Reply, Ticket, TicketNote, TicketStatus};
use crate::whmcs::params::Params;
use crate::whmcs::state::next;

/// <https://developers.whmcs.com/api-reference/openticket/>
pub(super) fn open_ticket(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let department = params.id("deptid").filter(|id| desk.state.departments.get(*id).is_some());
    let (client, author) = read_author(desk, params)?;
    let department = department.or_refuse("Department ID not found")?;
    let subject = params.text("subject").or_refuse("Subject is required")?.to_owned();
    let message =
        params.raw("message").filter(|text| !text.trim().is_empty()).or_refuse("Message is required")?.to_owned();
    let service = related(desk, params, client)?;
    let date = read_created(desk, params, "Ticket creation date cannot be in the future")?;
    if let Author::Guest { email, .. } = &author
        && desk.state.blocked_senders.iter().any(|blocked| blocked.eq_ignore_ascii_case(email))
    {
        return refuse("Unable to generate ticket number");
    }
    let attachments = read_files(desk, params);
    let author = if params.flag("admin") { Author::Admin(desk.admin_name()) } else { author };
    let (number, code) = (free_number(desk)?, letters(desk.rng, 8));
    let ticket = Ticket {
        id: 0,
        number: number.clone(),
        code: code.clone(),
        department,
        client,
        author,
        cc: String::new(),
        date,
        subject: subject.clone(),
        message,
        attachments,
        attachments_removed: false,
        status: TicketStatus::Open,
        priority: params.text("priority").and_then(Priority::parse).unwrap_or(Priority::Medium),
        last_reply: date,
        flag: 0,
        service,
        replies: Vec::new(),
        notes: Vec::new(),
        custom_fields: Vec::new(),
        prevent_closure: params.flag("preventClientClosure"),
    };
    let id = desk.state.tickets.add(|id| Ticket { id, ..ticket });
    desk.note(Effect::Created, "ticket", id, json!({"client": client, "department": department, "subject": subject}));
    desk.log(client, format!("New Support Ticket Opened - Ticket ID: {number}"));
    if !params.flag("noemail") {
        desk.mail(client, &format!("[Ticket ID: {number}] {subject}"), "We have received your ticket.");
    }
    Ok(success(json!({"id": id.to_string(), "tid": number, "c": code})))
}

fn free_number(desk: &mut Desk<'_>) -> Result<String, Refusal> {
    for _ in 0..50 {
        let number = format!("{:06}", desk.rng.random_range(100_000..999_999));
        if !desk.state.tickets.iter().any(|one| one.number == number) {
            return Ok(number);
        }
    }
    refuse("Unable to generate ticket number")
}

fn related(desk: &Desk<'_>, params: &Params, client: u64) -> Result<String, Refusal> {
    if let Some(id) = params.id("serviceid") {
        let own = desk.state.services.get(id).is_some_and(|one| one.client == client);
        return own.then(|| format!("S{id}")).or_refuse("Service ID Not Found");
    }
    if let Some(id) = params.id("domainid") {
        let own = desk.state.domains.get(id).is_some_and(|one| one.client == client);
        return own.then(|| format!("D{id}")).or_refuse("Domain ID Not Found");
    }
    Ok(String::new())
}

/// <https://developers.whmcs.com/api-reference/addticketreply/>
pub(super) fn add_ticket_reply(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let ticket = find(desk, params, "Ticket ID not found")?;
    let (id, client, number, subject) = (ticket.id, ticket.client, ticket.number.clone(), ticket.subject.clone());
    let staff = params.text("adminusername").map(str::to_owned);
    let author = match &staff {
        Some(username) => {
            let admin = desk.state.admins.iter().find(|admin| admin.username.eq_ignore_ascii_case(username));
            Author::Admin(admin.map_or_else(|| username.clone(), |admin| admin.full_name()))
        }
        None => read_author(desk, params)?.1,
    };
    let message =
        params.raw("message").filter(|text| !text.trim().is_empty()).or_refuse("Message is required")?.to_owned();
    let status = match params.text("status") {
        Some(text) => TicketStatus::parse(text).or_refuse("Invalid Ticket Status")?,
        None if staff.is_some() => TicketStatus::Answered,
        None => TicketStatus::CustomerReply,
    };
    let date = read_created(desk, params, "Reply creation date cannot be in the future")?;
    let attachments = read_files(desk, params);
    let reply = next(&mut desk.state.counters.reply);
    if let Some(ticket) = desk.state.tickets.get_mut(id) {
        ticket.replies.push(Reply { id: reply, author, date, message, attachments, rating: 0 });
        ticket.status = status;
        ticket.last_reply = ticket.last_reply.max(date);
    }
    desk.note(Effect::Created, "ticket_reply", reply, json!({"ticket": id, "staff": staff, "status": status.text()}));
    desk.log(client, format!("New Ticket Response - Ticket ID: {number}"));
    if staff.is_some() && !params.flag("noemail") {
        desk.mail(client, &format!("[Ticket ID: {number}] {subject}"), "There is an answer to your ticket.");
    }
    done()
}

/// <https://developers.whmcs.com/api-reference/addticketnote/>
pub(super) fn add_ticket_note(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Ticket ID not found")?.id;
    let message =
        params.raw("message").filter(|text| !text.trim().is_empty()).or_refuse("Message is required")?.to_owned();
    let date = read_created(desk, params, "Ticket creation date cannot be in the future")?;
    let (admin, attachments) = (desk.admin_name(), read_files(desk, params));
    let note = next(&mut desk.state.counters.note);
    if let Some(ticket) = desk.state.tickets.get_mut(id) {
        ticket.notes.push(TicketNote { id: note, admin, date, message, attachments });
    }
    desk.note(Effect::Created, "ticket_note", note, json!({"ticket": id}));
    done()
}
