//! Firewalls: inbound rules for the servers attached to them.

use serde_json::Value;

use crate::api::instances::IpConfig;
use crate::argument::Csv;
use crate::lenient::Stamp;
use crate::reply::Done;

open_enum! {
    /// Whether rules apply.
    FirewallStatus {
        Active = "active",
        Inactive = "inactive",
    }
}

open_enum! {
    /// How far an attached server is.
    AttachmentStatus {
        Ok = "ok",
        Processing = "processing",
        Deleting = "deleting",
        ErrorProcessing = "error_processing",
        ErrorDeleting = "error_deleting",
    }
}

open_enum! {
    /// What a rule lets in; empty means everything.
    Protocol {
        Tcp = "tcp",
        Udp = "udp",
        Icmp = "icmp",
        Any = "",
    }
}

open_enum! {
    /// What a rule does; only `accept` is supported.
    RuleAction {
        Accept = "accept",
        Drop = "drop",
    }
}

object! {
    /// Where traffic may come from.
    SourceCidr
    rest {
        /// IPv4 ranges, or `AnyIPv4`.
        ipv4: Vec<String>,
        /// IPv6 ranges, or `AnyIPv6`.
        ipv6: Vec<String>,
    }
}

object! {
    /// A rule.
    Rule
    rest {
        /// What it lets in.
        protocol: Protocol,
        /// Ports and port ranges; none for ICMP.
        dest_ports: Vec<String>,
        /// Where it may come from.
        src_cidr: Option<SourceCidr>,
        /// What it does.
        action: RuleAction,
        /// Whether it applies.
        status: FirewallStatus,
        /// Name.
        display_name: String,
    }
}

object! {
    /// The rules of a firewall.
    Rules
    rest {
        /// For incoming traffic.
        inbound: Vec<Rule>,
    }
}

object! {
    /// How far an attached server is.
    Attachment
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// How far it is.
        status: AttachmentStatus,
        /// What went wrong.
        error_message: String,
    }
}

object! {
    /// An attached server.
    AttachedInstance
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// Customer's name for it.
        display_name: String,
        /// Provider's name for it.
        name: String,
        /// Product id.
        product_id: String,
        /// Its addresses.
        ip_config: Option<IpConfig>,
        /// Region slug.
        region_slug: String,
        /// Region in words.
        region_name: String,
        /// Data center, short.
        data_center_slug: String,
        /// Data center.
        data_center_name: String,
    }
}

object! {
    /// A firewall.
    Firewall
    key {
        /// Firewall id, a UUID.
        firewall_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Name, up to 255 characters.
        name: String,
        /// Description.
        description: String,
        /// Inactive: none of its rules is set on its servers.
        status: FirewallStatus,
        /// How far each attached server is.
        instance_status: Vec<Attachment>,
        /// The attached servers.
        instances: Vec<AttachedInstance>,
        /// Its rules.
        rules: Option<Rules>,
        /// When it was created.
        created_date: Option<Stamp>,
        /// When it was last changed.
        updated_date: Option<Stamp>,
    }
}

object! {
    /// A rule to start from.
    PresetRule
    key {
        /// Name, e.g. `HTTPS`.
        name: String,
    }
    rest {
        /// The rule; its shape is not documented.
        body as "macro": Value,
    }
}

request_object! {
    /// Where traffic may come from.
    SourceInput
    optional {
        /// IPv4 ranges, or `AnyIPv4`.
        ipv4: Vec<String>,
        /// IPv6 ranges, or `AnyIPv6`.
        ipv6: Vec<String>,
    }
}

request_object! {
    /// A rule.
    RuleInput
    require {
        /// What it lets in.
        protocol: Protocol,
        /// Ports and port ranges, up to 15 (quirk 6); none for ICMP.
        dest_ports: Vec<String>,
        /// Where it may come from.
        src_cidr: SourceInput,
        /// What it does.
        action: RuleAction,
        /// Whether it applies.
        status: FirewallStatus,
    }
    optional {
        /// Name.
        display_name: String,
    }
}

request_object! {
    /// The rules of a firewall; they replace all that were there.
    RulesInput
    require {
        /// For incoming traffic.
        inbound: Vec<RuleInput>,
    }
}

listing! {
    /// Lists the firewalls.
    RetrieveFirewallList = "retrieveFirewallList", "/v1/firewalls", Firewalls -> Firewall;
    query {
        /// Name.
        name: String,
        /// Attached servers.
        instance_ids: Csv<i64>,
    }
}

operation! {
    /// Creates a firewall.
    CreateFirewall = "createFirewall", POST "/v1/firewalls", Firewalls, Once, External -> Firewall;
    require {
        /// Name, up to 255 characters.
        name: String,
        /// Whether its rules apply.
        status: FirewallStatus,
    }
    body {
        /// Description, up to 255 characters.
        description: String,
        /// Its rules.
        rules: RulesInput,
    }
}

listing! {
    /// Lists rules to start from. Answers without totals (quirk 9).
    RetrievePresetRules = "retrievePresetRules", "/v1/firewalls/preset-rules", Firewalls -> PresetRule;
    query {
        /// Name.
        name: String,
    }
}

operation! {
    /// One firewall. The documentation gives it a list's parameters as well.
    RetrieveFirewall = "retrieveFirewall", GET "/v1/firewalls/{firewallId}", Firewalls, Read, Quick -> Firewall;
    path {
        /// Firewall id.
        firewall_id: String,
    }
    query {
        /// Without known use.
        page: i64,
        /// Without known use.
        size: i64,
        /// Without known use.
        order_by: Vec<String>,
        /// Without known use.
        name: String,
        /// Without known use.
        instance_ids: Csv<i64>,
    }
}

operation! {
    /// Replaces a firewall's rules. Its servers are changed one by one (processing → ok).
    PutFirewall = "putFirewall", PUT "/v1/firewalls/{firewallId}", Firewalls, Idempotent, External -> Firewall;
    path {
        /// Firewall id.
        firewall_id: String,
    }
    body {
        /// All its rules.
        rules: RulesInput,
    }
}

operation! {
    /// Changes a firewall's name, description or status. Inactive lets all traffic through.
    PatchFirewall = "patchFirewall", PATCH "/v1/firewalls/{firewallId}", Firewalls, Idempotent, External -> Firewall;
    path {
        /// Firewall id.
        firewall_id: String,
    }
    body {
        /// Name.
        name: String,
        /// Whether its rules apply.
        status: FirewallStatus,
        /// Description.
        description: String,
    }
}

operation! {
    /// Deletes a firewall; refused while servers are attached.
    DeleteFirewall = "deleteFirewall", DELETE "/v1/firewalls/{firewallId}", Firewalls, Destructive, Quick -> Done;
    path {
        /// Firewall id.
        firewall_id: String,
    }
}

operation! {
    /// Attaches a server.
    AssignInstanceFirewall = "assignInstanceFirewall", POST "/v1/firewalls/{firewallId}/instances/{instanceId}",
        Firewalls, Idempotent, External -> Done;
    path {
        /// Firewall id.
        firewall_id: String,
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Detaches a server.
    UnassignInstanceFirewall = "unassignInstanceFirewall", DELETE "/v1/firewalls/{firewallId}/instances/{instanceId}",
        Firewalls, Idempotent, External -> Done;
    path {
        /// Firewall id.
        firewall_id: String,
        /// Instance id.
        instance_id: i64,
    }
}
