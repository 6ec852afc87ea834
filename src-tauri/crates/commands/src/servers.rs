//! Contabo instances beside the WHMCS services that sell them.

use rackdesk_console::{money::Money, plan::Phrase};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A server. Columns: name, client, state, region, size, ipv4, next_due, renews, price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerRow {
    /// Contabo instance id.
    pub id: i64,
    /// Display name, or name.
    pub name: String,
    /// Linked WHMCS service.
    pub service_id: Option<i64>,
    /// Its client.
    pub client_id: Option<i64>,
    /// The client's name.
    pub client_name: Option<String>,
    /// State word to show: Contabo's status, or `restarting` … while an action of ours runs.
    pub state: String,
    /// Contabo's own status.
    pub provider_status: String,
    /// Region slug.
    pub region: String,
    /// Data center.
    pub data_center: String,
    /// Product id, e.g. `V95`.
    pub product_id: String,
    /// Plan name, e.g. `Cloud VPS 20 SSD`; the product id when unknown.
    pub size: String,
    /// First IPv4.
    pub ipv4: Option<String>,
    /// First IPv6.
    pub ipv6: Option<String>,
    /// Next due date of the WHMCS service (yyyy-mm-dd).
    pub next_due: Option<String>,
    /// Date the instance ends, when cancelled.
    pub cancel_date: Option<String>,
    /// Price of the WHMCS service per its cycle.
    pub price: Option<Money>,
    /// Tags.
    pub tags: Vec<String>,
    /// Open action on it.
    pub action_id: Option<i64>,
    /// When Contabo said so (RFC 3339, UTC).
    pub as_of: String,
}

/// How the two sides of a fact compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FactVerdict {
    /// Both say the same.
    Agree,
    /// They differ: a person should look.
    Differ,
    /// Only one side has it, which is right.
    OneSided,
}

/// A fact of both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FactRow {
    /// `status`, `product`, `region`, `image`, `ipv4`, `renews`, `price`, …
    pub fact: String,
    /// What WHMCS says.
    pub whmcs: Option<String>,
    /// What Contabo says.
    pub contabo: Option<String>,
    /// How they compare.
    pub verdict: FactVerdict,
    /// Why, when they differ.
    pub reason: Option<Phrase>,
}

/// What can be done with a server now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Ability {
    /// `power.start`, `power.stop`, `power.shutdown`, `power.restart`.
    pub kind: String,
    /// Whether it may be asked for now.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Phrase>,
    /// What it does.
    pub impact: rackdesk_console::plan::Impact,
}

/// A server's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerPage {
    /// The row.
    pub row: ServerRow,
    /// Facts of both sides.
    pub facts: Vec<FactRow>,
    /// Machine facts in order: `cpu`, `ram`, `disk`, `mac`, `host`, `default_user`, `created`, …
    pub machine: Vec<crate::clients::ClientFact>,
    /// All addresses.
    pub addresses: Vec<String>,
    /// What can be done.
    pub abilities: Vec<Ability>,
    /// Contabo's `errorMessage`: foreign text.
    pub error_message: Option<String>,
}

/// What a timeline is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Subject {
    /// An instance.
    Server {
        /// Instance id.
        id: i64,
    },
    /// A client.
    Client {
        /// Client id.
        id: i64,
    },
}

/// How a timeline entry looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Went well.
    Ok,
    /// Under way.
    Busy,
    /// Waits for a person, or done by others.
    Warn,
    /// Failed.
    Bad,
    /// Neutral.
    Idle,
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TimelineEntry {
    /// When (RFC 3339, UTC; WHMCS dates without a zone are taken as UTC).
    pub at: String,
    /// What, e.g. `timeline.action.succeeded`.
    pub title: Phrase,
    /// One or two further lines.
    pub lines: Vec<Phrase>,
    /// Look.
    pub tone: Tone,
    /// `action`, `audit`, `invoice`, `ticket`, `sync`.
    pub source: String,
    /// Its action.
    pub action_id: Option<i64>,
    /// Its request id.
    pub request_id: Option<String>,
}

/// See the list of commands.
pub async fn servers_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::servers::ServerRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn server_page(core: &crate::Core, input: crate::clients::RecordRef) -> Result<crate::servers::ServerPage, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn timeline(core: &crate::Core, input: crate::servers::Subject) -> Result<Vec<crate::servers::TimelineEntry>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}
