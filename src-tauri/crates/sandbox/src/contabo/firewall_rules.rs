//! Firewall rules: inbound, accept, at most 15 ports each.

use serde_json::{Value, json};

use super::fields::Fields;

/// Ports that fit one rule.
const MOST_PORTS: usize = 15;

/// One inbound rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) protocol: &'static str,
    pub(super) ports: Vec<String>,
    pub(super) ipv4: Vec<String>,
    pub(super) ipv6: Vec<String>,
    pub(super) action: &'static str,
    pub(super) status: &'static str,
    pub(super) display_name: String,
}

impl Rule {
    /// Accepts a TCP port from everywhere.
    pub(super) fn open(port: &str, display_name: &str) -> Self {
        Self {
            protocol: "tcp",
            ports: vec![port.to_owned()],
            ipv4: vec!["AnyIPv4".to_owned()],
            ipv6: vec!["AnyIPv6".to_owned()],
            action: "accept",
            status: "active",
            display_name: display_name.to_owned(),
        }
    }

    pub(super) fn view(&self) -> Value {
        json!({
            "protocol": self.protocol,
            "destPorts": self.ports,
            "srcCidr": {"ipv4": self.ipv4, "ipv6": self.ipv6},
            "action": self.action,
            "status": self.status,
            "displayName": self.display_name,
        })
    }
}

/// Reads `rules.inbound`; `None` when there are no `rules`.
pub(super) fn read(fields: &mut Fields) -> Option<Vec<Rule>> {
    let mut rules = fields.object("rules")?;
    let mut inbound = Vec::new();
    for mut one in rules.need_objects("inbound") {
        inbound.push(rule(&mut one));
        rules.absorb(one);
    }
    fields.absorb(rules);
    Some(inbound)
}

fn rule(fields: &mut Fields) -> Rule {
    let protocol = fields.need_choice("protocol", &["tcp", "udp", "icmp", ""]);
    let ports = fields.need_texts("destPorts");
    if ports.len() > MOST_PORTS {
        fields.problem("destPorts", &format!("must contain no more than {MOST_PORTS} elements"));
    }
    if protocol == "icmp" && !ports.is_empty() {
        fields.problem("destPorts", "is not available for protocol icmp");
    }
    if ports.iter().any(|port| !is_port(port)) {
        fields.problem("destPorts", "must contain only ports and port ranges");
    }
    let (mut ipv4, mut ipv6) = (Vec::new(), Vec::new());
    if let Some(mut source) = fields.need_object("srcCidr") {
        ipv4 = source.texts("ipv4").unwrap_or_default();
        ipv6 = source.texts("ipv6").unwrap_or_default();
        for (name, list, any) in [("ipv4", &ipv4, "AnyIPv4"), ("ipv6", &ipv6, "AnyIPv6")] {
            if list.iter().any(|text| text != any && !is_cidr(text, name == "ipv6")) {
                source.problem(name, "must contain only addresses in CIDR notation");
            }
        }
        fields.absorb(source);
    }
    let action = fields.need_choice("action", &["accept", "drop"]);
    if action == "drop" {
        fields.problem("action", "currently only supports accept");
    }
    let status = fields.need_choice("status", &["active", "inactive"]);
    let display_name = fields.text("displayName", 0..=255).unwrap_or_default();
    Rule { protocol, ports, ipv4, ipv6, action, status, display_name }
}

/// `80` or `8000-8010`.
fn is_port(text: &str) -> bool {
    let number = |part: &str| part.trim().parse::<u16>().ok().filter(|port| *port > 0);
    match text.split_once('-') {
        None => number(text).is_some(),
        Some((low, high)) => matches!((number(low), number(high)), (Some(low), Some(high)) if low <= high),
    }
}

fn is_cidr(text: &str, v6: bool) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, if v6 { "128" } else { "32" }));
    let most = if v6 { 128 } else { 32 };
    let fits = length.parse::<u8>().is_ok_and(|length| length <= most);
    fits && address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_ipv6() == v6)
}

/// A rule the provider offers ready-made.
#[derive(Debug)]
pub(super) struct Preset {
    pub(super) name: &'static str,
    protocol: &'static str,
    port: &'static str,
}

impl Preset {
    pub(super) fn view(&self) -> Value {
        let ports: Vec<&str> = if self.port.is_empty() { vec![] } else { vec![self.port] };
        json!({"name": self.name, "macro": {"protocol": self.protocol, "destPorts": ports, "action": "accept"}})
    }
}

/// The ready-made rules.
pub(super) const PRESETS: &[Preset] = &[
    Preset { name: "SSH", protocol: "tcp", port: "22" },
    Preset { name: "HTTP", protocol: "tcp", port: "80" },
    Preset { name: "HTTPS", protocol: "tcp", port: "443" },
    Preset { name: "RDP", protocol: "tcp", port: "3389" },
    Preset { name: "DNS", protocol: "udp", port: "53" },
    Preset { name: "SMTP", protocol: "tcp", port: "25" },
    Preset { name: "MySQL", protocol: "tcp", port: "3306" },
    Preset { name: "PostgreSQL", protocol: "tcp", port: "5432" },
    Preset { name: "Ping", protocol: "icmp", port: "" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_networks_are_told_from_nonsense() {
        assert!(is_port("80") && is_port("8000-8010"));
        assert!(!is_port("0") && !is_port("8010-8000") && !is_port("http") && !is_port("70000"));
        assert!(is_cidr("10.0.0.0/8", false) && is_cidr("2001:db8::/32", true) && is_cidr("192.0.2.1", false));
        assert!(!is_cidr("10.0.0.0/33", false) && !is_cidr("2001:db8::/32", false) && !is_cidr("any", false));
    }
}
