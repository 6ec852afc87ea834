//! A host that behaves as badly as it is told, and a recorder that remembers.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rackdesk_wire::{
    Body, Budget, Call, Effect, Exchange, Finished, Recorder, Redaction, Request, Retries, TimeoutClass, Timeouts,
    Wire, WireOptions,
};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the host does with one request.
#[derive(Clone)]
pub enum Turn {
    /// Answers and keeps the connection.
    Reply(Vec<u8>),
    /// Answers and closes.
    ReplyAndClose(Vec<u8>),
    /// Reads the request and closes without a word.
    Close,
    /// Closes as soon as somebody connects.
    CloseUnread,
    /// Reads the request and never answers.
    Stall,
    /// Answers this much and then never goes on.
    ReplyAndStall(Vec<u8>),
    /// Announces nothing and never ends.
    Endless,
}

pub fn reply(status: &str, headers: &str, body: &str) -> Turn {
    let length = body.len();
    Turn::Reply(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes())
}

pub fn ok(body: &str) -> Turn {
    reply("200 OK", "content-type: application/json\r\n", body)
}

/// Plays its turns one request after the other; the last one for ever.
pub struct Host {
    pub addr: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Host {
    pub async fn start(turns: Vec<Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = Self { addr: listener.local_addr().unwrap(), connections: Arc::default(), requests: Arc::default() };
        let (connections, requests) = (Arc::clone(&host.connections), Arc::clone(&host.requests));
        let next = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let turn = {
                    let (turns, next) = (turns.clone(), Arc::clone(&next));
                    move || turns[next.fetch_add(1, Ordering::SeqCst).min(turns.len() - 1)].clone()
                };
                tokio::spawn(play(stream, turn, Arc::clone(&requests)));
            }
        });
        host
    }

    pub fn url(&self, path: &str) -> url::Url {
        format!("http://{}{path}", self.addr).parse().unwrap()
    }

    pub fn seen(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn play(mut stream: TcpStream, turn: impl Fn() -> Turn, requests: Arc<Mutex<Vec<String>>>) {
    loop {
        // The turn of a host that does not read is taken before there is anything to read.
        let mut peeked = [0; 1];
        if !matches!(stream.peek(&mut peeked).await, Ok(1..)) {
            return;
        }
        let turn = turn();
        if matches!(turn, Turn::CloseUnread) {
            return;
        }
        let Some(request) = read_request(&mut stream).await else { return };
        requests.lock().unwrap().push(request);
        match turn {
            Turn::Reply(bytes) => stream.write_all(&bytes).await.unwrap(),
            Turn::ReplyAndClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Turn::Close | Turn::CloseUnread => return,
            Turn::Stall => std::future::pending().await,
            Turn::ReplyAndStall(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                std::future::pending::<()>().await;
            }
            Turn::Endless => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                return;
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.trim().parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => read.extend_from_slice(&buffer[..n]),
        }
    }
}

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
        assert_eq!(all.len(), 1, "exactly one exchange: {all:#?}");
        all[0].clone()
    }
}

pub fn quick_options() -> WireOptions {
    WireOptions {
        timeouts: Timeouts {
            connect: Duration::from_millis(300),
            quick: Duration::from_millis(400),
            list: Duration::from_millis(800),
            external: Duration::from_secs(3),
        },
        budget: Budget {
            per_minute: 60_000,
            burst: 1_000,
            concurrent: 16,
            longest_wait: Duration::from_millis(500),
            longest_backoff: Duration::from_secs(1),
        },
        retries: Retries { attempts: 3, first_pause: Duration::from_millis(5), ..Retries::default() },
        seed: Some(7),
        ..WireOptions::default()
    }
}

pub fn wire(options: WireOptions) -> (Wire, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    (Wire::new(options, Arc::clone(&memory) as Arc<dyn Recorder>), memory)
}

pub const SECRET: &str = "5up3r/s3cret\"ü";

pub fn request(url: url::Url, effect: Effect) -> Request {
    Request {
        provider: "whmcs",
        operation: "GetClients".into(),
        method: http::Method::POST,
        url,
        headers: http::HeaderMap::new(),
        body: Body::Form("action=GetClients&secret=5up3r%2Fs3cret%22%C3%BC&limitnum=25".into()),
        effect,
        timeout: TimeoutClass::Quick,
        max_reply: 64 * 1024,
        redaction: Redaction {
            fields: &["secret", "password"],
            whole_reply: false,
            literals: [SecretString::from(SECRET)].into(),
        },
        call: Call { trace_id: Some("rackdesk-A-17-1".into()), action_id: Some(17), ..Call::fresh() },
    }
}
