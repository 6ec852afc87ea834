//! Making, changing, closing and erasing client accounts.

use serde_json::json;

use crate::journal::Effect;
use crate::seed::{names::LOCALES, uuid_of};
use crate::whmcs::api::fields;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, refuse, success};
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::model::people::{Address, Client, ClientStatus, MAIL_KINDS, PayMethodKind, User};
use crate::whmcs::model::services::{DomainStatus, OrderStatus, ServiceStatus};
use crate::whmcs::params::{Params, is_true};

const CARD_WARNING: &str = "Credit card related parameters are now deprecated and may be removed in a future version. Use AddPayMethod instead.";
const CARD_PARAMETERS: [&str; 6] = ["cardtype", "cardnum", "expdate", "startdate", "issuenumber", "cvv"];

/// <https://developers.whmcs.com/api-reference/addclient/>
pub(super) fn add_client(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let owner = match params.id("owner_user_id") {
        Some(id) => Some(desk.state.users.get(id).or_refuse("Invalid Owner User ID")?.id),
        None => None,
    };
    check_new(desk, params, owner.is_none())?;
    let address = read_address(params, Address::default());
    let now = desk.now();
    let owner = owner.unwrap_or_else(|| {
        desk.state.users.add(|id| User {
            id,
            firstname: address.firstname.clone(),
            lastname: address.lastname.clone(),
            email: address.email.clone(),
            password: params.string("password2"),
            language: params.string("language"),
            two_factor: false,
            created: now,
        })
    });
    let phone_cc = LOCALES.iter().find(|one| one.country == address.country).map_or(1, |one| one.calling_code);
    let currency = params.id("currency").filter(|id| desk.state.currencies.get(*id).is_some()).unwrap_or(1);
    let mut client = Client {
        group: params.id("groupid").unwrap_or(0),
        language: params.string("language"),
        notes: params.raw("notes").unwrap_or_default().to_owned(),
        gateway: params.string("paymentmethod"),
        marketing: params.flag("marketingoptin"),
        custom_fields: desk.state.client_fields.iter().map(|field| (field.id, String::new())).collect(),
        ..Client::opened(uuid_of(desk.rng), address, (currency, phone_cc), now.date(), owner)
    };
    fields::set(&mut client.custom_fields, params.serialized("customfields").as_ref());
    let email = client.address.email.clone();
    let id = desk.state.clients.add(|id| Client { id, ..client });
    desk.note(Effect::Created, "client", id, json!({"email": email, "owner": owner}));
    desk.log(id, format!("Created Client - User ID: {id}"));
    if !params.flag("noemail") {
        desk.mail(id, "Welcome", "Thank you for signing up with us.");
    }
    let mut answer = success(json!({"clientid": id.to_string(), "owner_id": owner.to_string()}));
    if CARD_PARAMETERS.iter().any(|name| params.text(name).is_some()) {
        answer["warning"] = CARD_WARNING.into();
    }
    Ok(answer)
}

fn check_new(desk: &Desk<'_>, params: &Params, new_user: bool) -> Result<(), Refusal> {
    let needed = [
        ("firstname", "You did not enter your first name"),
        ("lastname", "You did not enter your last name"),
        ("email", "You did not enter your email address"),
        ("address1", "You did not enter your  address line 1"),
        ("city", "You did not enter your city"),
        ("state", "You did not enter your state"),
        ("postcode", "You did not enter your postcode"),
        ("country", "Valid country required"),
        ("phonenumber", "You did not enter your phone number"),
    ];
    let skip = params.flag("skipvalidation");
    for (name, refusal) in needed {
        if params.text(name).is_none() && (!skip || (name == "email" && new_user)) {
            return refuse(refusal);
        }
    }
    let email = params.text("email").unwrap_or_default();
    let left_out = skip && email.is_empty();
    if !left_out && !is_email(email) {
        return refuse("The email address you entered was not valid");
    }
    if !skip {
        if params.text("country").is_some_and(|country| !is_country(country)) {
            return refuse("Valid country required");
        }
        let phone = params.text("phonenumber").unwrap_or_default();
        if phone.chars().any(|letter| letter.is_alphabetic()) {
            return refuse("Invalid telephone phone number");
        }
    }
    if new_user {
        if desk.state.users.iter().any(|user| user.email.eq_ignore_ascii_case(email)) {
            return refuse("A user already exists with that email address");
        }
        if params.text("password2").is_none() {
            return refuse("You did not enter a password");
        }
    }
    Ok(())
}

