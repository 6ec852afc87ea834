//! What can be chosen in a form: images, tags, snapshots, private networks, stored passwords and keys. Names and ids
//! only, never a secret's value.

use rackdesk_console::prices::PriceList;
use rackdesk_contabo::{
    Client,
    api::{
        data_centers::RetrieveDataCenterList,
        private_networks::{PrivateNetwork, RetrievePrivateNetworkList},
        secrets::{RetrieveSecretList, SecretType, StoredSecret},
        snapshots::{RetrieveSnapshotList, Snapshot},
    },
};
use rackdesk_store::{StoreError, rusqlite::Connection};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AppError, Core, ErrorCode, clients::RecordRef};

/// Asks what a field can hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChoicesRequest {
    /// `image`, `tag`, `tags`, `snapshot`, `private_network`, `password`, `ssh_keys`, `product`, `region`,
    /// `server_name`.
    pub holds: String,
    /// The server it is about; needed for `snapshot`.
    pub instance_id: Option<i64>,
    /// The service it is about; needed for `server_name`.
    #[serde(default)]
    #[specta(optional)]
    pub service_id: Option<i64>,
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldChoice {
    /// What the field then holds.
    pub value: String,
    /// Its name: foreign text.
    pub label: String,
    /// What tells it apart; may be empty.
    pub aside: String,
    /// Of images: `standard` or `own`; empty elsewhere.
    pub group: String,
}

impl FieldChoice {
    fn new(value: impl ToString, label: String, aside: String) -> Self {
        Self { value: value.to_string(), label, aside, group: String::new() }
    }
}

/// A snapshot of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SnapshotRow {
    /// Snapshot id.
    pub id: String,
    /// Name: foreign text.
    pub name: String,
    /// Description: foreign text.
    pub description: String,
    /// When it was taken (RFC 3339, UTC).
    pub created: Option<String>,
    /// When Contabo deletes it by itself (RFC 3339, UTC).
    pub expires: Option<String>,
    /// The image the server had.
    pub image: String,
}

/// What a field of a form can hold. Images and tags come from the mirror, the rest is read of Contabo now.
///
/// # Errors
/// When nobody knows such a field, there is no Contabo in this profile, or what Contabo said.
pub async fn field_choices(core: &Core, input: ChoicesRequest) -> Result<Vec<FieldChoice>, AppError> {
    let session = core.session()?;
    match input.holds.as_str() {
        "image" => Ok(session.store.read_async(images).await?),
        "tag" | "tags" => Ok(session.store.read_async(tags).await?),
        "product" => Ok(products(PriceList::shipped())),
        "region" => regions(client(session.clients.contabo.as_ref())?).await,
        "server_name" => {
            let id = input.service_id.ok_or_else(|| AppError::invalid("service_id", "is missing"))?;
            Ok(session.store.read_async(move |c| names(c, id)).await?)
        }
        "snapshot" => {
            let id = input.instance_id.ok_or_else(|| AppError::invalid("instance_id", "is missing"))?;
            let rows = snapshots(client(session.clients.contabo.as_ref())?, id).await?;
            let choice = |row: Snapshot| {
                let at = row.created_date.map(|at| at.to_string());
                FieldChoice::new(row.snapshot_id, row.name, at.unwrap_or_default())
            };
            Ok(rows.into_iter().map(choice).collect())
        }
        "private_network" => {
            let found = client(session.clients.contabo.as_ref())?.all(RetrievePrivateNetworkList::new()).await;
            let rows = found.map_err(|e| AppError::from(&e))?;
            let choice = |row: PrivateNetwork| {
                let place = [row.data_center, row.cidr].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
                FieldChoice::new(row.private_network_id, row.name, place.join(" · "))
            };
            Ok(rows.into_iter().map(choice).collect())
        }
        "password" => secrets(client(session.clients.contabo.as_ref())?, SecretType::Password).await,
        "ssh_keys" => secrets(client(session.clients.contabo.as_ref())?, SecretType::Ssh).await,
        _ => Err(AppError::invalid("holds", "is no field with choices")),
    }
}

