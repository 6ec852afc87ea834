//! Reading client accounts.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::seed::names::LOCALES;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, cash, day, one, refuse, success};
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::model::people::{Client, ClientStatus, MAIL_KINDS};
use crate::whmcs::model::services::{DomainStatus, ServiceStatus};
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/getclients/>
pub(super) fn get_clients(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let search = params.text("search").map(str::to_lowercase);
    let status = params.text("status").and_then(ClientStatus::parse);
    let mut rows: Vec<&Client> = desk
        .state
        .clients
        .iter()
        .filter(|client| status.is_none_or(|wanted| client.status == wanted))
        .filter(|client| search.as_deref().is_none_or(|text| begins_with(client, text)))
        .collect();
    match params.text("orderby").unwrap_or("lastname").to_lowercase().as_str() {
        "id" => {}
        "firstname" => rows.sort_by_cached_key(|client| client.address.firstname.to_lowercase()),
        "companyname" => rows.sort_by_cached_key(|client| client.address.companyname.to_lowercase()),
        "email" => rows.sort_by_cached_key(|client| client.address.email.to_lowercase()),
        "groupid" => rows.sort_by_key(|client| client.group),
        "datecreated" => rows.sort_by_key(|client| client.created),
        "status" => rows.sort_by_key(|client| client.status.text()),
        _ => rows.sort_by_cached_key(|client| {
            (client.address.lastname.to_lowercase(), client.address.firstname.to_lowercase())
        }),
    }
    if params.text("sorting").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        rows.reverse();
    }
    Ok(list(params, Counts::Numbers, ("clients", "client"), &rows, |client| summary(client)))
}

/// The short form of a client that lists and quotes show.
pub(in crate::whmcs::api) fn summary(client: &Client) -> Value {
    json!({
        "id": client.id,
        "firstname": client.address.firstname,
        "lastname": client.address.lastname,
        "companyname": client.address.companyname,
        "email": client.address.email,
        "datecreated": day(client.created),
        "groupid": client.group,
        "status": client.status.text(),
    })
}

fn begins_with(client: &Client, text: &str) -> bool {
    let address = &client.address;
    [&address.email, &address.firstname, &address.lastname, &address.companyname, &address.full_name()]
        .into_iter()
        .any(|field| field.to_lowercase().starts_with(text))
}

/// <https://developers.whmcs.com/api-reference/getclientsdetails/>
pub(super) fn get_clients_details(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (id, email) = (params.id("clientid"), params.text("email"));
    if id.is_none() && email.is_none() {
        return refuse("Either clientid Or email Is Required");
    }
    let client = match (id, email) {
        (Some(id), _) => desk.state.clients.get(id),
        (None, email) => desk.state.clients.iter().find(|one| Some(one.address.email.as_str()) == email),
    };
    let client = client.or_refuse("Client Not Found")?;
    let fields = details(desk, client);
    // The deprecated copy at the top goes beside the record proper.
    let mut answer = match success(fields.clone()) {
        Value::Object(answer) => answer,
        _ => Map::new(),
    };
    answer.insert("client".to_owned(), fields);
    if params.flag("stats") {
        answer.insert("stats".to_owned(), stats(desk, client));
    }
    Ok(Value::Object(answer))
}