/// An at sign with something on both sides, and no blanks.
pub(in crate::whmcs::api) fn is_email(text: &str) -> bool {
    let mut parts = text.splitn(2, '@');
    let (mailbox, host) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    !mailbox.is_empty() && host.contains('.') && !text.contains(char::is_whitespace) && !host.contains('@')
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.chars().all(|letter| letter.is_ascii_alphabetic())
}

/// Takes over whichever parts of an address were sent.
pub(in crate::whmcs::api) fn read_address(params: &Params, mut address: Address) -> Address {
    let fields: [(&str, &mut String); 12] = [
        ("firstname", &mut address.firstname),
        ("lastname", &mut address.lastname),
        ("companyname", &mut address.companyname),
        ("email", &mut address.email),
        ("address1", &mut address.address1),
        ("address2", &mut address.address2),
        ("city", &mut address.city),
        ("state", &mut address.state),
        ("postcode", &mut address.postcode),
        ("country", &mut address.country),
        ("phonenumber", &mut address.phonenumber),
        ("tax_id", &mut address.tax_id),
    ];
    for (name, field) in fields {
        if let Some(text) = params.raw(name) {
            text.trim().clone_into(field);
        }
    }
    address.country.make_ascii_uppercase();
    address
}

/// <https://developers.whmcs.com/api-reference/updateclient/>
pub(super) fn update_client(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let by_email =
        || desk.state.clients.iter().find(|one| Some(one.address.email.as_str()) == params.text("clientemail"));
    let found = params.id("clientid").map_or_else(by_email, |id| desk.state.clients.get(id));
    let id = found.or_refuse("Client ID Not Found")?.id;
    let preferences = check_change(desk, params, id)?;
    let cards = CARD_PARAMETERS.iter().any(|name| params.text(name).is_some());
    let known_currency = params.id("currency").filter(|id| desk.state.currencies.get(*id).is_some());
    let Some(client) = desk.state.clients.get_mut(id) else { return refuse("Client ID Not Found") };
    let before = json!({"status": client.status.text(), "email": client.address.email});
    client.currency = known_currency.unwrap_or(client.currency);
    for (at, wanted) in preferences {
        client.mail[at] = wanted;
    }
    take_over(client, params);
    let after = json!({"status": client.status.text(), "email": client.address.email});
    if params.flag("clearcreditcard") {
        desk.state.pay_methods.remove_where(|method| method.client == id);
    }
    desk.note(Effect::Updated, "client", id, json!({"before": before, "after": after}));
    desk.log(id, format!("Client Profile Modified - User ID: {id}"));
    let mut answer = success(json!({"clientid": id.to_string()}));
    if params.flag("clearcreditcard") {
        answer["warning"] = CARD_WARNING.replace("AddPayMethod", "DeletePayMethod").into();
    } else if cards {
        answer["warning"] = CARD_WARNING.replace("AddPayMethod", "AddPayMethod or UpdatePayMethod").into();
    }
    Ok(answer)
}

/// Refuses a change that is not allowed; returns the wanted kinds of mail by their place.
fn check_change(desk: &Desk<'_>, params: &Params, id: u64) -> Result<Vec<(usize, bool)>, Refusal> {
    if let Some(email) = params.text("email") {
        if !is_email(email) {
            return refuse("The email address entered is not valid");
        }
        if desk.state.clients.iter().any(|one| one.id != id && one.address.email.eq_ignore_ascii_case(email)) {
            return refuse("Duplicate Email Address");
        }
    }
    let preferences: Vec<(usize, bool)> = MAIL_KINDS
        .iter()
        .enumerate()
        .filter_map(|(at, kind)| Some((at, is_true(params.at("email_preferences", kind)?))))
        .collect();
    let others_get_domain_mail = desk.state.contacts.iter().any(|contact| contact.client == id && contact.mail[4]);
    if preferences.contains(&(4, false)) && !others_get_domain_mail {
        return refuse(
            "You must have at least one email address enabled to receive domain related notifications as required \
             by ICANN. To disable domain notifications, please create an alternative contact that is set to receive them",
        );
    }
    let cards = CARD_PARAMETERS.iter().any(|name| params.text(name).is_some());
    let stored = desk.state.pay_methods.iter().filter(|one| one.client == id && one.kind != PayMethodKind::BankAccount);
    if cards && stored.count() > 1 {
        return refuse("Multiple Credit Card Pay Methods Found");
    }
    Ok(preferences)
}

