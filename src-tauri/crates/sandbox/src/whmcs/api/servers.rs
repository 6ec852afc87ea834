//! <https://developers.whmcs.com/api/api-index/#servers>

use serde_json::{Value, json};

use crate::whmcs::desk::{Answer, Desk, success};
use crate::whmcs::params::Params;
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] =
    &[action("GetHealthStatus", get_health_status), action("GetServers", get_servers)];

/// <https://developers.whmcs.com/api-reference/gethealthstatus/>
fn get_health_status(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let check = |name: &str, kind: &str, severity: &str, body: &str| json!({"name": name, "type": kind, "severityLevel": severity, "body": body});
    let version = desk.version.number();
    Ok(success(json!({
        "checks": {
            "success": [
                check("version", "WHMCS", "success", &format!("You are running version {version}.")),
                check("phpVersion", "PHP", "success", "Your PHP version is supported."),
                check("cronStatus", "Cron", "success", "The system cron is running regularly."),
            ],
            "warning": [check("dbCollations", "Database", "warning", "Some tables have mixed collations.")],
            "danger": [],
        },
    })))
}

/// <https://developers.whmcs.com/api-reference/getservers/>
fn get_servers(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let service = params.id("serviceId").and_then(|id| state.services.get(id)).map(|service| service.server);
    let live = params.flag("fetchStatus");
    let rows: Vec<Value> = state
        .servers
        .iter()
        .filter(|one| service.is_none_or(|id| one.id == id))
        .map(|one| {
            let used =
                state.services.iter().filter(|service| service.server == one.id && service.status.renews()).count();
            let percent = used as u64 * 100 / one.capacity.max(1);
            let (load, uptime) = if live && one.reachable { ("0.42 0.37 0.31", "211 days") } else { ("", "") };
            json!({
                "id": one.id,
                "name": one.name,
                "hostname": one.hostname,
                "ipaddress": one.ip,
                "active": one.active,
                "activeServices": used,
                "maxAllowedServices": one.capacity,
                "percentUsed": percent,
                "module": one.module,
                "status": {"http": live && one.reachable, "load": load, "uptime": uptime},
            })
        })
        .collect();
    Ok(success(json!({"servers": rows, "fetchStatus": if live { "1" } else { "" }})))
}