fn details(desk: &Desk<'_>, client: &Client) -> Value {
    let address = &client.address;
    let country_name =
        LOCALES.iter().find(|locale| locale.country == address.country).map_or("", |one| one.country_name);
    let currency_code = desk.state.currency_of(client.id).map(|one| one.code.clone()).unwrap_or_default();
    let phone = if address.phonenumber.is_empty() {
        String::new()
    } else {
        format!("+{}.{}", client.phone_cc, address.phonenumber)
    };
    let mail: Map<String, Value> =
        MAIL_KINDS.iter().zip(client.mail).map(|(kind, wanted)| ((*kind).to_owned(), one(wanted).into())).collect();
    let mut fields = json!({
        "client_id": client.id,
        "owner_user_id": client.owner(),
        "userid": client.id,
        "id": client.id,
        "uuid": client.uuid,
        "firstname": address.firstname,
        "lastname": address.lastname,
        "fullname": address.full_name(),
        "companyname": address.companyname,
        "email": address.email,
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "fullstate": address.state,
        "state": address.state,
        "postcode": address.postcode,
        "countrycode": address.country,
        "country": address.country,
        "phonenumber": address.phonenumber,
        "tax_id": address.tax_id,
        "email_preferences": mail,
        "statecode": address.state,
        "countryname": country_name,
        "phonecc": client.phone_cc.to_string(),
        "phonenumberformatted": phone,
        "telephoneNumber": phone,
        "billingcid": 0,
        "notes": client.notes,
        "currency": client.currency,
        "defaultgateway": client.gateway,
        "groupid": client.group,
        "status": client.status.text(),
        "credit": cash(client.credit),
        "taxexempt": client.tax_exempt,
        "latefeeoveride": client.late_fee_override,
        "overideduenotices": client.overdue_notices_override,
        "separateinvoices": client.separate_invoices,
        "disableautocc": client.no_auto_charge,
        "emailoptout": !client.marketing,
        "marketing_emails_opt_in": client.marketing,
        "overrideautoclose": client.no_auto_close,
        "allowSingleSignOn": u8::from(client.sso),
        "email_verified": client.email_verified,
        "language": client.language,
        "isOptedInToMarketingEmails": client.marketing,
        "lastlogin": last_login(client),
        "currency_code": currency_code,
    });
    if let Value::Object(fields) = &mut fields {
        let custom: Vec<Value> =
            client.custom_fields.iter().map(|(id, value)| json!({"id": id, "value": value})).collect();
        fields.insert("customfields".to_owned(), custom.into());
        for (number, (_, value)) in client.custom_fields.iter().enumerate() {
            fields.insert(format!("customfields{}", number + 1), value.as_str().into());
        }
        fields.insert("users".to_owned(), json!({"user": users(desk, client)}));
    }
    fields
}

fn last_login(client: &Client) -> String {
    match &client.last_login {
        Some((at, ip)) => format!("Date: {}<br>IP Address: {ip}<br>Host: {ip}", at.strftime("%d/%m/%Y %H:%M")),
        None => "No Login Logged".to_owned(),
    }
}

fn users(desk: &Desk<'_>, client: &Client) -> Vec<Value> {
    let known = client.members.iter().filter_map(|member| Some((member, desk.state.users.get(member.user)?)));
    known
        .map(|(member, user)| {
            json!({
                "id": user.id,
                "name": format!("{} {}", user.firstname, user.lastname),
                "email": user.email,
                "is_owner": member.owner,
            })
        })
        .collect()
}

fn stats(desk: &Desk<'_>, client: &Client) -> Value {
    let (state, today) = (&*desk.state, desk.today());
    let formatted = |amount| state.formatted(amount, client.currency);
    let mut stats = Map::new();
    let mut put = |name: &str, value: Value| {
        stats.insert(name.to_owned(), value);
    };
    let invoices: Vec<_> = state.invoices.iter().filter(|invoice| invoice.client == client.id).collect();
    let sum = |wanted: &dyn Fn(&crate::whmcs::model::billing::Invoice) -> bool| {
        let rows: Vec<_> = invoices.iter().filter(|invoice| wanted(invoice)).collect();
        (rows.len(), formatted(rows.iter().map(|invoice| invoice.total).sum()))
    };
    let with_status = |status: InvoiceStatus| sum(&move |invoice| invoice.status == status);
    let received = state.transactions.iter().filter(|one| one.client == client.id);
    let (gross, fees, out) = received.fold((Decimal::ZERO, Decimal::ZERO, Decimal::ZERO), |(gross, fees, out), one| {
        (gross + one.amount_in, fees + one.fees, out + one.amount_out)
    });
    let unpaid = with_status(InvoiceStatus::Unpaid);
    let overdue = sum(&|invoice| invoice.is_overdue(today));
    put("numdueinvoices", unpaid.0.into());
    put("dueinvoicesbalance", unpaid.1.clone().into());
    put("incredit", (client.credit > Decimal::ZERO).into());
    put("creditbalance", formatted(client.credit).into());
    put("grossRevenue", formatted(gross).into());
    put("expenses", formatted(fees + out).into());
    put("income", formatted(gross - fees - out).into());
    put("numoverdueinvoices", overdue.0.into());
    put("overdueinvoicesbalance", overdue.1.into());
    for (count, amount, status) in [
        ("numDraftInvoices", "draftInvoicesBalance", InvoiceStatus::Draft),
        ("numunpaidinvoices", "unpaidinvoicesamount", InvoiceStatus::Unpaid),
        ("numpaidinvoices", "paidinvoicesamount", InvoiceStatus::Paid),
        ("numcancelledinvoices", "cancelledinvoicesamount", InvoiceStatus::Cancelled),
        ("numrefundedinvoices", "refundedinvoicesamount", InvoiceStatus::Refunded),
        ("numcollectionsinvoices", "collectionsinvoicesamount", InvoiceStatus::Collections),
        ("numpaymentpendinginvoices", "paymentpendinginvoicesamount", InvoiceStatus::PaymentPending),
    ] {
        let (number, total) = with_status(status);
        put(count, number.into());
        put(amount, total.into());
    }
    holdings(desk, client.id, &mut put);
    Value::Object(stats)
}

