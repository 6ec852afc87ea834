//! What an order was approved for: read once for the plan, kept with the action, hashed with the input.

use std::collections::BTreeMap;

use futures::try_join;
use rackdesk_contabo::{
    Client, Problem,
    api::{
        data_centers::RetrieveDataCenterList,
        images::RetrieveImage,
        instances::{Instance, RetrieveInstancesList},
        tags::RetrieveTag,
    },
};
use rackdesk_store::queue;
use rackdesk_whmcs::actions::{
    billing::GetInvoice,
    client::ClientService,
    orders::{GetOrders, OrderRow},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        GATHERED, Site, TargetKind, Trouble, contabo, login, service,
        whmcs::{ask, store_trouble},
    },
    CARD, Input, whose,
};
use crate::{
    act::engine::Deps,
    mirror::INSTANCE_FIELD,
    plan::Phrase,
    prices::{PriceList, Quote},
    record::receipts::{canonical, hash_of},
};

/// Everything that was read for an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Known {
    /// The service's status; empty when there is no such service.
    pub status: String,
    /// Its product in WHMCS.
    pub product: String,
    /// That product's id.
    pub pid: u64,
    /// Its domain or host name.
    pub domain: String,
    /// Its custom fields by name.
    pub fields: BTreeMap<String, u64>,
    /// The server it names already.
    pub server: Option<i64>,
    /// Whether Contabo does not have that one any more.
    pub server_gone: bool,
    /// Whether it is paid.
    pub paid: Paid,
    /// The region's name; `None` when there is none of that slug.
    pub region: Option<String>,
    /// The image; `None` when there is none of that id.
    pub image: Option<Image>,
    /// Names of the password and the keys.
    pub login: login::Known,
    /// Names of the tags that are there.
    pub tags: BTreeMap<i64, String>,
    /// Servers that bear the name already.
    pub namesakes: Vec<i64>,
    /// Orders for other services that are under way and will take the name.
    pub ordered: Vec<i64>,
    /// A server that an earlier order bought for this service, and that is still there.
    pub bought: Option<Bought>,
    /// How many orders for this service there were, this one included.
    pub generation: u64,
    /// What it costs; `None` when the price list does not say.
    pub quote: Option<Quote>,
    /// First digits of the hash over all this and the input.
    pub seal: String,
}

/// An image as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Image {
    /// Its name.
    pub name: String,
    /// Version of its contents.
    pub version: String,
    /// Operating system.
    pub os: String,
    /// How far it is.
    pub status: String,
    /// When it was last changed, as Contabo wrote it.
    pub changed: String,
}

impl Image {
    /// Whether it can be installed; a status that is not known does not forbid it.
    pub(super) fn ready(&self) -> bool {
        !["downloading", "error"].contains(&self.status.as_str())
    }
}

/// What an earlier order bought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bought {
    /// The action that did.
    pub action: i64,
    /// The server.
    pub server: i64,
}

impl Known {
    /// The custom field without which the server could not be linked to the service.
    pub(super) fn lacks_field(&self) -> Option<&'static str> {
        (!self.fields.contains_key(INSTANCE_FIELD)).then_some(INSTANCE_FIELD)
    }

    /// Why nobody may say that it is paid.
    pub(super) fn unpaid(&self) -> Option<Phrase> {
        self.paid.refused()
    }
}

/// What WHMCS says of the money behind a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Paid {
    /// The service's order; 0 for none.
    order: u64,
    /// The order's invoice; 0 for none.
    invoice: u64,
    /// That invoice's status; the order's own word when it has none.
    status: String,
}

impl Paid {
    /// Why nobody may say that it is paid. An order without an invoice costs nothing.
    pub(super) fn refused(&self) -> Option<Phrase> {
        match (self.order, self.invoice) {
            (0, _) => Some(Phrase::new("guard.no_order_behind", [])),
            (_, 0) => None,
            (_, invoice) => (self.status != "Paid").then(|| {
                let words = [("invoice", invoice.to_string()), ("status", self.status.clone())];
                Phrase::new("guard.order_unpaid", words)
            }),
        }
    }
}

/// First digits of a text's hash.
pub(super) fn digest(text: &str) -> String {
    hash_of(text)[..16].to_owned()
}

fn seal(target: i64, input: &Value, known: &Value) -> String {
    let mut known = known.clone();
    if let Some(members) = known.as_object_mut() {
        members.remove("seal");
    }
    digest(&canonical(&json!({ "kind": CARD.id, "target": target, "input": input, "known": known })))
}

/// What was approved.
///
/// # Errors
/// When it is not known any more, or is not what was sealed.
pub(super) fn open(site: &Site<'_>) -> Result<(Input, Known), Phrase> {
    let input: Value = site.input()?;
    let known: Value = site.carried(GATHERED).ok_or_else(|| Phrase::new("action.not_gathered", []))?;
    let kept = known.get("seal").and_then(Value::as_str).unwrap_or_default();
    if kept != seal(site.action.target.id, &input, &known) {
        return Err(Phrase::new("action.seal_broken", [("seal", kept.to_owned())]));
    }
    let known = Known::deserialize(known).map_err(|_| Phrase::new("action.not_gathered", []))?;
    Ok((site.input()?, known))
}

