//! S3 credentials: one pair per user and object storage, made when the storage is ready.

use http::StatusCode;
use serde_json::{Value, json};

use super::State;
use super::answer::{Outcome, Refusal};
use super::audits::List;
use super::call::{Call, Change};
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, get, patch};
use super::query::{contains, equals};
use super::rights::Tagged;

const API: &str = "/v1/users/object-storages/credentials";

/// One pair of keys.
#[derive(Debug, Clone)]
pub(super) struct S3Credential {
    pub(super) id: i64,
    pub(super) user: String,
    pub(super) storage: String,
    pub(super) access_key: String,
    pub(super) secret_key: String,
}

impl S3Credential {
    pub(super) fn view(&self, state: &State) -> Value {
        let storage = state.storages.get(&self.storage);
        state.account.owned(json!({
            "accessKey": self.access_key,
            "secretKey": self.secret_key,
            "objectStorageId": self.storage,
            "displayName": storage.map_or("", |one| one.display_name.as_str()),
            "region": storage.map_or("", |one| one.region.name),
            "credentialId": self.id,
        }))
    }
}

const ORDER: Order<S3Credential> = &[
    ("credentialId", |one| Key::Number(one.id)),
    ("accessKey", |one| Key::text(&one.access_key)),
    ("objectStorageId", |one| Key::text(&one.storage)),
];

/// Gives every user that has none a pair for this storage.
pub(super) fn for_storage(state: &mut State, storage: &str) {
    let users: Vec<String> = state.users.keys().cloned().collect();
    for user in users {
        give(state, &user, storage);
    }
}

/// Gives a user that has none a pair for every storage.
pub(super) fn for_user(state: &mut State, user: &str) {
    let storages: Vec<String> = state.storages.keys().cloned().collect();
    for storage in storages {
        give(state, user, &storage);
    }
}

fn give(state: &mut State, user: &str, storage: &str) {
    let key = (storage.to_owned(), user.to_owned());
    if state.s3_credentials.contains_key(&key) {
        return;
    }
    let id = state.serial("s3-credential");
    let (access_key, secret_key) = (state.hex(32), state.hex(32));
    let made = S3Credential { id, user: user.to_owned(), storage: storage.to_owned(), access_key, secret_key };
    state.s3_credentials.insert(key, made);
}

fn path_user(call: &Call<'_>) -> Result<String, Refusal> {
    let user = call.param("userId");
    if call.state.users.contains_key(user) { Ok(user.to_owned()) } else { Err(Refusal::missing("User", user)) }
}

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let user = path_user(call)?;
    let text = |name| call.query.text(name);
    let shown = |one: &S3Credential| {
        let storage = call.state.storages.get(&one.storage);
        contains(storage.map_or("", |one| one.display_name.as_str()), text("displayName"))
            && equals(storage.map_or("", |one| one.region.name), text("regionName"))
    };
    let items = call
        .state
        .s3_credentials
        .values()
        .filter(|one| one.user == user && equals(&one.storage, text("objectStorageId")) && shown(one))
        .filter(|one| call.may_touch(Tagged::ObjectStorage, &one.storage))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

/// The pair in the path: user, storage and number have to fit each other.
fn wanted(call: &Call<'_>) -> Result<(String, String), Refusal> {
    let user = path_user(call)?;
    let id = call.id("credentialId")?;
    let key = (call.param("objectStorageId").to_owned(), user);
    if call.state.s3_credentials.get(&key).is_none_or(|one| one.id != id) {
        return Err(Refusal::missing("Credential", id));
    }
    call.touch(Tagged::ObjectStorage, &key.0)?;
    Ok(key)
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let key = wanted(call)?;
    let view = call.state.s3_credentials.get(&key).map_or(Value::Null, |one| one.view(call.state));
    call.one(StatusCode::OK, view)
}

fn regenerate(call: &mut Call<'_>) -> Outcome {
    let key = wanted(call)?;
    let secret = call.state.hex(32);
    let id = call.state.s3_credentials.get_mut(&key).map(|one| {
        one.secret_key = secret;
        one.id
    });
    let id = id.unwrap_or_default();
    let change = Change::updated("s3-credential", id).audited(List::Users, vec![("userId", json!(key.1))]);
    call.record(change.with(json!({"regenerated": id})));
    retrieve(call)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("listObjectStorageCredentials", "/v1/users/{userId}/object-storages/credentials", API, retrieve_list),
    get(
        "getObjectStorageCredentials",
        "/v1/users/{userId}/object-storages/{objectStorageId}/credentials/{credentialId}",
        API,
        retrieve,
    ),
    patch(
        "regenerateObjectStorageCredentials",
        "/v1/users/{userId}/object-storages/{objectStorageId}/credentials/{credentialId}",
        API,
        regenerate,
    ),
];
