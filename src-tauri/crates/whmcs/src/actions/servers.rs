//! Servers that WHMCS provisions on, and the health of the installation. With `fetchStatus` each server is asked
//! live, which is slow (quirk 70).

use serde_json::Value;

use crate::action::actions;
use crate::lenient::record;

record! {
    /// What a server said when asked.
    ServerStatus {
        http: Option<bool>,
        load: String,
        uptime: String,
    }
}

record! {
    /// A server.
    Server {
        id: Option<u64>,
        name: String,
        hostname: String,
        ipaddress: String,
        active: Option<bool>,
        active_services as "activeServices": Option<u64>,
        max_allowed_services as "maxAllowedServices": Option<u64>,
        /// Per cent.
        percent_used as "percentUsed": Option<i64>,
        module: String,
        status: Option<ServerStatus>,
    }
}

record! {
    /// Servers; this list has no pages.
    ServerList {
        servers bare "server": Vec<Server>,
        fetch_status as "fetchStatus": Option<bool>,
    }
}

record! {
    /// Checks by severity, as the installation names them.
    HealthStatus {
        checks: Value,
    }
}

actions! {
    Servers;

    /// Servers. <https://developers.whmcs.com/api-reference/getservers/>
    GetServers: Read, External => ServerList {
        may {
            /// Those that could take this service.
            service_id as "serviceId": u64,
            /// Those that could take this addon.
            addon_id as "addonId": u64,
            /// Ask each server live.
            fetch_status as "fetchStatus": bool,
        }
    }

    /// The installation's health checks. <https://developers.whmcs.com/api-reference/gethealthstatus/>
    GetHealthStatus: Read, External => HealthStatus {
        may {
            /// Ask each server live.
            fetch_status as "fetchStatus": bool,
        }
    }
}
