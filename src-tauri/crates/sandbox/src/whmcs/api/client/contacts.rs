//! Contacts below a client, and the mails a client was sent.

use serde_json::{Value, json};

use super::accounts::read_address;
use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, moment, refuse, success};
use crate::whmcs::model::people::{Address, Contact, Email, MAIL_KINDS};
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::{Params, is_true};

/// <https://developers.whmcs.com/api-reference/addcontact/>
pub(super) fn add_contact(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "clientid", "Client ID Not Found")?.id;
    let address = read_address(params, Address::default());
    if is_taken(desk, &address.email, 0) {
        return refuse("Duplicate Email Address");
    }
    let (now, mail) = (desk.now(), read_mail(params, [false; 6]));
    let id = desk.state.contacts.add(|id| Contact { id, client, address, mail, created: now, updated: now });
    desk.note(Effect::Created, "contact", id, json!({"client": client}));
    desk.log(client, format!("Added Contact - User ID: {client} - Contact ID: {id}"));
    let mut answer = success(json!({"contactid": id.to_string()}));
    if params.text("password2").is_some() || params.has("permissions") {
        answer["warning"] = "Sub Accounts are no longer supported. Please use AddUser and CreateClientInvite".into();
    }
    Ok(answer)
}

fn is_taken(desk: &Desk<'_>, email: &str, except: u64) -> bool {
    !email.is_empty()
        && desk.state.contacts.iter().any(|one| one.id != except && one.address.email.eq_ignore_ascii_case(email))
}

fn read_mail(params: &Params, mut mail: [bool; 6]) -> [bool; 6] {
    for (wanted, kind) in mail.iter_mut().zip(MAIL_KINDS) {
        if let Some(text) = params.at("email_preferences", kind) {
            *wanted = is_true(text);
        }
    }
    mail
}

/// <https://developers.whmcs.com/api-reference/updatecontact/>
pub(super) fn update_contact(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let contact =
        params.id("contactid").and_then(|id| desk.state.contacts.get(id)).or_refuse("Contact ID Not Found")?;
    let (id, client) = (contact.id, contact.client);
    let (address, mail) = (read_address(params, contact.address.clone()), read_mail(params, contact.mail));
    if is_taken(desk, &address.email, id) {
        return refuse("Duplicate Email Address");
    }
    let now = desk.now();
    if let Some(contact) = desk.state.contacts.get_mut(id) {
        contact.address = address;
        contact.mail = mail;
        contact.updated = now;
    }
    desk.note(Effect::Updated, "contact", id, json!({"client": client}));
    desk.log(client, format!("Contact Modified - User ID: {client} - Contact ID: {id}"));
    let mut answer = success(json!({"contactid": id.to_string()}));
    if params.text("password2").is_some() || params.has("permissions") {
        answer["warning"] = "Sub Accounts are no longer supported. Please use UpdateUser".into();
    }
    Ok(answer)
}

/// <https://developers.whmcs.com/api-reference/deletecontact/>
pub(super) fn delete_contact(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let contact =
        params.id("contactid").and_then(|id| desk.state.contacts.remove(id)).or_refuse("Contact ID Not Found")?;
    desk.note(Effect::Deleted, "contact", contact.id, json!({"client": contact.client}));
    desk.log(contact.client, format!("Contact Deleted - Contact ID: {}", contact.id));
    Ok(success(json!({"contactid": contact.id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/getcontacts/>
pub(super) fn get_contacts(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = params.id("userid");
    let rows: Vec<&Contact> = desk
        .state
        .contacts
        .iter()
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| matches(&one.address, params))
        .collect();
    Ok(list(params, Counts::Numbers, ("contacts", "contact"), &rows, |one| show(one)))
}

/// Every part of the address that was sent has to be equal.
fn matches(address: &Address, params: &Params) -> bool {
    [
        ("firstname", &address.firstname),
        ("lastname", &address.lastname),
        ("companyname", &address.companyname),
        ("email", &address.email),
        ("address1", &address.address1),
        ("address2", &address.address2),
        ("city", &address.city),
        ("state", &address.state),
        ("postcode", &address.postcode),
        ("country", &address.country),
        ("phonenumber", &address.phonenumber),
    ]
    .into_iter()
    .all(|(name, value)| params.text(name).is_none_or(|wanted| wanted.eq_ignore_ascii_case(value)))
}

fn show(one: &Contact) -> Value {
    let address = &one.address;
    let [general, invoice, support, product, domain, affiliate] = one.mail;
    json!({
        "id": one.id,
        "userid": one.client,
        "firstname": address.firstname,
        "lastname": address.lastname,
        "companyname": address.companyname,
        "email": address.email,
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "state": address.state,
        "postcode": address.postcode,
        "country": address.country,
        "phonenumber": address.phonenumber,
        "tax_id": address.tax_id,
        "domainemails": domain,
        "generalemails": general,
        "invoiceemails": invoice,
        "productemails": product,
        "supportemails": support,
        "affiliateemails": affiliate,
        "created_at": moment(one.created),
        "updated_at": moment(one.updated),
    })
}

/// <https://developers.whmcs.com/api-reference/getemails/>
pub(super) fn get_emails(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = match desk.client(params, "clientid", "Client ID Not Found") {
        Ok(client) => client.id,
        // This action says `status` where others say `result`.
        Err(refusal) => return Ok(json!({"status": "error", "message": refusal.0})),
    };
    let (date, subject) = (params.text("date"), params.text("subject").map(str::to_lowercase));
    let mut rows: Vec<&Email> = desk
        .state
        .emails
        .iter()
        .filter(|mail| mail.client == client)
        .filter(|mail| date.is_none_or(|wanted| moment(mail.date).starts_with(wanted)))
        .filter(|mail| subject.as_deref().is_none_or(|text| mail.subject.to_lowercase().contains(text)))
        .collect();
    rows.reverse();
    Ok(list(params, Counts::Numbers, ("emails", "email"), &rows, |mail| {
        json!({
            "id": mail.id,
            "userid": mail.client,
            "subject": mail.subject,
            "message": mail.message,
            "date": moment(mail.date),
            "to": mail.to,
            "cc": mail.cc,
            "bcc": "",
            "attachments": null,
            "pending": 0,
            "message_data": null,
            "failed": 0,
            "failure_reason": "",
            "retry_count": 0,
            "created_at": null,
            "updated_at": null,
            "campaign_id": 0,
        })
    }))
}
