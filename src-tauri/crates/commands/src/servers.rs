//! Contabo instances beside the WHMCS services that sell them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use rackdesk_console::{
    act::{
        ActionState,
        kinds::{TargetKind, power},
    },
    both_sides,
    money::Money,
    plan::{Phrase, facts},
    record,
};
use rackdesk_store::{
    StoreError,
    list::{SERVERS, Today, window},
    mirror::{ClientMoment, InstanceDetail, instance_detail, moments_of_client, servers_of_client, services_claiming},
    queue,
    rusqlite::{self, Connection, Row},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    AppError, Core,
    clients::{ClientFact, RecordRef},
    list::{self, ListQuery, Window, known, money},
};

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
    pub machine: Vec<ClientFact>,
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
    /// When (RFC 3339, UTC; WHMCS times without a zone are taken as UTC), or the day where only that is known.
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

/// A window of the servers.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn servers_window(core: &Core, input: ListQuery) -> Result<Window<ServerRow>, AppError> {
    let session = core.session()?;
    let query = input.into();
    let found = session.store.read_async(move |c| {
        let mut found = window(c, &SERVERS, &query, &Today::local(), server_row)?;
        show_actions(c, &mut found.rows)?;
        Ok(found)
    });
    let found = found.await?;
    Ok(Window { rows: found.rows, next: found.next })
}

pub(crate) fn server_row(row: &Row<'_>) -> rusqlite::Result<ServerRow> {
    let status: String = row.get("status")?;
    let tags: String = row.get("tags")?;
    let price = known(row, "price")?.is_some();
    Ok(ServerRow {
        id: row.get("_id")?,
        name: row.get("label")?,
        service_id: row.get("service_id")?,
        client_id: row.get("client_id")?,
        client_name: known(row, "client_name")?,
        state: status.clone(),
        provider_status: status,
        region: row.get("region")?,
        data_center: row.get("data_center")?,
        product_id: row.get("product_id")?,
        size: row.get("size")?,
        ipv4: known(row, "ipv4")?,
        ipv6: known(row, "ipv6")?,
        next_due: known(row, "next_due")?,
        cancel_date: known(row, "cancel_date")?,
        price: if price { Some(money(row, "price", "price_currency")?) } else { None },
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        action_id: None,
        as_of: Timestamp::from_microsecond(row.get("seen_at")?).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
    })
}

/// While an action of ours is at work on a server, its state is what the action does.
fn show_actions(c: &Connection, rows: &mut [ServerRow]) -> Result<(), StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    for action in queue::open_on_targets(c, "instance", &ids)? {
        let Some(row) = rows.iter_mut().find(|row| row.id == action.target.id && row.action_id.is_none()) else {
            continue;
        };
        row.action_id = Some(action.id);
        if action.state == ActionState::Running.name() {
            row.state = match action.kind.as_str() {
                "power.restart" => "restarting",
                "power.start" => "starting",
                "power.stop" => "stopping",
                "power.shutdown" => "shutting_down",
                _ => continue,
            }
            .into();
        }
    }
    Ok(())
}

/// One server's page.
///
/// # Errors
/// `NotFound` when the mirror has no such server; or the store fails.
pub async fn server_page(core: &Core, input: RecordRef) -> Result<ServerPage, AppError> {
    let id = input.id;
    let page = core.session()?.store.read_async(move |c| read_page(c, id)).await?;
    page.ok_or_else(|| AppError::missing(format!("Server {id}")))
}

pub(crate) fn read_page(c: &Connection, id: i64) -> Result<Option<ServerPage>, StoreError> {
    let (Some(row), Some(instance)) = (list::one(c, &SERVERS, id, server_row)?, instance_detail(c, id)?) else {
        return Ok(None);
    };
    let mut rows = [row];
    show_actions(c, &mut rows)?;
    let [row] = rows;
    let sides = both_sides::compare(&instance, row.service_id, &services_claiming(c, id)?);
    let facts = facts::read(c, TargetKind::Instance, &[id])?;
    let abilities = facts.first().map(|f| power::abilities(f, f.open_action.as_ref())).unwrap_or_default();
    Ok(Some(ServerPage {
        row,
        facts: sides.into_iter().map(FactRow::from).collect(),
        machine: machine(&instance),
        abilities: abilities.into_iter().map(Ability::from).collect(),
        error_message: Some(instance.error_message).filter(|text| !text.is_empty()),
        addresses: instance.addresses,
    }))
}

impl From<both_sides::Fact> for FactRow {
    fn from(fact: both_sides::Fact) -> Self {
        Self {
            fact: fact.fact.to_owned(),
            whmcs: fact.whmcs,
            contabo: fact.contabo,
            verdict: match fact.verdict {
                both_sides::Verdict::Agree => FactVerdict::Agree,
                both_sides::Verdict::Differ => FactVerdict::Differ,
                both_sides::Verdict::OneSided => FactVerdict::OneSided,
            },
            reason: fact.reason,
        }
    }
}

