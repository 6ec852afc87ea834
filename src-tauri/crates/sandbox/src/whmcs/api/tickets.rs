//! <https://developers.whmcs.com/api/api-index/#tickets>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::dialect::Version;
use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, moment, refuse, success};
use crate::whmcs::model::support::{Attachment, Author, Ticket, TicketStatus};
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::Params;
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[
    action("GetSupportDepartments", get_support_departments),
    action("GetSupportStatuses", get_support_statuses),
    action("GetTicket", get_ticket),
    action("GetTicketAttachment", get_ticket_attachment),
    action("GetTicketCounts", get_ticket_counts),
    action("GetTicketNotes", get_ticket_notes),
    action("GetTicketPredefinedCats", get_ticket_predefined_cats),
    action("GetTicketPredefinedReplies", get_ticket_predefined_replies),
    action("GetTickets", get_tickets),
];

/// The departments whose tickets the caller gets to see.
fn departments(desk: &Desk<'_>, all: bool) -> Vec<u64> {
    let assigned = desk.state.admins.get(desk.caller.admin).map(|admin| admin.departments.clone()).unwrap_or_default();
    let known = desk.state.departments.iter().map(|one| one.id);
    known.filter(|id| all || assigned.contains(id)).collect()
}

/// <https://developers.whmcs.com/api-reference/getsupportdepartments/>
fn get_support_departments(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let shown = departments(desk, params.flag("ignore_dept_assignments"));
    let rows: Vec<Value> = desk
        .state
        .departments
        .iter()
        .filter(|one| shown.contains(&one.id))
        .map(|one| {
            let mine = || desk.state.tickets.iter().filter(|ticket| ticket.department == one.id);
            json!({
                "id": one.id.to_string(),
                "name": one.name,
                "awaitingreply": mine().filter(|ticket| ticket.status.awaiting()).count().to_string(),
                "opentickets": mine().filter(|ticket| ticket.status.active()).count().to_string(),
            })
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "departments": {"department": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getsupportstatuses/>
fn get_support_statuses(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let department = params.id("deptid");
    let tickets = || desk.state.tickets.iter().filter(|one| department.is_none_or(|id| one.department == id));
    let rows: Vec<Value> = TicketStatus::ALL
        .iter()
        .map(|status| {
            let count = tickets().filter(|one| one.status == *status).count();
            json!({"title": status.text(), "count": count, "color": status.colour()})
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "statuses": {"status": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getticketcounts/>
fn get_ticket_counts(desk: &mut Desk<'_>, params: &Params) -> Answer {
    // Before 9.0 the assignments were not looked at.
    let all = params.flag("ignoreDepartmentAssignments") || desk.version < Version::V9;
    let shown = departments(desk, all);
    let tickets = || desk.state.tickets.iter().filter(|one| shown.contains(&one.department));
    let mut answer = success(json!({
        "filteredDepartments": shown,
        "allActive": tickets().filter(|one| one.status.active()).count(),
        "awaitingReply": tickets().filter(|one| one.status.awaiting()).count(),
        "flaggedTickets": tickets().filter(|one| one.status.active() && one.flag == desk.caller.admin).count(),
    }));
    if params.flag("includeCountsByStatus") {
        let by_status: Map<String, Value> = TicketStatus::ALL
            .iter()
            .map(|status| {
                let slug = status.text().to_lowercase().replace([' ', '-'], "");
                let count = tickets().filter(|one| one.status == *status).count();
                (slug, json!({"title": status.text(), "count": count}))
            })
            .collect();
        answer["status"] = by_status.into();
    }
    Ok(answer)
}

/// <https://developers.whmcs.com/api-reference/gettickets/>
fn get_tickets(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let shown = departments(desk, params.flag("ignore_dept_assignments"));
    let (department, client) = (params.id("deptid"), params.id("clientid"));
    let (email, subject) = (params.text("email"), params.text("subject").map(str::to_lowercase));
    let mut rows: Vec<&Ticket> = state
        .tickets
        .iter()
        .filter(|one| shown.contains(&one.department))
        .filter(|one| department.is_none_or(|id| one.department == id))
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| has_status(one, params.text("status"), desk.caller.admin))
        .filter(|one| subject.as_deref().is_none_or(|text| one.subject.to_lowercase().contains(text)))
        .filter(|one| match (email, &one.author) {
            (None, _) => true,
            (Some(wanted), Author::Guest { email, .. }) => email.eq_ignore_ascii_case(wanted),
            _ => false,
        })
        .collect();
    // The one that was written to last comes first.
    rows.sort_unstable_by_key(|one| std::cmp::Reverse((one.last_reply, one.id)));
    Ok(list(params, Counts::TextTotal, ("tickets", "ticket"), &rows, |one| row(state, one)))
}

fn has_status(ticket: &Ticket, wanted: Option<&str>, admin: u64) -> bool {
    match wanted.map(str::to_lowercase).as_deref() {
        None => true,
        Some("awaiting reply") => ticket.status.awaiting(),
        Some("all active tickets") => ticket.status.active(),
        Some("my flagged tickets") => ticket.status.active() && ticket.flag == admin,
        Some(name) => ticket.status.text().to_lowercase() == name,
    }
}

/// Name, address and kind of whoever wrote something.
struct Writer {
    user: u64,
    contact: u64,
    name: String,
    email: String,
    kind: &'static str,
    admin: String,
}

fn writer(state: &State, client: u64, author: &Author) -> Writer {
    let nobody = Writer {
        user: client,
        contact: 0,
        name: String::new(),
        email: String::new(),
        kind: "Guest",
        admin: String::new(),
    };
    match author {
        Author::Admin(name) => Writer { kind: "Operator", admin: name.clone(), name: name.clone(), ..nobody },
        Author::Guest { name, email } => Writer { user: 0, name: name.clone(), email: email.clone(), ..nobody },
        Author::Contact(id) => match state.contacts.get(*id) {
            Some(one) => Writer {
                contact: *id,
                name: one.address.full_name(),
                email: one.address.email.clone(),
                kind: "Sub-account",
                ..nobody
            },
            None => nobody,
        },
        Author::Client { user } => {
            let Some(one) = state.clients.get(client) else { return nobody };
            let owner = *user == 0 || one.owner() == *user;
            match state.users.get(*user).filter(|_| !owner) {
                Some(user) => Writer {
                    name: format!("{} {}", user.firstname, user.lastname),
                    email: user.email.clone(),
                    kind: "Authorized User",
                    ..nobody
                },
                None => {
                    Writer { name: one.address.full_name(), email: one.address.email.clone(), kind: "Owner", ..nobody }
                }
            }
        }
    }
}

/// The joined list of old, and the records; none is written as a list that holds an empty list.
fn attachments(files: &[Attachment]) -> (String, Value) {
    let joined = files.iter().map(|file| file.stored.as_str()).collect::<Vec<_>>().join("|");
    let records: Vec<Value> =
        files.iter().enumerate().map(|(index, file)| json!({"filename": file.filename(), "index": index})).collect();
    (joined, if records.is_empty() { json!([[]]) } else { records.into() })
}

fn row(state: &State, one: &Ticket) -> Value {
    let from = writer(state, one.client, &one.author);
    let owner = state.clients.get(one.client).map(|client| client.address.full_name()).unwrap_or_default();
    let (joined, records) = attachments(&one.attachments);
    json!({
        "id": one.id.to_string(),
        "tid": one.number,
        "deptid": one.department.to_string(),
        "deptname": department_name(state, one.department),
        "userid": one.client.to_string(),
        "contactid": from.contact.to_string(),
        "name": from.name,
        "owner_name": owner,
        "email": from.email,
        "requestor_name": from.name,
        "requestor_email": from.email,
        "requestor_type": from.kind,
        "cc": one.cc,
        "c": one.code,
        "date": moment(one.date),
        "subject": one.subject,
        "status": one.status.text(),
        "priority": one.priority.text(),
        "admin": from.admin,
        "attachment": joined,
        "attachments": records,
        "attachments_removed": one.attachments_removed,
        "lastreply": moment(one.last_reply),
        "flag": one.flag.to_string(),
        "service": one.service,
    })
}

fn department_name(state: &State, id: u64) -> &str {
    state.departments.get(id).map(|one| one.name.as_str()).unwrap_or_default()
}

/// The ticket named by `ticketid` or `ticketnum`.
pub(super) fn find<'d>(desk: &'d Desk<'_>, params: &Params, refusal: &str) -> Result<&'d Ticket, Refusal> {
    let by_number = || desk.state.tickets.iter().find(|one| Some(one.number.as_str()) == params.text("ticketnum"));
    params.id("ticketid").map_or_else(by_number, |id| desk.state.tickets.get(id)).or_refuse(refusal)
}

/// <https://developers.whmcs.com/api-reference/getticket/>
fn get_ticket(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let one = find(desk, params, "Ticket ID Not Found")?;
    let from = writer(state, one.client, &one.author);
    let opening = message(state, one, (0, &one.author, &one.attachments), &moment(one.date), &one.message, None);
    let mut replies = vec![opening];
    replies.extend(one.replies.iter().map(|reply| {
        let head = (reply.id, &reply.author, &reply.attachments[..]);
        message(state, one, head, &moment(reply.date), &reply.message, Some(reply.rating))
    }));
    if params.text("repliessort").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        replies.reverse();
    }
    let notes: Vec<Value> = one
        .notes
        .iter()
        .map(|note| {
            let (joined, records) = attachments(&note.attachments);
            json!({
                "noteid": note.id.to_string(),
                "date": moment(note.date),
                "message": note.message,
                "attachment": joined,
                "attachments": records,
                "attachments_removed": one.attachments_removed,
                "admin": note.admin,
            })
        })
        .collect();
    Ok(success(json!({
        "ticketid": one.id.to_string(),
        "tid": one.number,
        "c": one.code,
        "deptid": one.department.to_string(),
        "deptname": department_name(state, one.department),
        "userid": one.client.to_string(),
        "contactid": from.contact.to_string(),
        "name": from.name,
        "email": from.email,
        "requestor_name": from.name,
        "requestor_email": from.email,
        "requestor_type": from.kind,
        "cc": one.cc,
        "date": moment(one.date),
        "subject": one.subject,
        "status": one.status.text(),
        "priority": one.priority.text(),
        "admin": from.admin,
        "lastreply": moment(one.last_reply),
        "flag": one.flag.to_string(),
        "service": one.service,
        "replies": {"reply": replies},
        "notes": {"note": notes},
    })))
}

fn message(
    state: &State,
    ticket: &Ticket,
    (id, author, files): (u64, &Author, &[Attachment]),
    date: &str,
    text: &str,
    rating: Option<u8>,
) -> Value {
    let from = writer(state, ticket.client, author);
    let staff = from.kind == "Operator";
    let (joined, records) = attachments(files);
    let mut fields = json!({
        "replyid": id.to_string(),
        "userid": from.user.to_string(),
        "contactid": from.contact.to_string(),
        "name": if staff { "" } else { from.name.as_str() },
        "email": from.email,
        "requestor_name": from.name,
        "requestor_email": from.email,
        "requestor_type": from.kind,
        "date": date,
        "message": text,
        "attachment": joined,
        "attachments": records,
        "attachments_removed": ticket.attachments_removed,
        "admin": from.admin,
    });
    if let Some(rating) = rating {
        fields["rating"] = rating.to_string().into();
    }
    fields
}

/// <https://developers.whmcs.com/api-reference/getticketattachment/>
fn get_ticket_attachment(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.id("relatedid").or_refuse("Related ID Required")?;
    let tickets = &desk.state.tickets;
    let found = match params.text("type").unwrap_or_default() {
        "ticket" => tickets.get(id).map(|one| (one, &one.attachments)),
        "reply" => tickets
            .iter()
            .find_map(|one| one.replies.iter().find(|reply| reply.id == id).map(|reply| (one, &reply.attachments))),
        "note" => tickets
            .iter()
            .find_map(|one| one.notes.iter().find(|note| note.id == id).map(|note| (one, &note.attachments))),
        _ => return refuse("Invalid Type. Must be one of ticket, reply, note"),
    };
    let (ticket, files) = found.or_refuse("Related ID Not Found")?;
    let index = params.int("index").or_refuse("Attachment Index Required")?;
    if files.is_empty() {
        return refuse("No Attachments Found");
    }
    if ticket.attachments_removed {
        return refuse("Attachments Deleted");
    }
    let file = usize::try_from(index).ok().and_then(|index| files.get(index)).or_refuse("Invalid Attachment Index")?;
    Ok(success(json!({"filename": file.filename(), "data": STANDARD.encode(&file.data)})))
}

/// <https://developers.whmcs.com/api-reference/getticketnotes/>
fn get_ticket_notes(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let one = find(desk, params, "Ticket ID Not Found")?;
    let rows: Vec<Value> = one
        .notes
        .iter()
        .map(|note| {
            json!({
                "id": note.id.to_string(),
                "admin": note.admin,
                "date": moment(note.date),
                "message": note.message,
                "attachment": attachments(&note.attachments).0,
                "attachments_removed": one.attachments_removed,
            })
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "notes": {"note": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getticketpredefinedcats/>
fn get_ticket_predefined_cats(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let state = &*desk.state;
    let rows: Vec<Value> = state
        .predefined_categories
        .iter()
        .map(|one| {
            let count = state.predefined_replies.iter().filter(|reply| reply.category == one.id).count();
            json!({
                "id": one.id.to_string(),
                "parentid": one.parent.to_string(),
                "name": one.name,
                "replycount": count.to_string(),
            })
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len().to_string(), "categories": {"category": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getticketpredefinedreplies/>
fn get_ticket_predefined_replies(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let category = params.id("catid");
    let rows: Vec<Value> = desk
        .state
        .predefined_replies
        .iter()
        .filter(|one| category.is_none_or(|id| one.category == id))
        .map(|one| json!({"name": one.name, "reply": one.text}))
        .collect();
    Ok(success(json!({"totalresults": rows.len().to_string(), "predefinedreplies": {"predefinedreply": rows}})))
}
