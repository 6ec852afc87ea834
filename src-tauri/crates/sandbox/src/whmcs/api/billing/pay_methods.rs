//! Stored cards and bank accounts.

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::access::letters;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, refuse, success};
use crate::whmcs::model::people::{PayMethod, PayMethodKind};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/addpaymethod/>
pub(super) fn add_pay_method(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("clientid").or_refuse("Client ID Is Required")?;
    let client = desk.client(params, "clientid", "Invalid Client ID")?.id;
    let kind = PayMethodKind::parse(params.text("type").unwrap_or("CreditCard")).or_refuse(
        "Invalid Pay Method Type. Type should be one of 'BankAccount', 'CreditCard', or 'RemoteCreditCard'",
    )?;
    let gateway = gateway(desk, params, kind)?;
    let mut method = PayMethod {
        id: 0,
        client,
        kind,
        description: params.string("description"),
        gateway,
        card_type: String::new(),
        card_last_four: String::new(),
        expiry: String::new(),
        start: String::new(),
        issue_number: params.string("card_issue_number"),
        bank_name: params.string("bank_name"),
        account_type: params.string("bank_account_type"),
        routing_number: String::new(),
        account_number: String::new(),
        remote_token: String::new(),
        default: params.flag("set_as_default"),
        updated: desk.now(),
    };
    if kind == PayMethodKind::BankAccount {
        params.text("bank_code").or_refuse("Routing number is required")?.clone_into(&mut method.routing_number);
        params.text("bank_account").or_refuse("Account number is required")?.clone_into(&mut method.account_number);
    } else {
        let number = params.text("card_number");
        let number = number.or_refuse("Card Number is required for 'CreditCard' or 'RemoteCreditCard' type")?;
        let expiry = params.text("card_expiry");
        let expiry = expiry.or_refuse("Expiry Date is required for 'CreditCard' or 'RemoteCreditCard' type")?;
        method.expiry = month(expiry).or_refuse("Expiry Date is invalid")?;
        (method.card_type, method.card_last_four) = card(number);
    }
    if kind == PayMethodKind::RemoteCreditCard {
        method.remote_token = format!("cus_{}", letters(desk.rng, 14));
    }
    if method.default {
        desk.state.pay_methods.iter_mut().filter(|one| one.client == client).for_each(|one| one.default = false);
    }
    let id = desk.state.pay_methods.add(|id| PayMethod { id, ..method });
    desk.note(Effect::Created, "pay_method", id, json!({"client": client, "type": kind.text()}));
    desk.log(client, format!("Added Pay Method - User ID: {client} - Pay Method ID: {id}"));
    Ok(success(json!({"clientid": client.to_string(), "paymethodid": id.to_string()})))
}

fn gateway(desk: &Desk<'_>, params: &Params, kind: PayMethodKind) -> Result<String, Refusal> {
    let active: Vec<&str> =
        desk.state.gateways.iter().filter(|one| one.active).map(|one| one.module.as_str()).collect();
    match params.text("gateway_module_name") {
        None if kind == PayMethodKind::RemoteCreditCard => refuse("Gateway is Required for RemoteCreditCard type"),
        None => Ok(String::new()),
        Some(name) if active.contains(&name) => {
            let card = desk.state.gateways.iter().any(|one| one.module == name && one.card);
            if card { Ok(name.to_owned()) } else { refuse("Unsupported Gateway Type for Storage") }
        }
        Some(_) => refuse(format!("Invalid Gateway Module Name. Must be one of: {}", active.join(", "))),
    }
}

/// `MMYY` as `MM/YY`.
fn month(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let month: u32 = digits.get(..2)?.parse().ok()?;
    (digits.len() == 4 && (1..=12).contains(&month)).then(|| format!("{}/{}", &digits[..2], &digits[2..]))
}

/// Brand and last four digits.
fn card(number: &str) -> (String, String) {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let brand = match digits.as_bytes().first() {
        Some(b'4') => "Visa",
        Some(b'5') => "MasterCard",
        Some(b'3') => "American Express",
        _ => "Credit Card",
    };
    (brand.to_owned(), digits[digits.len().saturating_sub(4)..].to_owned())
}

fn own(desk: &Desk<'_>, params: &Params) -> Result<(u64, u64), Refusal> {
    let method = params.id("paymethodid").and_then(|id| desk.state.pay_methods.get(id));
    let method = method.or_refuse("Invalid Pay Method ID")?;
    if params.id("clientid") != Some(method.client) {
        return refuse("Pay Method does not belong to passed Client ID");
    }
    Ok((method.client, method.id))
}

