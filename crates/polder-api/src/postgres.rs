//! PostgreSQL's protocol on a port of its own: who may come in, and what their session is told.
//!
//! The server does what needs its knowledge: TLS, the password, which is an API token, and which tables the client sees. From then on a
//! process of the connection's own does the talking (`polder task session`), as PostgreSQL has one for each: the server passes bytes on, and
//! answers the process when it asks what readers see now. A session that needs too much, or brings its process down, ends alone, and a client
//! that leaves ends its process.

mod door;
mod keys;
mod packet;
mod session;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::Api;
use keys::Keys;
pub use tls::Tls;

/// How long a client may take to say who it is.
const STARTUP_TIME: Duration = Duration::from_secs(20);
/// Connections that have not said yet who they are.
const STRANGERS: usize = 100;
/// How long to rest when no connection can be accepted, such as when no file handle is left.
const BREATHER: Duration = Duration::from_millis(100);

/// How clients of PostgreSQL's protocol are let in.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// What the connection is encrypted with. Without it only clients on this machine are let in.
    pub tls: Option<Tls>,
    /// Sessions at the same time.
    pub sessions: usize,
}

/// What all connections share.
#[derive(Debug)]
struct Postgres {
    api: Api,
    options: PostgresOptions,
    keys: Keys,
    sessions: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

/// Serves until `shutdown`, which ends all sessions.
pub async fn serve_postgres(
    listener: TcpListener,
    api: Api,
    options: PostgresOptions,
    shutdown: CancellationToken,
) {
    let sessions = Arc::new(Semaphore::new(options.sessions));
    let strangers = Arc::new(Semaphore::new(STRANGERS));
    let shared = Arc::new(Postgres { api, options, keys: Keys::default(), sessions, strangers });
    while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, address)) => connect(&shared, stream, address, &shutdown),
            Err(error) => {
                tracing::error!(%error, "no connection for SQL can be accepted");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

fn connect(shared: &Arc<Postgres>, stream: TcpStream, address: SocketAddr, shutdown: &CancellationToken) {
    // One too many is hung up on: whoever opens so many and says nothing gets no answer either.
    let Ok(place) = Arc::clone(&shared.strangers).try_acquire_owned() else { return };
    let (shared, shutdown) = (Arc::clone(shared), shutdown.clone());
    let _ = stream.set_nodelay(true);
    tokio::spawn(async move {
        let talked = shutdown.run_until_cancelled(Box::pin(talk(&shared, stream, address, place))).await;
        if let Some(Err(error)) = talked {
            tracing::debug!(%error, %address, "a connection for SQL broke");
        }
    });
}

async fn talk(
    shared: &Postgres,
    stream: TcpStream,
    address: SocketAddr,
    place: tokio::sync::OwnedSemaphorePermit,
) -> io::Result<()> {
    let entered = tokio::time::timeout(STARTUP_TIME, door::enter(shared, stream, address)).await;
    let entered = entered.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    drop(place);
    match entered {
        Some(guest) => session::hold(shared, guest).await,
        None => Ok(()),
    }
}
