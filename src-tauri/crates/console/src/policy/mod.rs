//! What a profile allows: plain data with defaults, so that a profile of an earlier version reads as before.
//!
//! The profile's own file holds a copy; in force is the newest change in the profile's database ([`kept`]), because
//! that is where every process that plans, approves or sends looks within its own transaction. The rules that are made
//! from it are in [`crate::plan::guardrails`]. To add one: a field here with its default, its check in [`check`], its
//! rule there, and its words in `phrases/en.json`.

mod calendar;
pub mod check;
pub mod kept;

pub use calendar::{Freeze, Window};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::money::Money;

/// What a suspended service's server does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SuspendPolicy {
    /// It is stopped.
    #[default]
    Stop,
    /// It is left as it is; only WHMCS's status changes.
    Leave,
}

/// Which plans need the yes of two people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SecondApprover {
    /// None.
    #[default]
    Nothing,
    /// Those that erase or end something.
    Destructive,
    /// Those that change what is paid.
    Billable,
    /// All.
    All,
}

/// What may be in a server's first-boot script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct CloudInit {
    /// Whether there may be one at all.
    pub allowed: bool,
    /// Most bytes.
    pub most_bytes: u32,
    /// Directives that must be in it, e.g. `package_update`.
    pub required: Vec<String>,
    /// Directives that must not be in it, e.g. `bootcmd`.
    pub forbidden: Vec<String>,
}

impl Default for CloudInit {
    fn default() -> Self {
        Self { allowed: true, most_bytes: 32 * 1024, required: Vec::new(), forbidden: Vec::new() }
    }
}

/// What a profile allows. Times in seconds where nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// How long a missing audit row may be late before its absence proves that a call which costs nothing did not
    /// happen.
    pub grace_seconds: u32,
    /// The same for calls that cost money or destroy data.
    pub grace_costly_seconds: u32,
    /// Power actions per hour.
    pub power_per_hour: u32,
    /// Things bought at the provider per hour; `None` for no limit.
    pub create_per_hour: Option<u32>,
    /// Things bought at the provider within 24 hours.
    pub create_per_day: Option<u32>,
    /// Most that may be spent at the provider within 24 hours.
    pub spend_day: Option<Money>,
    /// Most that may be spent at the provider within 30 days.
    pub spend_month: Option<Money>,
    /// Whether anything may be erased or ended.
    pub destructive: bool,
    /// Whether private networks may be created.
    pub network_create: bool,
    /// Whether a server that is created or reinstalled needs an SSH key.
    pub ssh_key_required: bool,
    /// What may be in a first-boot script.
    pub cloud_init: CloudInit,
    /// What a suspended service's server does.
    pub suspend: SuspendPolicy,
    /// When there are any, what interrupts is sent in them only.
    pub windows: Vec<Window>,
    /// Times in which nothing may be interrupted.
    pub freezes: Vec<Freeze>,
    /// Server name patterns (`*` stands for any text) that no action may touch.
    pub protected: Vec<String>,
    /// Tags whose servers no action may touch.
    pub protected_tags: Vec<String>,
    /// Which plans need the yes of two people.
    pub second_approver: SecondApprover,
    /// Facts older than this are not taken for granted.
    pub stale_seconds: u32,
    /// Whether such facts keep a row out; they are warned about otherwise.
    pub stale_blocks: bool,
    /// Whether a client's open ticket keeps a row out that interrupts; it is warned about otherwise.
    pub tickets_block: bool,
    /// Whether a service's lock field in WHMCS is set while an action is at work on its server.
    pub whmcs_lock: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            grace_seconds: 90,
            grace_costly_seconds: 600,
            power_per_hour: 60,
            create_per_hour: None,
            create_per_day: None,
            spend_day: None,
            spend_month: None,
            destructive: true,
            network_create: true,
            ssh_key_required: false,
            cloud_init: CloudInit::default(),
            suspend: SuspendPolicy::Stop,
            windows: Vec::new(),
            freezes: Vec::new(),
            protected: Vec::new(),
            protected_tags: vec!["protected".into()],
            second_approver: SecondApprover::Nothing,
            stale_seconds: 15 * 60,
            stale_blocks: false,
            tickets_block: false,
            whmcs_lock: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_of_an_earlier_version_reads_with_defaults() {
        let old = r#"{"grace_seconds": 5, "grace_costly_seconds": 600, "power_per_hour": 7, "protected": ["db-*"]}"#;
        let read: Policy = serde_json::from_str(old).unwrap();
        let expected =
            Policy { grace_seconds: 5, power_per_hour: 7, protected: vec!["db-*".into()], ..Policy::default() };
        assert_eq!(read, expected);
        let again: Policy = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
