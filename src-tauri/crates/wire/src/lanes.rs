//! The HTTP clients underneath. There are several because a pooled connection and a safe write exclude each other.
//!
//! Reads share kept-alive connections. A write opens one of its own: then nothing of it can have left before the
//! connection stood, and a failure until that moment is certainly [`crate::Sent::NotSent`]. On a pooled connection
//! that the peer closed a moment ago nobody can tell. One TCP and TLS handshake per write is the price.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower::{Layer, Service};
use url::{Host, Url};

use crate::{Effect, WireOptions};

/// How long an unused connection is kept. Apache closes after 5 s, nginx after 75 s.
const IDLE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// Plain http to this machine: no proxy, no certificates to load.
    Loopback,
    /// https to this machine: no proxy.
    LoopbackTls,
    /// https to elsewhere, through the system's proxy if there is one.
    Remote,
}

impl Route {
    /// Where a URL leads, or why nothing is sent there.
    pub(crate) fn of(url: &Url) -> Result<Self, &'static str> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL carries a user name or a password");
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err("the URL names no host"),
        };
        match (url.scheme(), loopback) {
            ("https", false) => Ok(Self::Remote),
            ("https", true) => Ok(Self::LoopbackTls),
            ("http", true) => Ok(Self::Loopback),
            ("http", false) => Err("plain http is only used to this machine"),
            _ => Err("only https is used"),
        }
    }
}

/// Clients by route, pooled and fresh, each made when it is first needed: loading the system's certificates takes
/// some 20 ms, and a machine without any must still reach its own sandbox.
pub(crate) struct Lanes {
    user_agent: String,
    connect: Duration,
    extra_roots: Vec<Vec<u8>>,
    clients: [[OnceLock<Result<reqwest::Client, String>>; 2]; 3],
}

impl Lanes {
    pub(crate) fn new(options: &WireOptions) -> Self {
        Self {
            user_agent: options.user_agent.clone(),
            connect: options.timeouts.connect,
            extra_roots: options.extra_roots.clone(),
            clients: Default::default(),
        }
    }

    pub(crate) fn client(&self, route: Route, effect: Effect) -> Result<&reqwest::Client, &str> {
        let fresh = effect.writes();
        self.clients[route as usize][usize::from(fresh)]
            .get_or_init(|| self.build(route, fresh).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(String::as_str)
    }

    fn build(&self, route: Route, fresh: bool) -> reqwest::Result<reqwest::Client> {
        let mut roots = Vec::new();
        for pem in &self.extra_roots {
            roots.extend(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .dns_resolver(Arc::new(Resolver));
        builder = match route {
            Route::Loopback => builder.no_proxy().tls_certs_only([]),
            Route::LoopbackTls => builder.no_proxy().tls_certs_merge(roots),
            Route::Remote => builder.https_only(true).tls_certs_merge(roots),
        };
        if fresh {
            builder.pool_max_idle_per_host(0).connector_layer(Watch).build()
        } else {
            builder.pool_idle_timeout(IDLE).build()
        }
    }
}

/// The system's resolver, except that `localhost` is this machine whatever a hosts file or a name server says.
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if name.as_str().eq_ignore_ascii_case("localhost") {
                let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
                return Ok(Box::new(own.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs);
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

tokio::task_local! {
    /// The connection flag of the write that runs on this task.
    static CONNECTED: Connected;
}

/// Whether the connection of a write stands. Until then no byte of its request can have left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connected(Arc<AtomicBool>);

impl Connected {
    pub(crate) fn yes(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Runs a request so that its connection reports here.
    pub(crate) async fn watch<F: Future>(&self, request: F) -> F::Output {
        CONNECTED.scope(self.clone(), request).await
    }
}

/// Raises [`Connected`] of the current task when a connection (TLS included) stands.
#[derive(Debug, Clone, Copy)]
struct Watch;

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner }
    }
}

#[derive(Debug, Clone)]
struct Watched<S> {
    inner: S,
}

impl<S, T> Service<T> for Watched<S>
where
    S: Service<T>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, target: T) -> Self::Future {
        let connected = CONNECTED.try_with(Clone::clone).unwrap_or_default();
        let connecting = self.inner.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            connected.0.store(true, Ordering::Release);
            Ok(connection)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_nowhere_but_to_this_machine() {
        let route = |url: &str| Route::of(&url.parse().expect("a URL"));
        for url in ["http://127.0.0.1:8080/x", "http://127.3.2.1/", "http://[::1]/", "http://LocalHost:9/"] {
            assert_eq!(route(url), Ok(Route::Loopback), "{url}");
        }
        assert_eq!(route("https://localhost/"), Ok(Route::LoopbackTls));
        assert_eq!(route("https://billing.example/"), Ok(Route::Remote));
        for url in [
            "http://billing.example/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "ftp://localhost/",
            "https://me:secret@billing.example/",
        ] {
            assert!(route(url).is_err(), "{url}");
        }
    }
}
