//! A WHMCS service as it is now: read for plans, before sends, and as proof after them. The mirror may be an hour old,
//! and it knows nothing of modules.

use rackdesk_contabo::{Problem, api::instances::RetrieveInstance};
use rackdesk_store::queue;
use rackdesk_whmcs::actions::{
    client::{ClientService, GetClientsProducts},
    module::{GetModuleQueue, QueuedKind},
    orders::GetProducts,
};
use rackdesk_wire::Call;
use serde::{Deserialize, Serialize};

use super::{
    Site, Trouble, contabo,
    whmcs::{ask, id, read, store_trouble},
};
use crate::{act::engine::Deps, mirror::INSTANCE_FIELD, plan::Phrase};

/// What is behind a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// Its status in WHMCS; empty when there is no such service.
    pub status: String,
    /// Name of its product.
    pub product: String,
    /// The product's module; empty when it has none.
    pub module: String,
    /// Contabo instance that its custom field names.
    pub instance_id: Option<i64>,
    /// That instance; `None` when it is gone, or the profile has no Contabo account.
    pub machine: Option<Machine>,
    /// What WHMCS's own module queue says of it.
    pub queued: Vec<Queued>,
    /// Other services in use that name the same instance, as far as the mirror knows.
    pub shared_with: Vec<i64>,
}

/// The instance behind a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Its name, as operators know it.
    pub name: String,
    /// Its status.
    pub status: String,
    /// Day it ends, when cancelled.
    pub cancel_date: Option<String>,
}

/// A module action that failed and that WHMCS would try again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The module's function, e.g. `SuspendAccount`.
    pub action: String,
    /// The module's own words.
    pub error: String,
    /// How often it was tried again.
    pub retries: u64,
}

/// A service that is not there.
fn missing(service: u64) -> Trouble {
    Trouble::hopeless(Phrase::new("fault.not_found", [("what", format!("service {service}"))]))
}

fn one(service: u64) -> GetClientsProducts {
    GetClientsProducts { serviceid: Some(service), ..GetClientsProducts::default() }
}

/// The action's service as it is now.
///
/// # Errors
/// When it cannot be read, or is not there.
pub async fn now(site: &Site<'_>) -> Result<ClientService, Trouble> {
    let service = id(site)?;
    let found = read(site, &one(service)).await?;
    // By id, whatever the filter did.
    found.products.into_iter().find(|row| row.id == Some(service)).ok_or_else(|| missing(service))
}

/// A service's row for a plan; `None` when there is none.
///
/// # Errors
/// When it cannot be read.
pub async fn row(deps: &Deps, target: i64) -> Result<Option<ClientService>, Trouble> {
    let Ok(service) = u64::try_from(target) else { return Ok(None) };
    let found = ask(deps, &one(service)).await?;
    Ok(found.and_then(|found| found.products.into_iter().find(|row| row.id == Some(service))))
}

/// What is behind a service, for a plan: WHMCS's row, its product's module, that module's failures, and the instance.
///
/// # Errors
/// When something of it cannot be read. What is not there is part of the answer.
pub async fn seen(deps: &Deps, target: i64) -> Result<Seen, Trouble> {
    let Some(row) = row(deps, target).await? else { return Ok(Seen::default()) };
    let instance_id = row.customfields.iter().find(|field| field.name == INSTANCE_FIELD);
    let instance_id: Option<i64> = instance_id.and_then(|field| field.value.trim().parse().ok());
    let machine = match instance_id {
        Some(instance_id) => machine(deps, instance_id).await?,
        None => None,
    };
    let shared_with = match instance_id {
        Some(instance_id) => shared(deps, instance_id, target).await?,
        None => Vec::new(),
    };
    let module = module(deps, row.pid).await?;
    let queued = if module.is_empty() { Vec::new() } else { queued(deps, target).await? };
    Ok(Seen { status: row.status.to_string(), product: row.name, module, instance_id, machine, queued, shared_with })
}

async fn shared(deps: &Deps, instance_id: i64, besides: i64) -> Result<Vec<i64>, Trouble> {
    let found = deps.store.peek_async(move |c| queue::services_on(c, instance_id, besides)).await;
    found.map_err(|error| store_trouble(&error))
}

async fn module(deps: &Deps, product: Option<u64>) -> Result<String, Trouble> {
    let Some(product) = product else { return Ok(String::new()) };
    let list = GetProducts { pid: Some(vec![product].into()), ..GetProducts::default() };
    let found = ask(deps, &list).await?.map(|list| list.products).unwrap_or_default();
    Ok(found.into_iter().find(|one| one.pid == Some(product)).map(|one| one.module).unwrap_or_default())
}

async fn queued(deps: &Deps, service: i64) -> Result<Vec<Queued>, Trouble> {
    let related = u64::try_from(service).ok();
    let list =
        GetModuleQueue { related_id: related, service_type: Some(QueuedKind::Service), ..GetModuleQueue::default() };
    let found = match ask(deps, &list).await {
        Ok(found) => found.map(|list| list.queue).unwrap_or_default(),
        // It only adds to what is known: a role without this right may still run modules.
        Err(trouble) if trouble.lasting => Vec::new(),
        Err(trouble) => return Err(trouble),
    };
    let ours = found.into_iter().filter(|one| one.service_id == related && one.completed != Some(true));
    let entry = |one: rackdesk_whmcs::actions::module::QueuedAction| Queued {
        action: one.module_action,
        error: one.last_attempt_error.chars().take(300).collect(),
        retries: one.num_retries.unwrap_or_default(),
    };
    Ok(ours.map(entry).collect())
}

pub(super) async fn machine(deps: &Deps, instance_id: i64) -> Result<Option<Machine>, Trouble> {
    let Some(client) = &deps.contabo else { return Ok(None) };
    match client.call_with(RetrieveInstance { instance_id }, Call::fresh()).await {
        Ok(found) => Ok(Some(Machine {
            name: contabo::label(&found).to_owned(),
            status: found.status.to_string(),
            cancel_date: found.cancel_date.as_ref().and_then(|day| Some(day.date()?.to_string())),
        })),
        Err(error) if matches!(error.problem, Problem::NotFound { .. }) => Ok(None),
        Err(error) => Err(contabo::trouble(&error)),
    }
}