impl From<power::PowerAbility> for Ability {
    fn from(ability: power::PowerAbility) -> Self {
        Self { kind: ability.kind.to_owned(), allowed: ability.allowed, reason: ability.reason, impact: ability.impact }
    }
}

/// What the machine is, in the order in which a page shows it.
fn machine(instance: &InstanceDetail) -> Vec<ClientFact> {
    let created = instance.created.parse::<Timestamp>().ok().map(|at| at.strftime("%Y-%m-%d").to_string());
    [
        ("cpu", (instance.cpu > 0).then(|| instance.cpu.to_string())),
        ("ram", size(instance.ram_mb)),
        ("disk", size(instance.disk_mb)),
        ("product_type", Some(instance.product_type.clone())),
        ("os", Some(instance.os_type.clone())),
        ("default_user", Some(instance.default_user.clone())),
        ("mac", Some(instance.mac.clone())),
        ("host", Some(instance.host.clone())),
        ("created", created),
    ]
    .into_iter()
    .filter_map(|(code, text)| Some(ClientFact { code: code.to_owned(), text: text.filter(|t| !t.is_empty())? }))
    .collect()
}

/// Contabo counts in binary megabytes: 8192 is 8 GB on its price list.
fn size(mb: i64) -> Option<String> {
    (mb > 0).then(|| if mb % 1024 == 0 { format!("{} GB", mb / 1024) } else { format!("{mb} MB") })
}

/// Most entries of a timeline.
const MOST_ENTRIES: usize = 100;

/// What happened with a server or a client, newest first.
///
/// # Errors
/// When the store fails.
pub async fn timeline(core: &Core, input: Subject) -> Result<Vec<TimelineEntry>, AppError> {
    Ok(core.session()?.store.read_async(move |c| read_timeline(c, &input)).await?)
}

pub(crate) fn read_timeline(c: &Connection, subject: &Subject) -> Result<Vec<TimelineEntry>, StoreError> {
    let mut entries: Vec<(Timestamp, TimelineEntry)> = Vec::new();
    match *subject {
        Subject::Server { id } => add_actions(c, "instance", id, &mut entries)?,
        Subject::Client { id } => {
            for server in servers_of_client(c, id)? {
                add_actions(c, "instance", server, &mut entries)?;
            }
            add_actions(c, "client", id, &mut entries)?;
            entries.extend(moments_of_client(c, id, 50)?.into_iter().filter_map(moment));
        }
    }
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    entries.truncate(MOST_ENTRIES);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

fn add_actions(
    c: &Connection,
    kind: &str,
    id: i64,
    into: &mut Vec<(Timestamp, TimelineEntry)>,
) -> Result<(), StoreError> {
    for (action, _) in queue::events_of_target(c, kind, id, 50)? {
        let entry = record::timeline::summary(&action);
        into.push((entry.at, entry.into()));
    }
    Ok(())
}

/// An invoice or ticket as a line. WHMCS tells no zone; its times are taken as UTC.
fn moment(moment: ClientMoment) -> Option<(Timestamp, TimelineEntry)> {
    let amount = |total: Decimal, currency: String| {
        let money = Money::new(total, currency);
        let digits = money.digits() as usize;
        [("amount", format!("{:.digits$}", money.amount)), ("currency", money.currency)]
    };
    let number = |number: String| [("number", number)];
    let (at, title, lines, tone, source) = match moment {
        ClientMoment::Paid { number: n, on, total, currency } => {
            let line = Phrase::new("timeline.amount", amount(total, currency));
            (on, Phrase::new("timeline.invoice.paid", number(n)), line, Tone::Ok, "invoice")
        }
        ClientMoment::Invoiced { number: n, on, total, currency, status } => {
            let [amount, currency] = amount(total, currency);
            let line = Phrase::new("timeline.amount_status", [amount, currency, ("status", status)]);
            (on, Phrase::new("timeline.invoice.written", number(n)), line, Tone::Idle, "invoice")
        }
        ClientMoment::Opened { tid, at, subject } => {
            let line = Phrase::new("timeline.text", [("text", subject)]);
            (at, Phrase::new("timeline.ticket.opened", number(tid)), line, Tone::Idle, "ticket")
        }
        ClientMoment::Replied { tid, at, subject, waiting } => {
            let code = if waiting { "timeline.ticket.waits" } else { "timeline.ticket.replied" };
            let line = Phrase::new("timeline.text", [("text", subject)]);
            (at, Phrase::new(code, number(tid)), line, if waiting { Tone::Warn } else { Tone::Ok }, "ticket")
        }
    };
    let (at, shown) = local_time(&at)?;
    let entry = TimelineEntry {
        at: shown,
        title,
        lines: vec![lines],
        tone,
        source: source.into(),
        action_id: None,
        request_id: None,
    };
    Some((at, entry))
}

/// The moment, and as it is told: WHMCS writes midnight where it only knows the day.
fn local_time(text: &str) -> Option<(Timestamp, String)> {
    let time = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from)).ok()?;
    let at = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let day_only = time.time() == Time::midnight();
    Some((at, if day_only { time.date().to_string() } else { at.to_string() }))
}