/// A server's snapshots, newest first; read of Contabo now.
///
/// # Errors
/// When there is no Contabo in this profile, or what Contabo said.
pub async fn server_snapshots(core: &Core, input: RecordRef) -> Result<Vec<SnapshotRow>, AppError> {
    let session = core.session()?;
    let rows = snapshots(client(session.clients.contabo.as_ref())?, input.id).await?;
    let row = |row: Snapshot| SnapshotRow {
        id: row.snapshot_id,
        name: row.name,
        description: row.description,
        created: row.created_date.and_then(|at| at.at()).map(|at| at.to_string()),
        expires: row.auto_delete_date.and_then(|at| at.at()).map(|at| at.to_string()),
        image: row.image_name,
    };
    Ok(rows.into_iter().map(row).collect())
}

fn client(client: Option<&Client>) -> Result<&Client, AppError> {
    client.ok_or_else(|| AppError::of(ErrorCode::NoProfile))
}

async fn snapshots(client: &Client, id: i64) -> Result<Vec<Snapshot>, AppError> {
    let mut rows = client.all(RetrieveSnapshotList::new(id)).await.map_err(|e| AppError::from(&e))?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.created_date.as_ref().and_then(|at| at.at())));
    Ok(rows)
}

async fn secrets(client: &Client, kind: SecretType) -> Result<Vec<FieldChoice>, AppError> {
    let wanted = kind.clone();
    let rows = client.all(RetrieveSecretList::new().kind(kind)).await.map_err(|e| AppError::from(&e))?;
    // A filter that the provider ignores must not offer a key as a password.
    let fits = |row: &StoredSecret| row.kind == wanted;
    let choice = |row: StoredSecret| {
        let at = row.created_at.map(|at| at.to_string());
        FieldChoice::new(row.secret_id, row.name, at.unwrap_or_default())
    };
    Ok(rows.into_iter().filter(fits).map(choice).collect())
}

/// What is sold, with what it costs each month when it is ordered for one.
fn products(list: &PriceList) -> Vec<FieldChoice> {
    let choice = |product: &rackdesk_console::prices::Product| {
        let price = list.quote(&product.id, "EU", 1, &[]).map(|quote| quote.monthly);
        let aside = price.map(|price| format!("{} · {:.2} {}", product.id, price.amount, price.currency));
        FieldChoice::new(&product.id, product.name.clone(), aside.unwrap_or_else(|| product.id.clone()))
    };
    list.products.iter().map(choice).collect()
}

/// The regions that data centers are in, each once.
async fn regions(client: &Client) -> Result<Vec<FieldChoice>, AppError> {
    let centers = client.all(RetrieveDataCenterList::new()).await.map_err(|e| AppError::from(&e))?;
    let mut found: Vec<FieldChoice> = Vec::new();
    for center in centers {
        if !center.region_slug.is_empty() && found.iter().all(|known| known.value != center.region_slug) {
            found.push(FieldChoice::new(&center.region_slug, center.region_name, center.region_slug.clone()));
        }
    }
    Ok(found)
}

/// Proposals for the name of a service's server: its domain, and its product with its number.
fn names(c: &Connection, service: i64) -> Result<Vec<FieldChoice>, StoreError> {
    let mut statement = c.prepare_cached("SELECT domain, product FROM service WHERE id = ?1 AND gone_at IS NULL")?;
    let found = statement.query_map([service], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut names: Vec<String> = Vec::new();
    for row in found {
        let (domain, product) = row?;
        names.extend((!domain.is_empty()).then_some(domain));
        let words: Vec<&str> = product.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        names.push(format!("{}-{service}", words.join("-").to_lowercase()));
    }
    Ok(names.into_iter().map(|name| FieldChoice::new(&name, name.clone(), String::new())).collect())
}

fn images(c: &Connection) -> Result<Vec<FieldChoice>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT id, name, version, standard FROM image WHERE gone_at IS NULL ORDER BY standard DESC, name, version",
    )?;
    let rows = statement.query_map([], |row| {
        let standard: bool = row.get(3)?;
        let found = FieldChoice::new(row.get::<_, String>(0)?, row.get(1)?, row.get(2)?);
        Ok(FieldChoice { group: if standard { "standard" } else { "own" }.into(), ..found })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn tags(c: &Connection) -> Result<Vec<FieldChoice>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT id, name, description FROM tag WHERE gone_at IS NULL ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok(FieldChoice::new(row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
