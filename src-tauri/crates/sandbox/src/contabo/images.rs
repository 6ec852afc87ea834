//! Images: the provider's standard ones, and the customer's own, fetched from a URL.

use http::StatusCode;
use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::agenda::{Due, Passing, after};
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::instances::add_on;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::contains;
use super::rights::Tagged;
use super::text::moment;
use super::{Account, State};
use crate::journal::Effect;
use crate::seed::catalog;

const API: &str = "/v1/compute/images";

/// Space that one custom image add-on brings.
const QUOTA_MB: i64 = 25 * 1024;

/// How far the download of a custom image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// From one moment to another.
    Downloading(Timestamp, Timestamp),
    Downloaded,
    Failed(String),
}

/// One image.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) url: String,
    pub(super) size_mb: i64,
    pub(super) os_type: String,
    pub(super) version: String,
    pub(super) format: &'static str,
    pub(super) progress: Progress,
    pub(super) standard: bool,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
}

impl Image {
    /// Whether an instance can be installed from it.
    pub(super) fn is_ready(&self) -> bool {
        self.progress == Progress::Downloaded
    }

    fn uploaded_mb(&self, now: Timestamp) -> i64 {
        match &self.progress {
            Progress::Downloaded => self.size_mb,
            Progress::Failed(_) => 0,
            Progress::Downloading(from, to) => {
                let whole = to.duration_since(*from).as_millis().max(1);
                let part = now.duration_since(*from).as_millis().clamp(0, whole);
                i64::try_from(i128::from(self.size_mb) * part / whole).unwrap_or(self.size_mb)
            }
        }
    }

    pub(super) fn view(&self, account: &Account, now: Timestamp) -> Value {
        let (status, error) = match &self.progress {
            Progress::Downloading(..) => ("downloading", ""),
            Progress::Downloaded => ("downloaded", ""),
            Progress::Failed(why) => ("error", why.as_str()),
        };
        account.owned(json!({
            "imageId": self.id,
            "name": self.name,
            "description": self.description,
            "url": self.url,
            "sizeMb": self.size_mb,
            "uploadedSizeMb": self.uploaded_mb(now),
            "osType": self.os_type,
            "version": self.version,
            "format": self.format,
            "status": status,
            "errorMessage": error,
            "standardImage": self.standard,
            "creationDate": moment(self.created),
            "lastModifiedDate": moment(self.modified),
        }))
    }
}

/// The standard images of the catalogue.
pub(super) fn standard(now: Timestamp) -> IndexMap<String, Image> {
    let since = now.saturating_sub(jiff::SignedDuration::from_hours(24 * 400)).unwrap_or(now);
    let images = catalog::IMAGES.iter().map(|image| Image {
        id: image.id.to_owned(),
        name: image.name.to_owned(),
        description: image.description.to_owned(),
        url: String::new(),
        size_mb: if image.os_type == "Windows" { 18_432 } else { 2_048 },
        os_type: image.os_type.to_owned(),
        version: image.version.to_owned(),
        format: "qcow2",
        progress: Progress::Downloaded,
        standard: true,
        created: since,
        modified: since,
    });
    images.map(|image| (image.id.clone(), image)).collect()
}

const ORDER: Order<Image> = &[
    ("imageId", |one| Key::text(&one.id)),
    ("name", |one| Key::text(&one.name)),
    ("osType", |one| Key::text(&one.os_type)),
    ("version", |one| Key::text(&one.version)),
    ("sizeMb", |one| Key::Number(one.size_mb)),
    ("creationDate", |one| Key::time(one.created)),
    ("lastModifiedDate", |one| Key::time(one.modified)),
];

/// Standard images are everybody's; of the others only those that the caller's tags reach.
fn visible(call: &Call<'_>, image: &Image) -> bool {
    image.standard || call.may_touch(Tagged::Image, &image.id)
}

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let standard = call.query.flag("standardImage")?;
    let name = call.query.text("name");
    let search = call.query.text("search");
    let items = call
        .state
        .images
        .values()
        .filter(|one| contains(&one.name, name) && standard.is_none_or(|wanted| wanted == one.standard))
        .filter(|one| contains(&one.name, search) || contains(&one.os_type, search))
        .filter(|one| visible(call, one))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| {
        let mut view = one.view(&call.state.account, call.now);
        let tags: Vec<Value> = call
            .state
            .assignments
            .tags_of(Tagged::Image, &one.id)
            .filter_map(|id| Some(json!({"tagId": id, "tagName": call.state.tags.get(&id)?.name})))
            .collect();
        view["tags"] = json!(tags);
        view
    })
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.param("imageId").to_lowercase();
    match call.state.images.get(&id) {
        Some(image) if visible(call, image) => Ok(id),
        Some(_) => Err(Refusal::forbidden(format!("You are not allowed to access image {id}"))),
        None => Err(Refusal::missing("Image", id)),
    }
}

