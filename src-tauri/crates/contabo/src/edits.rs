//! What a change does to the machine it is made on: nothing, an interruption, or the loss of its disk.

use serde::{Deserialize, Serialize};

/// What happens to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditEffect {
    /// It runs on as it is.
    Keep,
    /// It is interrupted, or has to be before the change takes effect.
    Restart,
    /// Its disk is lost.
    Wipe,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// `operationId`.
    pub operation: &'static str,
    /// Member of the body, `*` for all or none.
    pub field: &'static str,
    /// When this line applies; empty for always.
    pub when: &'static str,
    /// What happens.
    pub effect: EditEffect,
    /// Who says so.
    pub source: &'static str,
}

const fn edit(
    operation: &'static str,
    field: &'static str,
    when: &'static str,
    effect: EditEffect,
    source: &'static str,
) -> Edit {
    Edit { operation, field, when, effect, source }
}

use EditEffect::{Keep, Restart, Wipe};

/// The table: every PATCH and PUT, network membership, upgrades, and actions on servers.
pub const EDITS: &[Edit] = &[
    edit("patchInstance", "displayName", "", Keep, "operation's page: a name"),
    edit("reinstallInstance", "*", "", Wipe, "operation's page; the address stays (quirk 5)"),
    edit(
        "upgradeInstance",
        "privateNetworking",
        "",
        Keep,
        "buys the add-on; joining a network is what interrupts (quirk 6)",
    ),
    edit("upgradeInstance", "backup", "", Keep, "buys the add-on (inferred)"),
    edit("cancelInstance", "cancelDate", "", Keep, "the server lives until that date, then it is gone (quirk 5)"),
    edit(
        "assignInstancePrivateNetwork",
        "*",
        "first network of the server",
        Wipe,
        "API introduction asks for a reinstallation; product pages of September 2026 say that a restart often does, and that an unsupported host also costs the public address (quirk 6)",
    ),
    edit("assignInstancePrivateNetwork", "*", "further network", Restart, "API introduction (quirk 6)"),
    edit("unassignInstancePrivateNetwork", "*", "", Restart, "not documented; an interface goes away (inferred)"),
    edit("patchPrivateNetwork", "*", "", Keep, "a name and a description"),
    edit("start", "*", "", Keep, "operation's page: nothing happens to a running server"),
    edit("stop", "*", "", Restart, "operation's page: power off"),
    edit("shutdown", "*", "", Restart, "operation's page: ACPI shutdown"),
    edit("restart", "*", "", Restart, "operation's page"),
    edit("rescue", "*", "", Restart, "operation's page: restarts into the rescue system"),
    edit("resetPasswordAction", "*", "", Restart, "status reset_password while it works (inferred from quirk 5)"),
    edit("rollbackSnapshot", "*", "", Wipe, "operation's page: what was written since is lost, newer snapshots too"),
    edit("updateSnapshot", "*", "", Keep, "a name and a description"),
    edit(
        "startExtRemedy",
        "*",
        "",
        Wipe,
        "a remedy's requirements may be a restart or a reinstallation (schema of remedies)",
    ),
    edit("putFirewall", "rules", "", Keep, "operation's page: rules are set on running servers"),
    edit("patchFirewall", "*", "", Keep, "operation's page; an inactive firewall lets everything in"),
    edit("assignInstanceFirewall", "*", "", Keep, "member goes from processing to ok (quirk 5)"),
    edit("unassignInstanceFirewall", "*", "", Keep, "member goes from deleting to gone (quirk 5)"),
    edit("assignIp", "*", "", Keep, "bookkeeping only (quirk 6)"),
    edit("unassignIp", "*", "", Keep, "bookkeeping only (quirk 6)"),
    edit("updateImage", "*", "", Keep, "a name and a description"),
    edit("updateObjectStorage", "displayName", "", Keep, "operation's page: a name"),
    edit("upgradeObjectStorage", "*", "", Keep, "grows only; status UPGRADING meanwhile (quirks 5 and 6)"),
    edit(
        "CancelObjectStorage",
        "cancelDate",
        "",
        Keep,
        "the storage lives until the next possible date, then it is gone (quirk 5)",
    ),
    edit("regenerateObjectStorageCredentials", "*", "", Keep, "the data stays; whoever uses the old key is locked out"),
    edit("updateSecret", "*", "", Keep, "servers keep what they were installed with"),
    edit("updateTag", "*", "", Keep, "a name and a colour"),
    edit("updateUser", "*", "", Keep, "no server is touched"),
    edit("updateRole", "*", "", Keep, "no server is touched"),
    edit(
        "generateClientSecret",
        "*",
        "",
        Keep,
        "no server is touched; this console is locked out until the new secret is stored (quirk 6)",
    ),
    edit("updatePtrRecord", "ptr", "", Keep, "no server is touched"),
    edit("updateDnsZoneRecord", "*", "", Keep, "no server is touched"),
    edit("updateDomain", "*", "", Keep, "no server is touched; name servers decide what is reachable"),
    edit("updateHandle", "*", "", Keep, "no server is touched"),
    edit("setDefaultHandle", "*", "", Keep, "no server is touched"),
    edit("cancelExtCheckCollection", "status", "", Keep, "no server is touched"),
    edit("cancelExtCheck", "status", "", Keep, "no server is touched"),
    edit("cancelExtRemedy", "status", "", Restart, "what the remedy did so far stays as it is (inferred)"),
];

/// The lines that apply to changing these members of an operation's body; with no members, all of the operation's.
pub fn edits(operation: &str, fields: &[&str]) -> Vec<Edit> {
    let touched = |edit: &&Edit| fields.is_empty() || edit.field == "*" || fields.contains(&edit.field);
    EDITS.iter().filter(|edit| edit.operation == operation).filter(touched).copied().collect()
}

/// The worst that changing these members can do; `None` for an operation the table does not know.
pub fn worst(operation: &str, fields: &[&str]) -> Option<EditEffect> {
    edits(operation, fields).iter().map(|edit| edit.effect).max()
}
