//! Changing, merging and erasing tickets.

use serde_json::json;

use super::writing::read_created;
use crate::journal::Effect;
use crate::whmcs::api::fields;
use crate::whmcs::api::tickets::find;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, done, refuse, success};
use crate::whmcs::model::support::{Author, Priority, Reply, TicketStatus};
use crate::whmcs::params::Params;
use crate::whmcs::state::next;

/// <https://developers.whmcs.com/api-reference/updateticket/>
pub(super) fn update_ticket(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let ticket = find(desk, params, "Ticket ID Not Found")?;
    let (id, client, number, date) = (ticket.id, ticket.client, ticket.number.clone(), ticket.date);
    let department = match params.id("deptid") {
        Some(id) => Some(desk.state.departments.get(id).or_refuse("Department ID Not Found")?.id),
        None => None,
    };
    let priority = match params.text("priority") {
        Some(text) => {
            let refusal = "Invalid Ticket Priority. Valid priorities are: Low,Medium,High";
            Some(Priority::parse(text).or_refuse(refusal)?)
        }
        None => None,
    };
    let status = match params.text("status") {
        Some(text) => {
            let valid: Vec<&str> = TicketStatus::ALL.iter().map(|one| one.text()).collect();
            let refusal = format!("Invalid Ticket Status. Valid statuses are: {}", valid.join(","));
            Some(TicketStatus::parse(text).or_refuse(&refusal)?)
        }
        None => None,
    };
    let date = if params.has("created") {
        read_created(desk, params, "Ticket creation date cannot be in the future")?
    } else {
        date
    };
    let Some(ticket) = desk.state.tickets.get_mut(id) else { return refuse("Ticket ID Not Found") };
    let before = json!({"status": ticket.status.text(), "department": ticket.department, "flag": ticket.flag});
    ticket.department = department.unwrap_or(ticket.department);
    ticket.priority = priority.unwrap_or(ticket.priority);
    ticket.status = status.unwrap_or(ticket.status);
    ticket.date = date;
    ticket.client = params.id("userid").unwrap_or(ticket.client);
    ticket.flag = params.id("flag").unwrap_or(ticket.flag);
    if params.flag("removeFlag") {
        ticket.flag = 0;
    }
    for (name, field) in [("subject", &mut ticket.subject), ("cc", &mut ticket.cc), ("message", &mut ticket.message)] {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    if let Author::Guest { name, email } = &mut ticket.author {
        params.text("name").unwrap_or(name).to_owned().clone_into(name);
        params.text("email").unwrap_or(email).to_owned().clone_into(email);
    }
    ticket.prevent_closure = params.set_flag("preventClientClosure").unwrap_or(ticket.prevent_closure);
    fields::set(&mut ticket.custom_fields, params.serialized("customfields").as_ref());
    let after = json!({"status": ticket.status.text(), "department": ticket.department, "flag": ticket.flag});
    desk.note(Effect::Updated, "ticket", id, json!({"before": before, "after": after}));
    desk.log(client, format!("Modified Ticket - Ticket ID: {number}"));
    Ok(success(json!({"ticketid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/updateticketreply/>
pub(super) fn update_ticket_reply(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.id("replyid").or_refuse("Reply ID Required")?;
    let message = params.raw("message").filter(|text| !text.trim().is_empty()).or_refuse("Message is Required")?;
    let date = read_created(desk, params, "Reply creation date cannot be in the future")?;
    let reply = desk.state.tickets.iter_mut().flat_map(|one| one.replies.iter_mut()).find(|reply| reply.id == id);
    let reply = reply.or_refuse("Reply ID Not Found")?;
    message.clone_into(&mut reply.message);
    if params.has("created") {
        reply.date = date;
    }
    desk.note(Effect::Updated, "ticket_reply", id, json!({}));
    Ok(success(json!({"replyid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/mergeticket/>
pub(super) fn merge_ticket(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("ticketid").or_refuse("Ticket ID Required")?;
    let into = find(desk, params, "Ticket ID Invalid")?.id;
    let list = params.text("mergeticketids").or_refuse("Merge Ticket IDs Required")?;
    let ids: Vec<&str> = list.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    let unknown: Vec<&str> = ids
        .iter()
        .copied()
        .filter(|id| id.parse().map_or(true, |id| id == into || desk.state.tickets.get(id).is_none()))
        .collect();
    if !unknown.is_empty() {
        return refuse(format!("Invalid Merge Ticket IDs: {}", unknown.join(", ")));
    }
    for id in ids.iter().filter_map(|id| id.parse().ok()) {
        let Some(other) = desk.state.tickets.remove(id) else { continue };
        let opening = Reply {
            id: next(&mut desk.state.counters.reply),
            author: other.author,
            date: other.date,
            message: other.message,
            attachments: other.attachments,
            rating: 0,
        };
        if let Some(ticket) = desk.state.tickets.get_mut(into) {
            ticket.replies.push(opening);
            ticket.replies.extend(other.replies);
            ticket.replies.sort_by_key(|reply| (reply.date, reply.id));
            ticket.notes.extend(other.notes);
            ticket.last_reply = ticket.last_reply.max(other.last_reply);
        }
        desk.note(Effect::Deleted, "ticket", id, json!({"merged_into": into}));
    }
    if let (Some(subject), Some(ticket)) = (params.text("newsubject"), desk.state.tickets.get_mut(into)) {
        subject.clone_into(&mut ticket.subject);
    }
    desk.note(Effect::Updated, "ticket", into, json!({"merged": ids.len()}));
    desk.log(0, format!("Merged Tickets {} into {into}", ids.join(", ")));
    Ok(success(json!({"ticketid": into.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/deleteticket/>
pub(super) fn delete_ticket(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let ticket = find(desk, params, "Ticket ID not found")?;
    let (id, client, number) = (ticket.id, ticket.client, ticket.number.clone());
    desk.state.tickets.remove(id);
    desk.note(Effect::Deleted, "ticket", id, json!({}));
    desk.log(client, format!("Deleted Ticket - Ticket ID: {number}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/deleteticketreply/>
pub(super) fn delete_ticket_reply(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("ticketid").or_refuse("Ticket ID Required")?;
    let reply = params.id("replyid").or_refuse("Reply ID Required")?;
    let ticket = find(desk, params, "Ticket ID Not Found")?.id;
    let Some(ticket) = desk.state.tickets.get_mut(ticket) else { return refuse("Ticket ID Not Found") };
    let before = ticket.replies.len();
    ticket.replies.retain(|one| one.id != reply);
    if ticket.replies.len() == before {
        return refuse("Reply ID Not Found");
    }
    let ticket = ticket.id;
    desk.note(Effect::Deleted, "ticket_reply", reply, json!({"ticket": ticket}));
    done()
}

/// <https://developers.whmcs.com/api-reference/deleteticketnote/>
pub(super) fn delete_ticket_note(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.id("noteid").or_refuse("Note ID Not Found")?;
    let ticket = desk.state.tickets.iter_mut().find(|one| one.notes.iter().any(|note| note.id == id));
    ticket.or_refuse("Note ID Not Found")?.notes.retain(|note| note.id != id);
    desk.note(Effect::Deleted, "ticket_note", id, json!({}));
    done()
}

/// <https://developers.whmcs.com/api-reference/blockticketsender/>
pub(super) fn block_ticket_sender(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("ticketid").or_refuse("Ticket ID Required")?;
    let ticket = find(desk, params, "Ticket ID Not Found")?;
    let id = ticket.id;
    let Author::Guest { email, .. } = &ticket.author else { return refuse("A Client Cannot Be Blocked") };
    let email = email.clone();
    desk.note(Effect::Created, "blocked_sender", &email, json!({"ticket": id}));
    desk.state.blocked_senders.push(email);
    let delete = params.flag("delete");
    if delete {
        desk.state.tickets.remove(id);
        desk.note(Effect::Deleted, "ticket", id, json!({}));
    }
    Ok(success(json!({"deleted": if delete { "true" } else { "false" }})))
}
