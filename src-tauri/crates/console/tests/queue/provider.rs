//! A tiny Contabo on loopback that can misbehave on demand and remembers everything that it did.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to the next write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The line is cut before anything is done.
    CutBefore,
    /// It is done, and the line is cut without a byte.
    CutAfter,
    /// It is done, and the answer is 500.
    FailAfter,
    /// Nothing is done, and the answer is 500.
    FailBefore,
    /// 429.
    TooMany,
    /// It is done, and no answer ever comes.
    HangAfter,
    /// Nothing is done, and no answer ever comes.
    HangBefore,
    /// It is done, and the answer is no JSON.
    Garbled,
    /// 404.
    Missing,
    /// 401, as for an expired token.
    Expired,
    /// It is done to another server.
    WrongServer,
}

#[derive(Debug, Default)]
pub struct World {
    /// What every instance does from when on.
    machines: BTreeMap<i64, Vec<(Instant, &'static str)>>,
    /// Faults for writes, in order.
    pub faults: VecDeque<Fault>,
    /// Everything that was really done: verb, instance, request id.
    pub done: Vec<(String, i64, String)>,
    /// Every write that arrived, done or not: its request id.
    pub arrived: Vec<String>,
    /// Audit rows: request id, instance, visible from.
    audits: Vec<(String, i64, Instant)>,
    /// How late audit rows are.
    pub lag: Duration,
    /// The audit list answers 500.
    pub audits_down: bool,
    /// The audit list is read at once and answered this late.
    pub slow_audits: Duration,
    /// Rows are never written (an account without audits).
    pub no_rows: bool,
    /// Reads of instances answer 500.
    pub reads_down: bool,
    /// A machine goes down and never comes up again.
    pub stays_down: bool,
    /// Shutting down is ignored.
    pub deaf: bool,
    /// Each write is answered this late.
    pub slow: Duration,
    /// Nobody is signed in, and no token is accepted.
    pub revoked: bool,
}

#[derive(Clone)]
pub struct Provider {
    pub url: String,
    world: Arc<Mutex<World>>,
}

impl Provider {
    pub async fn start(machines: &[(i64, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let now = Instant::now();
        let world =
            World { machines: machines.iter().map(|(id, s)| (*id, vec![(now, *s)])).collect(), ..World::default() };
        let provider = Self { url, world: Arc::new(Mutex::new(world)) };
        let served = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let provider = served.clone();
                tokio::spawn(async move { provider.serve(stream).await });
            }
        });
        provider
    }

