//! Announcements, client notes, and wishes to end a service.

use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, moment, one, refuse, success};
use crate::whmcs::model::people::ClientNote;
use crate::whmcs::model::services::CancelRequest;
use crate::whmcs::model::support::Announcement;
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/addannouncement/>
pub(super) fn add_announcement(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let now = desk.now();
    let id = desk.state.announcements.add(|id| Announcement {
        id,
        date: params.moment("date").unwrap_or(now),
        title: params.string("title"),
        text: params.raw("announcement").unwrap_or_default().to_owned(),
        published: params.flag("published"),
        created: now,
        updated: now,
    });
    desk.note(Effect::Created, "announcement", id, json!({}));
    desk.log(0, format!("Added Announcement - ID: {id}"));
    Ok(success(json!({"announcementid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/updateannouncement/>
pub(in crate::whmcs::api) fn update_announcement(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let now = desk.now();
    let found = params.id("announcementid").and_then(|id| desk.state.announcements.get_mut(id));
    let announcement = found.or_refuse("Announcement ID Not Found")?;
    for (name, field) in [("title", &mut announcement.title), ("announcement", &mut announcement.text)] {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    announcement.date = params.moment("date").unwrap_or(announcement.date);
    announcement.published = params.set_flag("published").unwrap_or(announcement.published);
    announcement.updated = now;
    let id = announcement.id;
    desk.note(Effect::Updated, "announcement", id, json!({}));
    Ok(success(json!({"announcementid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/deleteannouncement/>
pub(super) fn delete_announcement(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let found = params.id("announcementid").and_then(|id| desk.state.announcements.remove(id));
    let id = found.or_refuse("Announcement ID Not Found")?.id;
    desk.note(Effect::Deleted, "announcement", id, json!({}));
    Ok(success(json!({"announcementid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/getannouncements/>
pub(super) fn get_announcements(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let mut rows: Vec<&Announcement> = desk.state.announcements.iter().collect();
    rows.sort_by_key(|one| std::cmp::Reverse(one.date));
    Ok(list(params, Counts::Texts, ("announcements", "announcement"), &rows, |row| {
        json!({
            "id": row.id.to_string(),
            "date": moment(row.date),
            "title": row.title,
            "announcement": row.text,
            "published": one(row.published),
            "parentid": "0",
            "language": "",
            "created_at": moment(row.created),
            "updated_at": moment(row.updated),
        })
    }))
}

/// <https://developers.whmcs.com/api-reference/addcancelrequest/>
pub(super) fn add_cancel_request(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let found = params.id("serviceid").and_then(|id| desk.state.services.get(id));
    let service = found.or_refuse("Service ID Not Found")?;
    let (id, client, over) = (service.id, service.client, service.status.ended());
    if !over && desk.state.cancel_requests.iter().any(|request| request.service == id) {
        return refuse("Existing Cancellation Request Exists");
    }
    let date = desk.now();
    let immediate = params.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("immediate"));
    let reason = params.text("reason").unwrap_or("None Specified (API Submission)").to_owned();
    let request =
        desk.state.cancel_requests.add(|request| CancelRequest { id: request, date, service: id, reason, immediate });
    desk.note(Effect::Created, "cancel_request", request, json!({"service": id, "immediate": immediate}));
    desk.log(client, format!("Cancellation Request Submitted - Service ID: {id}"));
    desk.mail(client, "Cancellation Request Confirmation", "We have received your request.");
    Ok(success(json!({"serviceid": id.to_string(), "userid": client.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/addclientnote/>
pub(super) fn add_client_note(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "userid", "Client ID not found")?.id;
    let text =
        params.raw("notes").filter(|text| !text.trim().is_empty()).or_refuse("Notes can not be empty")?.to_owned();
    let (admin, created, sticky) = (desk.caller.admin, desk.now(), params.flag("sticky"));
    let id = desk.state.client_notes.add(|id| ClientNote { id, client, admin, sticky, text, created });
    desk.note(Effect::Created, "client_note", id, json!({"client": client}));
    desk.log(client, format!("Added Note - User ID: {client}"));
    Ok(success(json!({"noteid": id.to_string()})))
}
