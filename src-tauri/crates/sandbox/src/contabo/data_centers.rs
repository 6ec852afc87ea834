//! Data centres and their regions.

use serde_json::{Value, json};

use super::answer::Outcome;
use super::call::Call;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, get};
use super::query::{contains, equals};
use crate::seed::catalog::{REGIONS, Region};

/// One data centre.
struct DataCenter {
    name: &'static str,
    slug: String,
    region: &'static Region,
}

/// All of them, region by region.
fn all() -> Vec<DataCenter> {
    let of = |region: &'static Region| {
        region.data_centers.iter().map(move |name| DataCenter { name, slug: slug(region, name), region })
    };
    REGIONS.iter().flat_map(of).collect()
}

/// `EU1`: the region's slug and the number at the end of the name.
fn slug(region: &Region, name: &str) -> String {
    format!("{}{}", region.slug, name.rsplit(' ').next().unwrap_or("1"))
}

/// The slug of the data centre of this name.
pub(super) fn slug_of(name: &str) -> String {
    all().into_iter().find(|one| one.name == name).map_or_else(|| name.to_owned(), |one| one.slug)
}

/// Where the S3 API of a data centre answers. Every data centre has one in the document, whether it sells storage or not.
pub(super) fn s3_url(name: &str) -> String {
    format!("https://{}-s3.contabo-sandbox.example", slug_of(name).to_lowercase())
}

fn view(one: &DataCenter) -> Value {
    let mut capabilities = vec!["VPS", "VDS", "Private-Networking"];
    if one.region.object_storage {
        capabilities.push("Object-Storage");
    }
    json!({
        "name": one.name,
        "slug": one.slug,
        "capabilities": capabilities,
        "s3Url": s3_url(one.name),
        "regionName": one.region.name,
        "regionSlug": one.region.slug,
    })
}

const ORDER: Order<DataCenter> = &[
    ("name", |one| Key::text(one.name)),
    ("slug", |one| Key::text(&one.slug)),
    ("regionName", |one| Key::text(one.region.name)),
    ("regionSlug", |one| Key::text(one.region.slug)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let text = |name| call.query.text(name);
    let all = all();
    let items = all
        .iter()
        .filter(|one| equals(&one.slug, text("slug")) && contains(one.name, text("name")))
        .filter(|one| contains(one.region.name, text("regionName")) && equals(one.region.slug, text("regionSlug")))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| call.state.account.owned(view(one)))
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] =
    &[get("retrieveDataCenterList", "/v1/data-centers", "/v1/data-centers", retrieve_list)];