/// The same, when it is one of the customer's own.
fn own(call: &Call<'_>) -> Result<String, Refusal> {
    let id = wanted(call)?;
    if call.state.images.get(&id).is_some_and(|image| image.standard) {
        return Err(Refusal::forbidden(format!("Standard image {id} cannot be changed")));
    }
    Ok(id)
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let view = call.state.images.get(&id).map_or(Value::Null, |image| image.view(&call.state.account, call.now));
    call.one(StatusCode::OK, view)
}

/// Bought and used space in MB, and the number of images.
fn quota(state: &State) -> (i64, i64, usize) {
    let add_ons = state.instances.values().flat_map(|one| &one.add_ons);
    let bought: i64 = add_ons.filter(|one| one.id == add_on::CUSTOM_IMAGE).map(|one| one.quantity).sum();
    let own = || state.images.values().filter(|one| !one.standard && !matches!(one.progress, Progress::Failed(_)));
    (bought * QUOTA_MB, own().map(|one| one.size_mb).sum(), own().count())
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("name", 1..=255);
    let description = fields.text("description", 0..=255).unwrap_or_default();
    let url = fields.need_text("url", 1..=2_048);
    let os_type = fields.need_choice("osType", &["Windows", "Linux"]);
    let version = fields.need_text("version", 1..=255);
    fields.done()?;
    let path = url.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    let format = match path.rsplit_once('.') {
        Some((_, "iso")) => "iso",
        Some((_, "qcow2")) => "qcow2",
        _ => {
            return Err(Refusal::unsupported_media(
                "Unsupported Media Type: Please provide a direct link to an .iso or .qcow2 image.",
            ));
        }
    };
    let (total, used, _) = quota(call.state);
    let size_mb = call.draw(700..6_000);
    if used + size_mb > total {
        return Err(Refusal::payment(format!("Custom images exceed the available disk space of {total} MB")));
    }
    let id = call.state.uuid();
    let arrives = after(call.now, call.draw(30_000..120_000));
    let image = Image {
        id: id.clone(),
        name: name.clone(),
        description,
        url: url.clone(),
        size_mb,
        os_type: os_type.to_owned(),
        version,
        format,
        progress: Progress::Downloading(call.now, arrives),
        standard: false,
        created: call.now,
        modified: call.now,
    };
    call.state.images.insert(id.clone(), image);
    call.at(arrives, Due::ImageArrives { id: id.clone() });
    let change = Change::created("image", &id).audited(List::Images, vec![("imageId", json!(id))]);
    call.record(change.with(json!({"new": {"name": name, "url": url}})));
    let view = call.state.account.owned(json!({"imageId": id}));
    call.one(StatusCode::CREATED, view)
}

/// The download is over. A host under `.invalid` cannot be reached; everything else can.
pub(super) fn arrives(state: &mut State, passing: &mut Passing<'_>, id: &str) {
    let Some(image) = state.images.get_mut(id) else { return };
    let host = url::Url::parse(&image.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    image.progress = if host.is_empty() || host.ends_with(".invalid") {
        Progress::Failed("Error downloading image from provided URL".to_owned())
    } else {
        Progress::Downloaded
    };
    image.modified = passing.at;
    let status = if image.is_ready() { "downloaded" } else { "error" };
    passing.note(Effect::Updated, "image", id, json!({"status": status}));
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = own(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=255);
    let description = fields.text("description", 0..=255);
    fields.done()?;
    let detail = json!({"new": {"name": name, "description": description}});
    let now = call.now;
    if let Some(image) = call.state.images.get_mut(&id) {
        image.name = name.unwrap_or_else(|| image.name.clone());
        image.description = description.unwrap_or_else(|| image.description.clone());
        image.modified = now;
    }
    let change = Change::updated("image", &id).audited(List::Images, vec![("imageId", json!(id))]);
    call.record(change.with(detail));
    let view = call.state.account.owned(json!({"imageId": id}));
    call.one(StatusCode::OK, view)
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = own(call)?;
    call.state.images.shift_remove(&id);
    call.state.assignments.forget(Tagged::Image, &id);
    call.record(Change::deleted("image", &id).audited(List::Images, vec![("imageId", json!(id))]));
    no_content()
}

fn stats(call: &mut Call<'_>) -> Outcome {
    let (total, used, count) = quota(call.state);
    let view = call.state.account.owned(json!({
        "currentImagesCount": count,
        "totalSizeMb": total,
        "usedSizeMb": used,
        "freeSizeMb": (total - used).max(0),
    }));
    call.one(StatusCode::OK, view)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveImageList", "/v1/compute/images", API, retrieve_list),
    post("createCustomImage", "/v1/compute/images", API, create),
    get("retrieveCustomImagesStats", "/v1/compute/images/stats", API, stats),
    get("retrieveImage", "/v1/compute/images/{imageId}", API, retrieve),
    patch("updateImage", "/v1/compute/images/{imageId}", API, update),
    delete("deleteImage", "/v1/compute/images/{imageId}", API, remove),
];
