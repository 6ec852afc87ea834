//! Binding the three ports and taking them down again.

mod control;
mod line;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::faults::Cut;
use crate::world::{Shared, World, lock};
use crate::{contabo, whmcs};
use line::Doors;
pub(crate) use line::Peer;

/// What to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Everything, credentials included, derives from it.
    pub seed: u64,
    /// Size: 1 is a company of 250 clients; 0.1 for quick tests, 100 for load. More than 0, at most 200.
    pub scale: f64,
    /// Port of the billing side; `None` takes a free one.
    pub whmcs_port: Option<u16>,
    /// Port of the server side; `None` takes a free one.
    pub contabo_port: Option<u16>,
    /// Port of the control side; `None` takes a free one.
    pub control_port: Option<u16>,
    /// What the clock shows at the start; `None` is the real present.
    pub start: Option<Timestamp>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, scale: 1.0, whmcs_port: None, contabo_port: None, control_port: None, start: None }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A port could not be had.
    #[error("the sandbox's {what} side cannot listen on 127.0.0.1:{port}: {source}")]
    Bind {
        /// `billing`, `server` or `control`.
        what: &'static str,
        /// The port asked for; 0 when any would have done.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The scale makes no sense.
    #[error("scale {0} is not between 0 and 200")]
    Scale(f64),
    /// Laying out the world failed, which is a bug.
    #[error("the sandbox's data could not be laid out")]
    LayOut(#[source] tokio::task::JoinError),
}

/// Where the billing side is and what it lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhmcsLine {
    /// Root address; a client appends `includes/api.php`.
    pub url: String,
    /// API credential.
    pub identifier: String,
    /// Its secret.
    pub secret: String,
    /// Passes the address allow-list.
    pub access_key: String,
}

/// Where the server side is and what it lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContaboLine {
    /// Base address, without `/v1`.
    pub api_url: String,
    /// The token endpoint, in full.
    pub token_url: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// API user.
    pub user: String,
    /// API password.
    pub password: String,
}

/// All a client needs to know; `rackdeskctl sandbox serve` prints it as one line of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServeLine {
    /// The billing side.
    pub whmcs: WhmcsLine,
    /// The server side.
    pub contabo: ContaboLine,
    /// The control side.
    pub control_url: String,
    /// As asked for.
    pub seed: u64,
    /// As asked for.
    pub scale: f64,
}

/// A sandbox that is up. Dropping it closes every port and connection.
#[derive(Debug)]
pub struct Running {
    /// Where it is and what it lets in.
    pub line: ServeLine,
    world: WorldHandle,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

/// Keeps `Running` printable: the world itself is far too big to print.
#[derive(Clone)]
struct WorldHandle(Shared);

impl std::fmt::Debug for WorldHandle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("World")
    }
}

impl Running {
    /// The world behind it, for callers in the same process.
    pub fn world(&self) -> &Shared {
        &self.world.0
    }

    /// Closes every port and connection and waits until they are closed.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Lays the world out and opens its ports on 127.0.0.1.
///
/// # Errors
/// A taken port, a senseless scale.
pub async fn start(options: Options) -> Result<Running, Error> {
    if !(options.scale > 0.0 && options.scale <= 200.0) {
        return Err(Error::Scale(options.scale));
    }
    let (whmcs_door, whmcs_at) = bind("billing", options.whmcs_port).await?;
    let (contabo_door, contabo_at) = bind("server", options.contabo_port).await?;
    let (control_door, control_at) = bind("control", options.control_port).await?;

    let laid = tokio::task::spawn_blocking(move || World::new(options.seed, options.scale, options.start)).await;
    let world: Shared = Arc::new(Mutex::new(laid.map_err(Error::LayOut)?));
    let line = serve_line(&world, whmcs_at, contabo_at, control_at);
    lock(&world).whmcs.set_url(&line.whmcs.url);

    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let sides = [
        (whmcs_door, whmcs::router(Arc::clone(&world))),
        (contabo_door, contabo::router(Arc::clone(&world))),
        (control_door, control::router(Arc::clone(&world))),
    ];
    for (door, router) in sides {
        tasks.spawn(keep_open(door, router, stop.clone()));
    }
    Ok(Running { line, world: WorldHandle(world), stop, tasks })
}

async fn bind(what: &'static str, port: Option<u16>) -> Result<(TcpListener, SocketAddr), Error> {
    let port = port.unwrap_or(0);
    let named = |source| Error::Bind { what, port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(named)?;
    let at = listener.local_addr().map_err(named)?;
    Ok((listener, at))
}

fn serve_line(world: &Shared, whmcs_at: SocketAddr, contabo_at: SocketAddr, control_at: SocketAddr) -> ServeLine {
    let world = lock(world);
    let billing = world.whmcs.credentials();
    let servers = contabo::credentials(&world.contabo);
    ServeLine {
        whmcs: WhmcsLine {
            url: format!("http://{whmcs_at}/"),
            identifier: billing.identifier,
            secret: billing.secret,
            access_key: billing.access_key,
        },
        contabo: ContaboLine {
            api_url: format!("http://{contabo_at}"),
            token_url: format!("http://{contabo_at}/auth/realms/contabo/protocol/openid-connect/token"),
            client_id: servers.client_id,
            client_secret: servers.client_secret,
            user: servers.user,
            password: servers.password,
        },
        control_url: format!("http://{control_at}/"),
        seed: world.seed,
        scale: world.scale,
    }
}

async fn keep_open(door: TcpListener, router: Router, stop: CancellationToken) {
    let service = router.layer(from_fn(obey_cuts)).into_make_service_with_connect_info::<Peer>();
    let doors = Doors::new(door, stop.clone());
    let served = axum::serve(doors, service).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::warn!(%error, "a side of the sandbox went down");
    }
}

/// A handler cannot close its connection; it marks its response, and this does it.
async fn obey_cuts(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.extensions().get::<Cut>().is_some() {
        peer.cut();
    }
    response
}
