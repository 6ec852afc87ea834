//! Domain endings and registrars.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::journal::Effect;
use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, cash, refuse, success};
use crate::whmcs::model::catalog::Tld;
use crate::whmcs::params::{HALF_UP, Params, to_money};

/// <https://developers.whmcs.com/api-reference/getregistrars/>
pub(super) fn get_registrars(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let rows: Vec<Value> = desk
        .state
        .modules
        .iter()
        .filter(|one| one.kind == "registrar" && one.active)
        .map(|one| json!({"module": one.name, "display_name": one.label}))
        .collect();
    Ok(success(json!({"registrars": rows})))
}

/// <https://developers.whmcs.com/api-reference/gettldpricing/>
pub(super) fn get_tld_pricing(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let of_client = params.id("clientid").and_then(|id| state.clients.get(id)).map(|client| client.currency);
    let currency = of_client.or_else(|| params.id("currencyid")).unwrap_or(1);
    let currency =
        state.currencies.get(currency).or_else(|| state.currencies.get(1)).or_refuse("Currency ID Not Found")?;
    let pricing: Map<String, Value> = state
        .tlds
        .iter()
        .filter(|tld| !(tld.register.is_empty() && tld.transfer.is_empty() && tld.renew.is_empty()))
        .map(|tld| (tld.extension.trim_start_matches('.').to_owned(), show(state, tld, currency.id)))
        .collect();
    Ok(success(json!({
        "currency": {
            "id": currency.id,
            "code": currency.code,
            "prefix": currency.prefix,
            "suffix": currency.suffix,
            "format": currency.format,
            "rate": format!("{:.5}", currency.rate),
        },
        "pricing": pricing,
    })))
}

fn show(state: &State, tld: &Tld, currency: u64) -> Value {
    let list = |prices: &BTreeMap<u32, Decimal>| -> Value {
        let rows: Map<String, Value> = prices
            .iter()
            .map(|(years, euros)| (years.to_string(), cash(state.convert(*euros, currency)).into()))
            .collect();
        rows.into()
    };
    let period = |value: Option<(u32, Decimal)>| match value {
        Some((days, fee)) => json!({"days": days, "price": cash(state.convert(fee, currency))}),
        None => Value::Null,
    };
    json!({
        "tld": tld.extension.trim_start_matches('.'),
        "categories": tld.categories,
        "addons": {"dns": tld.dns_management, "email": tld.email_forwarding, "idprotect": tld.id_protection},
        "group": tld.group.to_lowercase(),
        "register": list(&tld.register),
        "transfer": list(&tld.transfer),
        "renew": list(&tld.renew),
        "grace_period": period(tld.grace),
        "redemption_period": period(tld.redemption),
    })
}

/// <https://developers.whmcs.com/api-reference/createorupdatetld/>
pub(super) fn create_or_update_tld(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let extension = params.text("extension").or_refuse("Extension is required")?;
    let extension = format!(".{}", extension.trim_start_matches('.').to_lowercase());
    check_registrar(desk, params)?;
    if let Some(group) = params.text("group").filter(|group| !["HOT", "NEW", "SALE"].contains(group)) {
        return refuse(format!("Invalid group parameter: {group}. Should be one of HOT, NEW, SALE"));
    }
    let lists = Lists::read(desk, params)?;
    let known = desk.state.tlds.iter().find(|tld| tld.extension == extension).map(|tld| tld.id);
    let id = known.unwrap_or_else(|| {
        let extension = extension.clone();
        desk.state.tlds.add(|id| Tld { id, extension, categories: vec!["Other".to_owned()], ..Tld::default() })
    });
    if let Some(tld) = desk.state.tlds.get_mut(id) {
        for (name, field) in [
            ("id_protection", &mut tld.id_protection),
            ("dns_management", &mut tld.dns_management),
            ("email_forwarding", &mut tld.email_forwarding),
            ("epp_required", &mut tld.epp_required),
        ] {
            *field = params.set_flag(name).unwrap_or(*field);
        }
        for (name, field) in [("auto_registrar", &mut tld.registrar), ("group", &mut tld.group)] {
            if let Some(text) = params.raw(name) {
                text.clone_into(field);
            }
        }
        for (new, field) in
            [(lists.register, &mut tld.register), (lists.renew, &mut tld.renew), (lists.transfer, &mut tld.transfer)]
        {
            if let Some(new) = new {
                *field = new;
            }
        }
        tld.grace = lists.grace.or(tld.grace);
        tld.redemption = lists.redemption.or(tld.redemption);
    }
    let effect = if known.is_some() { Effect::Updated } else { Effect::Created };
    desk.note(effect, "tld", &extension, json!({}));
    desk.log(0, format!("TLD Saved - {extension}"));
    Ok(success(json!({"extension": extension, "id": id.to_string()})))
}

