//! Mails and notifications.

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, one, refuse, success};
use crate::whmcs::params::{Params, leaf};

/// <https://developers.whmcs.com/api-reference/getemailtemplates/>
pub(super) fn get_email_templates(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let kind = params.text("type");
    let rows: Vec<Value> = desk
        .state
        .email_templates
        .iter()
        .filter(|row| kind.is_none_or(|wanted| row.kind.eq_ignore_ascii_case(wanted)))
        .map(|row| {
            json!({
                "id": row.id.to_string(),
                "name": row.name,
                "subject": row.subject,
                "custom": one(row.custom),
            })
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len().to_string(), "emailtemplates": {"emailtemplate": rows}})))
}

/// <https://developers.whmcs.com/api-reference/sendemail/>
pub(super) fn send_email(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (kind, subject, text) = match params.text("messagename") {
        Some(name) => {
            let template = desk.state.email_templates.iter().find(|row| row.name.eq_ignore_ascii_case(name));
            let template = template.or_refuse("Email Template not found")?;
            if template.disabled {
                return refuse("Email Template is disabled");
            }
            (template.kind.clone(), template.subject.clone(), template.name.clone())
        }
        None => custom(params)?,
    };
    if params.has("customvars") && params.serialized("customvars").is_none() {
        return refuse("The custom variables you provided are invalid.");
    }
    let id = params.id("id").or_refuse("A related ID is required")?;
    let client = match kind.as_str() {
        "product" => desk.state.services.get(id).map(|row| row.client),
        "domain" => desk.state.domains.get(id).map(|row| row.client),
        "invoice" => desk.state.invoices.get(id).map(|row| row.client),
        "support" => desk.state.tickets.get(id).map(|row| row.client),
        "affiliate" => desk.state.affiliates.get(id).map(|row| row.client),
        _ => desk.state.clients.get(id).map(|row| row.id),
    };
    let client = client.filter(|id| *id > 0).or_refuse("Sending Failed. Please see documentation.")?;
    desk.mail(client, &subject, &text);
    desk.log(client, format!("Email Sent to Client {client} ({subject})"));
    done()
}

fn custom(params: &Params) -> Result<(String, String, String), Refusal> {
    let refusal = "You must provide either an existing email template name or a custom message type";
    let kind = params.text("customtype").or_refuse(refusal)?.to_lowercase();
    if !["general", "product", "domain", "invoice", "support", "affiliate"].contains(&kind.as_str()) {
        return refuse("Invalid message type provided");
    }
    let subject = params.text("customsubject").or_refuse("A subject is required for a custom message")?;
    let text = params.text("custommessage").or_refuse("A message body is required for a custom message")?;
    Ok((kind, subject.to_owned(), text.to_owned()))
}

/// <https://developers.whmcs.com/api-reference/sendadminemail/>
pub(super) fn send_admin_email(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let subject = match params.text("messagename") {
        Some(name) => {
            let template = desk
                .state
                .email_templates
                .iter()
                .find(|row| row.kind == "admin" && row.name.eq_ignore_ascii_case(name));
            template.or_refuse("Email Template not found")?.subject.clone()
        }
        None => params.text("customsubject").or_refuse("Email Template not found")?.to_owned(),
    };
    let to: Vec<String> = desk.state.admins.iter().filter(|row| !row.disabled).map(|row| row.email.clone()).collect();
    desk.note(Effect::Action, "admin_email", &subject, json!({"to": to}));
    desk.log(0, format!("Email Sent to Admins ({subject})"));
    done()
}

/// <https://developers.whmcs.com/api-reference/triggernotificationevent/>
pub(super) fn trigger_notification_event(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let identifier = params.text("notification_identifier");
    let identifier = identifier.or_refuse("API Notification Events require a identifier string to be passed.")?;
    let title = params.text("title").or_refuse("API Notification Events require a title to be provided.")?;
    let message = params.text("message").or_refuse("API Notification Events require a message to be provided.")?;
    let attributes: Vec<Value> = params
        .maps("attributes")
        .into_iter()
        .map(|(_, fields)| {
            fields.iter().filter_map(|(name, value)| Some((name.clone(), Value::from(leaf(value)?)))).collect()
        })
        .collect();
    let detail = json!({"title": title, "message": message, "attributes": attributes});
    desk.note(Effect::Action, "notification", identifier, detail);
    done()
}
