//! A WHMCS that says what it is told to say.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test file uses its own part")]

use std::sync::{Arc, Mutex};

use rackdesk_whmcs::{Client, Config};
use rackdesk_wire::{Exchange, Finished, Recorder, Retries, Wire, WireOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub const SECRET: &str = "5up3r&s3cret";

#[derive(Default)]
pub struct Memory(Mutex<Vec<Exchange>>);

impl Recorder for Memory {
    fn record(&self, finished: Finished) {
        self.0.lock().unwrap().push(finished.exchange());
    }
}

impl Memory {
    pub fn all(&self) -> Vec<Exchange> {
        self.0.lock().unwrap().clone()
    }

    pub fn only(&self) -> Exchange {
        let all = self.all();
        assert_eq!(all.len(), 1, "exactly one exchange");
        all[0].clone()
    }
}

pub fn client(url: &str) -> (Client, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let options = WireOptions { retries: Retries { attempts: 1, ..Retries::default() }, ..WireOptions::default() };
    let wire = Wire::new(options, Arc::clone(&memory) as Arc<dyn Recorder>);
    let config = Config::new(url.parse().unwrap(), "1dent1f1er".to_owned().into(), SECRET.to_owned().into());
    (Client::new(wire, config).unwrap(), memory)
}

pub fn client_of(url: &str) -> (Client, Arc<Memory>) {
    client(url)
}

pub async fn serve(template: ResponseTemplate) -> (MockServer, Client, Arc<Memory>) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/whmcs/includes/api.php"))
        .and(body_string_contains("secret=5up3r%26s3cret&responsetype=json"))
        .respond_with(template)
        .mount(&server)
        .await;
    let (client, memory) = client(&format!("{}/whmcs", server.uri()));
    (server, client, memory)
}

/// A list of `length` rows with ids from 1, in pages.
pub async fn serve_list(list: &'static str, row: &'static str, length: u64) -> (MockServer, Client, Arc<Memory>) {
    let server = MockServer::start().await;
    let page = move |request: &Request| {
        let form: std::collections::HashMap<String, String> =
            url::form_urlencoded::parse(&request.body).into_owned().collect();
        let number = |name: &str| form.get(name).and_then(|n| n.parse::<u64>().ok());
        let (start, count) = (number("limitstart").unwrap_or(0), number("limitnum").unwrap_or(25));
        let rows: Vec<_> =
            (start + 1..=length).take(count as usize).map(|id| serde_json::json!({"id": id.to_string()})).collect();
        let body = serde_json::json!({
            "result": "success", "totalresults": length, "startnumber": start, "numreturned": rows.len(),
            list: {row: rows},
        });
        ResponseTemplate::new(200).set_body_json(body)
    };
    Mock::given(method("POST")).respond_with(page).mount(&server).await;
    let (client, memory) = client(&server.uri());
    (server, client, memory)
}

/// Answers the first request with these bytes and closes.
pub async fn serve_raw(bytes: &'static [u8]) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 8192];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    client(&format!("http://{addr}")).0
}