/// Writes whatever was sent into the record.
fn take_over(client: &mut Client, params: &Params) {
    client.address = read_address(params, client.address.clone());
    client.status = params.text("status").and_then(ClientStatus::parse).unwrap_or(client.status);
    if let Some(group) = params.int("groupid") {
        client.group = u64::try_from(group).unwrap_or(0);
    }
    for (name, field) in
        [("language", &mut client.language), ("notes", &mut client.notes), ("paymentmethod", &mut client.gateway)]
    {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    for (name, field) in [
        ("marketingoptin", &mut client.marketing),
        ("latefeeoveride", &mut client.late_fee_override),
        ("overideduenotices", &mut client.overdue_notices_override),
        ("taxexempt", &mut client.tax_exempt),
        ("separateinvoices", &mut client.separate_invoices),
        ("disableautocc", &mut client.no_auto_charge),
        ("overrideautoclose", &mut client.no_auto_close),
    ] {
        *field = params.set_flag(name).unwrap_or(*field);
    }
    fields::set(&mut client.custom_fields, params.serialized("customfields").as_ref());
}

/// <https://developers.whmcs.com/api-reference/closeclient/>
pub(super) fn close_client(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.client(params, "clientid", "Client ID Not Found")?.id;
    let services: Vec<(u64, ServiceStatus)> = desk
        .state
        .services
        .iter()
        .filter(|service| service.client == id && !service.status.ended() && service.status != ServiceStatus::Completed)
        .map(|service| (service.id, service.status))
        .collect();
    for (service, status) in services {
        let end = if status == ServiceStatus::Pending { ServiceStatus::Cancelled } else { ServiceStatus::Terminated };
        desk.set_service_status(service, end, "");
    }
    for domain in desk.state.domains.iter_mut().filter(|domain| domain.client == id) {
        if matches!(domain.status, DomainStatus::Pending | DomainStatus::PendingTransfer) {
            domain.status = DomainStatus::Cancelled;
        }
        domain.do_not_renew = true;
    }
    let open: Vec<u64> = desk
        .state
        .invoices
        .iter()
        .filter(|invoice| {
            invoice.client == id && matches!(invoice.status, InvoiceStatus::Unpaid | InvoiceStatus::Draft)
        })
        .map(|invoice| invoice.id)
        .collect();
    let now = desk.now();
    for invoice in open {
        desk.change_invoice(invoice, |invoice| {
            invoice.status = InvoiceStatus::Cancelled;
            invoice.cancelled = Some(now);
        });
    }
    for order in desk.state.orders.iter_mut().filter(|order| order.client == id) {
        if order.status == OrderStatus::Pending {
            order.status = OrderStatus::Cancelled;
        }
    }
    if let Some(client) = desk.state.clients.get_mut(id) {
        client.status = ClientStatus::Closed;
    }
    desk.note(Effect::Updated, "client", id, json!({"status": "Closed"}));
    desk.log(id, format!("Client Status changed to Closed - User ID: {id}"));
    Ok(success(json!({"clientid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/deleteclient/>
pub(super) fn delete_client(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.client(params, "clientid", "Client ID Not Found")?.id;
    let members: Vec<u64> = desk
        .state
        .clients
        .get(id)
        .map(|client| client.members.iter().map(|member| member.user).collect())
        .unwrap_or_default();
    let state = &mut *desk.state;
    state.clients.remove(id);
    state.contacts.remove_where(|one| one.client == id);
    state.services.remove_where(|one| one.client == id);
    state.addons.remove_where(|one| one.client == id);
    state.domains.remove_where(|one| one.client == id);
    state.orders.remove_where(|one| one.client == id);
    state.invoices.remove_where(|one| one.client == id);
    state.tickets.remove_where(|one| one.client == id);
    state.emails.remove_where(|one| one.client == id);
    state.credits.remove_where(|one| one.client == id);
    state.pay_methods.remove_where(|one| one.client == id);
    state.client_notes.remove_where(|one| one.client == id);
    state.affiliates.remove_where(|one| one.client == id);
    if params.flag("deletetransactions") {
        state.transactions.remove_where(|one| one.client == id);
    }
    if params.flag("deleteusers") {
        let busy: Vec<u64> =
            state.clients.iter().flat_map(|one| one.members.iter().map(|member| member.user)).collect();
        state.users.remove_where(|user| members.contains(&user.id) && !busy.contains(&user.id));
    }
    desk.note(Effect::Deleted, "client", id, json!({}));
    desk.log(0, format!("Client Deleted - ID: {id}"));
    Ok(success(json!({"clientid": id.to_string()})))
}