    pub fn with<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        f(&mut self.world.lock().unwrap())
    }

    pub fn fault(&self, faults: impl IntoIterator<Item = Fault>) {
        self.with(|w| w.faults.extend(faults));
    }

    /// How often a verb was really done to an instance.
    pub fn count(&self, verb: &str, instance: i64) -> usize {
        self.with(|w| w.done.iter().filter(|(v, i, _)| v == verb && *i == instance).count())
    }

    pub fn status(&self, instance: i64) -> &'static str {
        self.with(|w| status(&w.machines[&instance]))
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Some((method, path, request_id)) = read_request(&mut stream).await {
            if self.with(|w| w.revoked) {
                let body = json!({"error": "invalid_grant", "error_description": "Invalid user credentials", "statusCode": 401, "message": "Unauthorized"});
                reply(&mut stream, 401, &body.to_string()).await;
            } else if path.starts_with("/token") {
                let claims = "eyJzdWIiOiJ1In0";
                let body = json!({"access_token": format!("h.{claims}.s"), "expires_in": 300, "token_type": "Bearer"});
                reply(&mut stream, 200, &body.to_string()).await;
            } else if method == "GET" {
                let (status, body) = self.read(&path);
                let slow = self.with(|w| w.slow_audits);
                if path.contains("/audits") && !slow.is_zero() {
                    tokio::time::sleep(slow).await;
                }
                reply(&mut stream, status, &body.to_string()).await;
            } else if !self.write(&mut stream, &path, request_id).await {
                return;
            }
        }
    }

    fn read(&self, path: &str) -> (u16, Value) {
        self.with(|w| {
            let now = Instant::now();
            if path.starts_with("/v1/compute/instances/actions/audits") {
                if w.audits_down {
                    return (500, json!({"statusCode": 500, "message": "no audits today"}));
                }
                let wanted = path.split("requestId=").nth(1).map(|r| r.split('&').next().unwrap_or_default());
                let rows: Vec<Value> = w
                    .audits
                    .iter()
                    .filter(|(request, _, visible)| *visible <= now && wanted.is_none_or(|wanted| wanted == request))
                    .map(|(request, instance, _)| audit_row(request, *instance))
                    .collect();
                let total = rows.len();
                return (200, json!({"data": rows, "_pagination": {"size": 100, "page": 1, "totalElements": total, "totalPages": 1}, "_links": {}}));
            }
            if w.reads_down {
                return (500, json!({"statusCode": 500, "message": "no reads today"}));
            }
            let id: i64 = path.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(0);
            match w.machines.get(&id) {
                Some(steps) => {
                    let row = json!({"instanceId": id, "name": format!("vmi{id}"), "displayName": format!("server-{id}"), "status": status(steps)});
                    (200, json!({"data": [row], "_links": {}}))
                }
                None => (404, json!({"statusCode": 404, "message": "Instance not found"})),
            }
        })
    }

    /// False when the line is to be cut.
    async fn write(&self, stream: &mut TcpStream, path: &str, request_id: String) -> bool {
        let mut parts = path.trim_start_matches("/v1/compute/instances/").split("/actions/");
        let id: i64 = parts.next().and_then(|id| id.parse().ok()).unwrap_or(0);
        let verb = parts.next().unwrap_or_default().to_owned();
        let (fault, slow) = self.with(|w| {
            w.arrived.push(request_id.clone());
            (w.faults.pop_front(), w.slow)
        });
        let works = !matches!(
            fault,
            Some(
                Fault::CutBefore
                    | Fault::FailBefore
                    | Fault::TooMany
                    | Fault::HangBefore
                    | Fault::Missing
                    | Fault::Expired
            )
        );
        if works {
            let id = if fault == Some(Fault::WrongServer) { id + 1 } else { id };
            self.with(|w| w.act(&verb, id, &request_id));
        }
        tokio::time::sleep(slow).await;
        let ok = json!({"data": [{"instanceId": id, "action": verb}], "_links": {}}).to_string();
        let other = json!({"data": [{"instanceId": id + 1, "action": verb}], "_links": {}}).to_string();
        match fault {
            None => reply(stream, 201, &ok).await,
            Some(Fault::CutBefore | Fault::CutAfter) => return false,
            Some(Fault::FailAfter | Fault::FailBefore) => {
                reply(stream, 500, "{\"statusCode\":500,\"message\":\"oops\"}").await
            }
            Some(Fault::TooMany) => {
                reply(stream, 429, "{\"statusCode\":429,\"message\":\"Please wait for some time\"}").await
            }
            Some(Fault::HangAfter | Fault::HangBefore) => std::future::pending().await,
            Some(Fault::Garbled) => reply(stream, 201, "{\"data\":[{\"inst").await,
            Some(Fault::Missing) => reply(stream, 404, "{\"statusCode\":404,\"message\":\"gone\"}").await,
            Some(Fault::Expired) => reply(stream, 401, "{\"statusCode\":401,\"message\":\"Unauthorized\"}").await,
            Some(Fault::WrongServer) => reply(stream, 201, &other).await,
        }
        true
    }
}

impl World {
    /// A machine is not there any more.
    pub fn forget(&mut self, id: i64) {
        self.machines.remove(&id);
    }

    fn act(&mut self, verb: &str, id: i64, request_id: &str) {
        let now = Instant::now();
        let at = |ms| now + Duration::from_millis(ms);
        let before = self.machines.get(&id).map_or("unknown", |steps| status(steps));
        let mut steps = vec![(now, before)];
        match verb {
            "start" => steps.push((at(80), "running")),
            "shutdown" if self.deaf => {}
            "stop" | "shutdown" => steps.push((at(80), "stopped")),
            _ => {
                steps.push((at(60), "stopped"));
                if !self.stays_down {
                    steps.push((at(240), "running"));
                }
            }
        }
        self.machines.insert(id, steps);
        self.done.push((verb.to_owned(), id, request_id.to_owned()));
        if !self.no_rows {
            self.audits.push((request_id.to_owned(), id, now + self.lag));
        }
    }
}

fn status(steps: &[(Instant, &'static str)]) -> &'static str {
    let now = Instant::now();
    steps.iter().rev().find(|(at, _)| *at <= now).map_or("unknown", |(_, status)| *status)
}

fn audit_row(request: &str, instance: i64) -> Value {
    json!({"id": 1, "action": "CREATED", "timestamp": "2026-11-20T10:00:00Z", "tenantId": "INT", "customerId": "1",
        "changedBy": "u", "username": "ops", "requestId": request.to_uppercase(), "traceId": "t", "instanceId": instance, "changes": {}})
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, String, String)> {
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 4096];
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        let n = stream.read(&mut chunk).await.ok()?;
        if n == 0 {
            return None;
        }
        bytes.extend_from_slice(&chunk[..n]);
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let header = |name: &str| {
        text.lines()
            .find_map(|l| l.split_once(": ").filter(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.to_owned()))
    };
    let length: usize = header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut have = bytes.len() - head - 4;
    while have < length {
        let n = stream.read(&mut chunk).await.ok()?;
        if n == 0 {
            return None;
        }
        have += n;
    }
    let mut first = text.lines().next()?.split(' ');
    Some((first.next()?.to_owned(), first.next()?.to_owned(), header("x-request-id").unwrap_or_default()))
}

async fn reply(stream: &mut TcpStream, status: u16, body: &str) {
    let head =
        format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.ok();
}
