//! A sandbox with only the server side listening, and a client that signs in by itself.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use rackdesk_sandbox::contabo::{self, ContaboCredentials};
use rackdesk_sandbox::journal::{Cause, Entry};
use rackdesk_sandbox::world::{Shared, World, lock};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const TOKEN: &str = "/auth/realms/contabo/protocol/openid-connect/token";

pub(crate) struct House {
    pub(crate) world: Shared,
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
}

/// An answer: its status, and its JSON (null without a body).
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Seen {
    /// The only element of `data`.
    pub(crate) fn one(&self) -> &Value {
        let data = self.body["data"].as_array().unwrap_or_else(|| panic!("no data in {self:?}"));
        assert_eq!(data.len(), 1, "{self:?}");
        &data[0]
    }

    /// The elements of `data`.
    pub(crate) fn all(&self) -> &[Value] {
        self.body["data"].as_array().unwrap_or_else(|| panic!("no data in {self:?}"))
    }

    /// `_pagination.totalElements`.
    pub(crate) fn total(&self) -> u64 {
        self.body["_pagination"]["totalElements"].as_u64().unwrap_or_else(|| panic!("no pagination in {self:?}"))
    }

    /// One field of every element, as text.
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        self.all().iter().map(|one| text(&one[name])).collect()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// A value as plain text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl House {
    /// The usual small company, at a fixed moment.
    pub(crate) async fn open() -> Self {
        Self::of_size(0.2).await
    }

    pub(crate) async fn of_size(scale: f64) -> Self {
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let mut world = World::new(7, scale, Some(start));
        contabo::set_audit_lag(&mut world.contabo, Some(0));
        let world = Arc::new(Mutex::new(world));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = contabo::router(world.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { world, base, http: reqwest::Client::new() }
    }

    pub(crate) fn credentials(&self) -> ContaboCredentials {
        contabo::credentials(&lock(&self.world).contabo)
    }

    /// Pushes the clock.
    pub(crate) fn wait(&self, seconds: i64) {
        let mut world = lock(&self.world);
        world.clock.advance(SignedDuration::from_secs(seconds));
        world.tick();
    }

    /// Everything the journal has for a request id.
    pub(crate) fn journal(&self, request_id: &str) -> Vec<Entry> {
        let world = lock(&self.world);
        let ours = |entry: &Entry| entry.request_id.as_deref() == Some(request_id);
        world.journal.after(0).iter().map(|row| row.entry.clone()).filter(ours).collect()
    }

    /// How many changes calls have made so far.
    pub(crate) fn changes(&self) -> usize {
        lock(&self.world).journal.after(0).iter().filter(|row| row.entry.cause == Cause::Request).count()
    }

    /// The truth behind a resource.
    pub(crate) fn truth(&self, kind: &str, id: &str) -> Value {
        contabo::inspect(&lock(&self.world).contabo, kind, id).unwrap_or(Value::Null)
    }

    /// The token endpoint's answer to a form.
    pub(crate) async fn sign_in(&self, form: &[(&str, &str)]) -> Seen {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(format!("{}{TOKEN}", self.base)).body(form);
        seen(request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()).await
    }

    /// A token of the owner.
    pub(crate) async fn token(&self) -> String {
        let known = self.credentials();
        self.token_of(&known.user, &known.password).await
    }

    pub(crate) async fn token_of(&self, user: &str, password: &str) -> String {
        let known = self.credentials();
        let form = [
            ("grant_type", "password"),
            ("client_id", &known.client_id),
            ("client_secret", &known.client_secret),
            ("username", user),
            ("password", password),
        ];
        text(&self.sign_in(&form).await.expect(200).body["access_token"])
    }

    /// A token of the user with this mail address, whose password the control port knows.
    pub(crate) async fn token_by_mail(&self, mail: &str) -> String {
        let ids = self.truth("login", "");
        let login = ids.as_array().unwrap().iter().map(|id| self.truth("login", &text(id)));
        let login = login.into_iter().find(|login| text(&login["user"]).starts_with(mail)).unwrap();
        self.token_of(&text(&login["user"]), &text(&login["password"])).await
    }

    /// One call as the owner, with an own request id.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Seen {
        let token = self.token().await;
        self.call_as(&token, &Uuid::new_v4().to_string(), method, path, body).await
    }

    pub(crate) async fn call_as(&self, token: &str, request_id: &str, method: &str, path: &str, body: Value) -> Seen {
        seen(self.request(token, request_id, method, path, body).send().await.unwrap()).await
    }

    /// A call that may break off.
    pub(crate) fn request(
        &self,
        token: &str,
        request_id: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> reqwest::RequestBuilder {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        let request = request.bearer_auth(token).header("x-request-id", request_id).header("x-trace-id", "story");
        if body.is_null() { request } else { request.json(&body) }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.call("GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Seen {
        self.call("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Seen {
        self.call("PUT", path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Seen {
        self.call("PATCH", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Seen {
        self.call("DELETE", path, Value::Null).await
    }

    /// The id of an instance that runs, is small enough to have snapshots, and stands in the EU.
    pub(crate) async fn running(&self) -> i64 {
        let list = self.get("/v1/compute/instances?status=running&region=EU&productTypes=nvme,ssd&size=100").await;
        list.all().iter().find(|one| one["addOns"] == json!([])).unwrap()["instanceId"].as_i64().unwrap()
    }

    pub(crate) async fn status(&self, instance: i64) -> String {
        text(&self.get(&format!("/v1/compute/instances/{instance}")).await.one()["status"])
    }

    /// Orders an instance and waits until it runs.
    pub(crate) async fn order(&self, extra: Value) -> i64 {
        let mut body = json!({
            "imageId": "d64d5c6c-9dda-4e38-8174-0ee282474d8a", "productId": "V94", "region": "EU", "period": 1,
        });
        for (name, value) in extra.as_object().unwrap() {
            body[name] = value.clone();
        }
        let id = self.post("/v1/compute/instances", body).await.expect(201).one()["instanceId"].as_i64().unwrap();
        self.wait(240);
        assert_eq!(self.status(id).await, "running");
        id
    }
}

pub(crate) async fn seen(response: reqwest::Response) -> Seen {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Seen { status, body }
}