/// <https://developers.whmcs.com/api-reference/updatepaymethod/>
pub(super) fn update_pay_method(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("paymethodid").or_refuse("Pay Method ID is Required")?;
    params.text("clientid").or_refuse("Client ID is Required")?;
    let (client, id) = own(desk, params)?;
    let names = [
        "card_number",
        "card_expiry",
        "card_start",
        "card_issue_number",
        "bank_name",
        "bank_account_type",
        "bank_code",
        "bank_account",
        "set_as_default",
    ];
    if !names.iter().any(|name| params.has(name)) {
        return refuse("No Details Provided for Update");
    }
    let expiry = params.text("card_expiry").map(|text| month(text).or_refuse("Expiry Date is invalid")).transpose()?;
    let start = params.text("card_start").map(|text| month(text).or_refuse("Start Date is invalid")).transpose()?;
    if params.flag("set_as_default") {
        desk.state.pay_methods.iter_mut().filter(|one| one.client == client).for_each(|one| one.default = one.id == id);
    }
    let now = desk.now();
    let Some(method) = desk.state.pay_methods.get_mut(id) else { return refuse("Invalid Pay Method ID") };
    method.expiry = expiry.unwrap_or_else(|| method.expiry.clone());
    method.start = start.unwrap_or_else(|| method.start.clone());
    if let Some(number) = params.text("card_number") {
        (method.card_type, method.card_last_four) = card(number);
    }
    for (name, field) in [
        ("card_issue_number", &mut method.issue_number),
        ("bank_name", &mut method.bank_name),
        ("bank_account_type", &mut method.account_type),
        ("bank_code", &mut method.routing_number),
        ("bank_account", &mut method.account_number),
    ] {
        if let Some(text) = params.text(name) {
            text.clone_into(field);
        }
    }
    method.updated = now;
    desk.note(Effect::Updated, "pay_method", id, json!({"client": client}));
    desk.log(client, format!("Modified Pay Method - Pay Method ID: {id}"));
    Ok(success(json!({"clientid": client.to_string(), "paymethodid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/deletepaymethod/>
pub(super) fn delete_pay_method(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("clientid").or_refuse("Client ID is Required")?;
    params.text("paymethodid").or_refuse("Pay Method ID is Required")?;
    let (client, id) = own(desk, params)?;
    desk.state.pay_methods.remove(id);
    desk.note(Effect::Deleted, "pay_method", id, json!({"client": client}));
    desk.log(client, format!("Deleted Pay Method - Pay Method ID: {id}"));
    Ok(success(json!({"paymethodid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/getpaymethods/>
pub(super) fn get_pay_methods(desk: &mut Desk<'_>, params: &Params) -> Answer {
    params.text("clientid").or_refuse("Client ID Is Required")?;
    let client = desk.client(params, "clientid", "Client Not Found")?.id;
    let bank = match params.text("type") {
        None => None,
        Some("BankAccount") => Some(true),
        Some("CreditCard") => Some(false),
        Some(_) => return refuse("Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'"),
    };
    let wanted = params.id("paymethodid");
    let rows: Vec<Value> = desk
        .state
        .pay_methods
        .iter()
        .filter(|one| one.client == client && wanted.is_none_or(|id| one.id == id))
        .filter(|one| bank.is_none_or(|bank| (one.kind == PayMethodKind::BankAccount) == bank))
        .map(show)
        .collect();
    Ok(success(json!({"clientid": client.to_string(), "paymethods": rows})))
}

fn show(one: &PayMethod) -> Value {
    let mut fields = json!({
        "id": one.id,
        "type": one.kind.text(),
        "description": one.description,
        "gateway_name": one.gateway,
        "contact_type": "Client",
        "contact_id": one.client,
    });
    if one.kind == PayMethodKind::BankAccount {
        fields["bank_name"] = one.bank_name.as_str().into();
    } else {
        fields["card_last_four"] = one.card_last_four.as_str().into();
        fields["expiry_date"] = one.expiry.as_str().into();
        fields["start_date"] = one.start.as_str().into();
        fields["issue_number"] = one.issue_number.as_str().into();
        fields["card_type"] = one.card_type.as_str().into();
    }
    fields["remote_token"] = one.remote_token.as_str().into();
    fields["last_updated"] = one.updated.strftime("%d/%m/%Y %H:%M").to_string().into();
    fields
}
