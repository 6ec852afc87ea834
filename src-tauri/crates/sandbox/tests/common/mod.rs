//! A running sandbox and the simplest possible clients of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test code, of which each file uses its own part")]

use rackdesk_sandbox::{Options, Running};
use serde_json::Value;

pub struct Sandbox {
    pub running: Running,
    pub http: reqwest::Client,
}

/// A sandbox with a fixed seed and a fixed day.
pub async fn start(scale: f64) -> Sandbox {
    let start = Some("2026-11-20T12:00:00Z".parse().unwrap());
    let running = rackdesk_sandbox::start(Options { seed: 42, scale, start, ..Options::default() }).await.unwrap();
    Sandbox { running, http: reqwest::Client::new() }
}

impl Sandbox {
    /// Address of the API.
    pub fn api(&self) -> String {
        format!("{}includes/api.php", self.running.line.whmcs.url)
    }

    /// The credential's fields.
    pub fn login(&self) -> Vec<(&str, &str)> {
        let whmcs = &self.running.line.whmcs;
        vec![("identifier", &whmcs.identifier), ("secret", &whmcs.secret)]
    }

    /// Calls an action with the credential, asking for JSON.
    pub async fn call(&self, action: &str, params: &[(&str, &str)]) -> Value {
        let (_, body) = self.raw(action, params).await;
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{action}: {error}: {body}"))
    }

    /// The same, as status and text.
    pub async fn raw(&self, action: &str, params: &[(&str, &str)]) -> (u16, String) {
        let mut form = self.login();
        form.extend([("action", action), ("responsetype", "json")]);
        form.extend(params);
        self.post(&form).await
    }

    /// Posts any form.
    pub async fn post(&self, form: &[(&str, &str)]) -> (u16, String) {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let request = self.http.post(self.api()).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body.finish()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Reads from the control side.
    pub async fn control(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.running.line.control_url);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Posts to the control side.
    pub async fn tell(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.running.line.control_url);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let value: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {value}");
        value
    }
}
