//! What opening, answering and noting have in common: attached files, shown dates, who writes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use rand::Rng;
use serde_json::Value;

use crate::whmcs::api::is_email;
use crate::whmcs::desk::{Desk, OrRefuse, Refusal, refuse};
use crate::whmcs::model::support::{Attachment, Author};
use crate::whmcs::params::Params;

/// Reads `attachments`: base64 over a JSON list of `{name, data}`, data again base64. Files without a name or with
/// unreadable data are left out, as files of a forbidden type are.
pub(super) fn read_files(desk: &mut Desk<'_>, params: &Params) -> Vec<Attachment> {
    let list = params.text("attachments").and_then(|text| STANDARD.decode(text).ok());
    let list: Vec<Value> = list.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    list.iter()
        .filter_map(|file| {
            let name = file.get("name").or_else(|| file.get("filename"))?.as_str()?;
            let name = name.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())?;
            let data = STANDARD.decode(file.get("data")?.as_str()?).ok()?;
            let number = desk.rng.random_range(100_000..999_999);
            Some(Attachment { stored: format!("{number}_{name}"), data: data.into() })
        })
        .collect()
}

/// Reads `created`, the date to show; now when it was not sent.
pub(super) fn read_created(desk: &Desk<'_>, params: &Params, future: &str) -> Result<DateTime, Refusal> {
    let now = desk.now();
    match params.text("created") {
        None => Ok(now),
        Some(_) => {
            let at = params.moment("created").or_refuse("Invalid Date Format")?;
            if at > now { refuse(future) } else { Ok(at) }
        }
    }
}

/// Who opens or answers, and for which client; 0 for a guest. Refused when neither a client nor a guest is named.
pub(super) fn read_author(desk: &Desk<'_>, params: &Params) -> Result<(u64, Author), Refusal> {
    if params.id("clientid").is_some() {
        let client = desk.client(params, "clientid", "Client ID Not Found")?;
        if let Some(user) = params.id("userid") {
            let known = client.members.iter().any(|member| member.user == user);
            known.then_some(()).or_refuse("The system cannot find the provided user ID.")?;
            return Ok((client.id, Author::Client { user }));
        }
        if let Some(contact) = params.id("contactid") {
            let known = desk.state.contacts.get(contact).is_some_and(|one| one.client == client.id);
            known.then_some(()).or_refuse("Contact ID Not Found")?;
            return Ok((client.id, Author::Contact(contact)));
        }
        return Ok((client.id, Author::Client { user: client.owner() }));
    }
    let (Some(name), Some(email)) = (params.text("name"), params.text("email")) else {
        return refuse("Name and email address are required if not a client");
    };
    if !is_email(email) {
        return refuse("Email Address Invalid");
    }
    Ok((0, Author::Guest { name: name.to_owned(), email: email.to_owned() }))
}