/// Counts of what a client has.
fn holdings(desk: &Desk<'_>, client: u64, put: &mut dyn FnMut(&str, Value)) {
    let state = &*desk.state;
    let (mut active, mut all) = (0, 0);
    for (name, kind) in
        [("hosting", "hostingaccount"), ("reseller", "reselleraccount"), ("servers", "server"), ("other", "other")]
    {
        let of_kind = state.services.iter().filter(|service| {
            service.client == client && state.products.get(service.product).is_some_and(|product| product.kind == kind)
        });
        let (running, total) = of_kind.fold((0, 0), |(running, total), service| {
            (running + usize::from(service.status == ServiceStatus::Active), total + 1)
        });
        put(&format!("productsnumactive{name}"), running.into());
        put(&format!("productsnum{name}"), total.into());
        active += running;
        all += total;
    }
    let domains = || state.domains.iter().filter(|domain| domain.client == client);
    let quotes = || state.quotes.iter().filter(|quote| quote.client == client);
    let tickets = || state.tickets.iter().filter(|ticket| ticket.client == client);
    put("productsnumactive", active.into());
    put("productsnumtotal", all.into());
    put("numactivedomains", domains().filter(|domain| domain.status == DomainStatus::Active).count().into());
    put("numdomains", domains().count().into());
    put("numacceptedquotes", quotes().filter(|quote| quote.accepted.is_some()).count().into());
    put("numquotes", quotes().count().into());
    put("numtickets", tickets().count().into());
    put("numactivetickets", tickets().filter(|ticket| ticket.status.active()).count().into());
    put("numaffiliatesignups", 0.into());
    put("isAffiliate", state.affiliates.iter().any(|affiliate| affiliate.client == client).into());
}

/// <https://developers.whmcs.com/api-reference/getclientgroups/>
pub(super) fn get_client_groups(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let groups: Vec<Value> = desk
        .state
        .groups
        .iter()
        .map(|group| {
            json!({
                "id": group.id,
                "groupname": group.name,
                "groupcolour": group.colour,
                "discountpercent": cash(group.discount),
                "susptermexempt": crate::whmcs::desk::on(group.suspend_exempt),
                "separateinvoices": crate::whmcs::desk::on(group.separate_invoices),
            })
        })
        .collect();
    Ok(success(json!({"totalresults": groups.len(), "groups": {"group": groups}})))
}

/// <https://developers.whmcs.com/api-reference/getclientpassword/>
pub(super) fn get_client_password(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let by_email = || desk.state.clients.iter().find(|one| Some(one.address.email.as_str()) == params.text("email"));
    let client = params.id("userid").map_or_else(by_email, |id| desk.state.clients.get(id));
    let owner = client.or_refuse("Client ID Not Found")?.owner();
    let password = desk.state.users.get(owner).map(|user| user.password.as_str()).unwrap_or_default();
    // The shape of a bcrypt hash, made from a digest: it verifies nowhere.
    let digest = crate::whmcs::php::md5::hex(password.as_bytes());
    Ok(success(json!({"password": format!("$2y$10${digest}{}", &digest[..21])})))
}
