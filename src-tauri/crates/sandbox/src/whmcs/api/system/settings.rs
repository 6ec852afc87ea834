//! Settings, currencies, gateways, bans, version.

use jiff::Span;
use serde_json::{Value, json};

use crate::dialect::Version;
use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, refuse, success};
use crate::whmcs::model::system::BannedIp;
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/whmcsdetails/>
pub(super) fn whmcs_details(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let version = desk.version.number();
    Ok(success(json!({"whmcs": {"version": version, "canonicalversion": format!("{version}-release.1")}})))
}

/// <https://developers.whmcs.com/api-reference/getcurrencies/>
pub(super) fn get_currencies(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let rows: Vec<Value> = desk
        .state
        .currencies
        .iter()
        .map(|one| {
            json!({
                "id": one.id.to_string(),
                "code": one.code,
                "prefix": one.prefix,
                "suffix": one.suffix,
                "format": one.format.to_string(),
                "rate": format!("{:.5}", one.rate),
            })
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len().to_string(), "currencies": {"currency": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getpaymentmethods/>
pub(super) fn get_payment_methods(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let rows: Vec<Value> = desk
        .state
        .gateways
        .iter()
        .filter(|one| one.active)
        .map(|one| json!({"module": one.module, "displayname": one.name}))
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "paymentmethods": {"paymentmethod": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getconfigurationvalue/>
pub(super) fn get_configuration_value(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let name = params.text("setting").or_refuse("Parameter setting is required")?;
    let value = match name {
        "Version" => format!("{}-release.1", desk.version.number()),
        _ => desk.state.settings.get(name).or_refuse("Invalid name for parameter setting")?.clone(),
    };
    Ok(success(json!({"setting": name, "value": value})))
}

/// <https://developers.whmcs.com/api-reference/setconfigurationvalue/>
///
/// The page calls it local; installations that allow it from outside exist, so only the oldest dialect refuses.
pub(super) fn set_configuration_value(desk: &mut Desk<'_>, params: &Params) -> Answer {
    if desk.version == Version::V7 {
        return refuse("API Command Restricted to Internal API");
    }
    let name = params.text("setting").or_refuse("Parameter setting is required")?;
    let value = params.raw("value").or_refuse("Parameter value is required")?;
    let slot = desk.state.settings.get_mut(name).or_refuse("Invalid name for parameter setting")?;
    let changed = slot != value;
    value.clone_into(slot);
    if changed {
        desk.note(Effect::Updated, "setting", name, json!({}));
        desk.log(0, format!("Configuration Setting Changed - {name}"));
    }
    Ok(success(json!({"value_changed": if changed { "true" } else { "false" }})))
}

/// <https://developers.whmcs.com/api-reference/addbannedip/>
pub(super) fn add_banned_ip(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let days = params.int("days").unwrap_or(7).clamp(0, 36_500);
    let now = desk.now();
    let expires = params.moment("expires").unwrap_or_else(|| now.saturating_add(Span::new().days(days)));
    let (ip, reason) = (params.string("ip"), params.string("reason"));
    let detail = json!({"ip": ip});
    let id = desk.state.banned_ips.add(|id| BannedIp { id, ip, reason, expires });
    desk.note(Effect::Created, "banned_ip", id, detail);
    desk.log(0, format!("Added Banned IP - ID: {id}"));
    Ok(success(json!({"banid": id.to_string()})))
}
