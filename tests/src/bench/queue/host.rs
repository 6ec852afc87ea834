//! A Contabo that does nothing but answer: servers that are stopped until they are started, and audits without a row.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rackdesk_contabo::{Client, Config};
use rackdesk_wire::{Budget, NoRecorder, Wire, WireOptions};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the host remembers.
#[derive(Debug, Default)]
pub(super) struct Host {
    started: Mutex<HashSet<i64>>,
    /// Writes that came.
    pub(super) writes: AtomicUsize,
    /// How late it answers writes, in milliseconds.
    pub(super) late: AtomicU64,
}

/// Starts a host and gives a client of it whose budget is no limit.
pub(super) async fn start() -> (Arc<Host>, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let host = Arc::new(Host::default());
    let served = Arc::clone(&host);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(Arc::clone(&served), stream));
        }
    });
    let config = Config {
        api_url: url.parse().expect("an address"),
        token_url: format!("{url}/token").parse().expect("an address"),
        client_id: "id".into(),
        client_secret: "client-secret".to_owned().into(),
        user: "ops@example.org".into(),
        password: "api-password".to_owned().into(),
    };
    // The budget is the provider's protection and would be what is measured.
    let budget = Budget { per_minute: 60_000_000, burst: 1_000_000, concurrent: 16, ..Budget::default() };
    let options = WireOptions { budget, budgets: Vec::new(), ..WireOptions::default() };
    (host, Client::new(Wire::new(options, Arc::new(NoRecorder)), config))
}

async fn serve(host: Arc<Host>, stream: TcpStream) {
    stream.set_nodelay(true).ok();
    let mut stream = BufReader::new(stream);
    loop {
        let Some((method, path)) = request(&mut stream).await else { return };
        let body = host.answer(&method, &path).await;
        let status = if method == "POST" && !path.starts_with("/token") { 201 } else { 200 };
        let head =
            format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.get_mut().write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut first = String::new();
    let mut length = 0_usize;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) =
            line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        {
            let _ = name;
            length = value.trim().parse().unwrap_or(0);
        }
        if first.is_empty() {
            first = line;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let mut words = first.split(' ');
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

impl Host {
    async fn answer(&self, method: &str, path: &str) -> String {
        if path.starts_with("/token") {
            let grant = json!({"access_token": "h.eyJzdWIiOiJ1In0.s", "expires_in": 3_600, "token_type": "Bearer"});
            return grant.to_string();
        }
        if path.contains("/audits") {
            let none = json!({"size": 100, "totalElements": 0, "totalPages": 0, "page": 1});
            return json!({"data": [], "_pagination": none, "_links": {}}).to_string();
        }
        let rest = path.trim_start_matches("/v1/compute/instances/");
        let id: i64 = rest.split('/').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        if method == "POST" {
            self.writes.fetch_add(1, Ordering::Relaxed);
            self.started().insert(id);
            let late = self.late.load(Ordering::Relaxed);
            if late > 0 {
                tokio::time::sleep(Duration::from_millis(late)).await;
            }
            return json!({"data": [{"instanceId": id, "action": "start"}], "_links": {}}).to_string();
        }
        let status = if self.started().contains(&id) { "running" } else { "stopped" };
        let row =
            json!({"instanceId": id, "name": format!("vmi{id}"), "displayName": format!("web-{id}"), "status": status});
        json!({"data": [row], "_links": {}}).to_string()
    }

    fn started(&self) -> std::sync::MutexGuard<'_, HashSet<i64>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