/// Reads everything that an order depends on.
///
/// # Errors
/// When something of it cannot be read. What is not there is part of the answer.
pub(super) async fn gather(deps: &Deps, target: i64, input: &Input) -> Result<Value, Trouble> {
    let client = deps.contabo.as_ref().ok_or_else(contabo::no_account)?;
    let Some(row) = service::row(deps, target).await? else { return sealed(target, input, Known::default()) };
    let (region, image, login, tags, namesakes, ordered, earlier) = try_join!(
        region(client, &input.region),
        image(client, &input.image_id),
        login::known(deps, input.root_password, &input.ssh_keys),
        tags(client, &input.tags),
        bearing(client, &input.display_name),
        whose::ordered(deps, target, &input.display_name),
        earlier(deps, target),
    )?;
    let mut known = Known {
        status: row.status.to_string(),
        product: row.name.clone(),
        pid: row.pid.unwrap_or_default(),
        domain: row.domain.clone(),
        fields: field_ids(&row),
        paid: paid(deps, row.orderid.unwrap_or_default()).await?,
        region,
        image,
        login,
        tags,
        namesakes: namesakes.into_iter().map(|server| server.instance_id).collect(),
        ordered,
        generation: 1 + earlier.len() as u64,
        quote: PriceList::shipped().quote(&input.product_id, &input.region, input.months(), &input.add_ons()),
        ..Known::default()
    };
    if let Some(server) = linked(&row) {
        known.server = Some(server);
        known.server_gone = deps_gone(deps, server).await?;
    }
    for bought in earlier.into_iter().flatten() {
        if known.server != Some(bought.server) && !deps_gone(deps, bought.server).await? {
            known.bought = Some(bought);
        }
    }
    sealed(target, input, known)
}

fn sealed(target: i64, input: &Input, known: Known) -> Result<Value, Trouble> {
    let mut known = contabo::known_as(&known)?.unwrap_or(Value::Null);
    let text = seal(target, &json!(input), &known);
    if let Some(members) = known.as_object_mut() {
        members.insert("seal".to_owned(), Value::String(text));
    }
    Ok(known)
}

/// The server that a service's row names.
pub(super) fn linked(row: &ClientService) -> Option<i64> {
    row.customfields.iter().find(|field| field.name == INSTANCE_FIELD)?.value.trim().parse().ok()
}

/// The ids of a service's custom fields of ours.
fn field_ids(row: &ClientService) -> BTreeMap<String, u64> {
    let ours = row.customfields.iter().filter(|field| field.name.starts_with("contabo_"));
    ours.filter_map(|field| Some((field.name.clone(), field.id?))).collect()
}

/// Whether Contabo does not have a server any more.
async fn deps_gone(deps: &Deps, server: i64) -> Result<bool, Trouble> {
    Ok(service::machine(deps, server).await?.is_none())
}

/// Whether an order is paid.
///
/// # Errors
/// When that cannot be read.
pub(super) async fn paid(deps: &Deps, order: u64) -> Result<Paid, Trouble> {
    if order == 0 {
        return Ok(Paid::default());
    }
    let found = ask(deps, &GetOrders { id: Some(order), ..GetOrders::default() }).await?;
    let row = found.and_then(|list| list.orders.into_iter().find(|row| row.id == Some(order)));
    let Some(OrderRow { invoiceid, paymentstatus, .. }) = row else { return Ok(Paid::default()) };
    let invoice = invoiceid.unwrap_or_default();
    if invoice == 0 {
        return Ok(Paid { order, invoice, status: paymentstatus });
    }
    let status = ask(deps, &GetInvoice { invoiceid: invoice }).await?.map(|found| found.status.to_string());
    Ok(Paid { order, invoice, status: status.unwrap_or(paymentstatus) })
}

async fn region(client: &Client, slug: &str) -> Result<Option<String>, Trouble> {
    let all = client.all(RetrieveDataCenterList::new()).await.map_err(|error| contabo::trouble(&error))?;
    Ok(all.into_iter().find(|center| center.region_slug == slug).map(|center| center.region_name))
}

async fn image(client: &Client, id: &str) -> Result<Option<Image>, Trouble> {
    match client.call(RetrieveImage { image_id: id.to_owned() }).await {
        Ok(found) => Ok(Some(Image {
            name: found.name,
            version: found.version,
            os: found.os_type,
            status: found.status.to_string(),
            changed: found.last_modified_date.map(|at| at.to_string()).unwrap_or_default(),
        })),
        Err(error) if matches!(error.problem, Problem::NotFound { .. } | Problem::Validation { .. }) => Ok(None),
        Err(error) => Err(contabo::trouble(&error)),
    }
}

async fn tags(client: &Client, ids: &[i64]) -> Result<BTreeMap<i64, String>, Trouble> {
    let mut found = BTreeMap::new();
    for tag_id in ids {
        match client.call(RetrieveTag { tag_id: *tag_id }).await {
            Ok(tag) => _ = found.insert(*tag_id, tag.name),
            Err(error) if matches!(error.problem, Problem::NotFound { .. }) => {}
            Err(error) => return Err(contabo::trouble(&error)),
        }
    }
    Ok(found)
}

/// The servers that bear exactly this name.
pub(super) async fn bearing(client: &Client, name: &str) -> Result<Vec<Instance>, Trouble> {
    let list = RetrieveInstancesList::new().display_name(name.to_owned());
    let found = client.all(list).await.map_err(|error| contabo::trouble(&error))?;
    // By name, whatever the filter did.
    Ok(found.into_iter().filter(|server| server.display_name == name).collect())
}

/// Earlier orders for the service that got past the purchase, and what each bought.
async fn earlier(deps: &Deps, target: i64) -> Result<Vec<Option<Bought>>, Trouble> {
    let read = move |c: &_| queue::ended_on_target(c, CARD.id, TargetKind::Service.name(), target);
    let found = deps.store.peek_async(read).await.map_err(|error| store_trouble(&error))?;
    let bought = |action: queue::ActionRecord| {
        let carried: Value = serde_json::from_str(action.carried.as_deref()?).ok()?;
        let server = carried.get("create")?.get("instance_id")?.as_i64()?;
        Some(Bought { action: action.id, server })
    };
    Ok(found.into_iter().map(bought).collect())
}