fn check_registrar(desk: &Desk<'_>, params: &Params) -> Result<(), Refusal> {
    let active: Vec<&str> =
        desk.state.modules.iter().filter(|one| one.kind == "registrar" && one.active).map(|one| one.name).collect();
    match params.text("auto_registrar") {
        Some(_) if active.is_empty() => refuse("No Active Registrars - auto_registrar value cannot be defined"),
        Some(name) if !active.contains(&name) => {
            refuse(format!("Invalid auto_registrar value. Must be empty or one of: {}", active.join(", ")))
        }
        _ => Ok(()),
    }
}

/// Price lists of a call, in the default currency.
#[derive(Default)]
struct Lists {
    register: Option<BTreeMap<u32, Decimal>>,
    renew: Option<BTreeMap<u32, Decimal>>,
    transfer: Option<BTreeMap<u32, Decimal>>,
    grace: Option<(u32, Decimal)>,
    redemption: Option<(u32, Decimal)>,
}

impl Lists {
    fn read(desk: &Desk<'_>, params: &Params) -> Result<Self, Refusal> {
        let priced = ["register", "renew", "transfer", "grace_period_fee", "redemption_period_fee"];
        if !priced.iter().any(|name| params.has(name)) {
            return Ok(Self::default());
        }
        let code =
            params.text("currency_code").or_refuse("Variable currency_code is required when defining pricing")?;
        let codes: Vec<&str> = desk.state.currencies.iter().map(|one| one.code.as_str()).collect();
        let refusal = format!("Provided currency_code value does not exist. Must be one of: {}", codes.join(", "));
        let found = desk.state.currencies.iter().find(|one| one.code.eq_ignore_ascii_case(code));
        let rate = found.or_refuse(&refusal)?.rate;
        let to_default = |amount: Decimal| (amount / rate).round_dp_with_strategy(2, HALF_UP);
        let list = |name: &str| -> Result<Option<BTreeMap<u32, Decimal>>, Refusal> {
            if params.text(name).is_some() {
                return refuse("Parameters register, renew and transfer must be arrays");
            }
            let pairs = params.map(name).into_iter();
            let prices: BTreeMap<u32, Decimal> =
                pairs.filter_map(|(years, price)| Some((years.parse().ok()?, to_default(to_money(price)?)))).collect();
            Ok(params.has(name).then_some(prices))
        };
        let (register, renew, transfer) = (list("register")?, list("renew")?, list("transfer")?);
        let longest =
            |list: &Option<BTreeMap<u32, Decimal>>| list.iter().flatten().map(|(years, _)| *years).max().unwrap_or(0);
        if longest(&register) > 10 {
            return refuse("The maximum register period is 10 years");
        }
        if longest(&renew) > 9 {
            return refuse("The maximum renew period is 9 years");
        }
        if transfer.as_ref().is_some_and(|list| list.len() > 1) {
            return refuse("Only one transfer period can be defined");
        }
        if longest(&transfer) > 10 {
            return refuse("The maximum transfer period is 10 years");
        }
        let period = |days: &str, fee: &str| {
            let days = params.int(days).and_then(|days| u32::try_from(days).ok());
            params.money(fee).map(|fee| (days.unwrap_or(30), to_default(fee)))
        };
        Ok(Self {
            register,
            renew,
            transfer,
            grace: period("grace_period_days", "grace_period_fee"),
            redemption: period("redemption_period_days", "redemption_period_fee"),
        })
    }
}
