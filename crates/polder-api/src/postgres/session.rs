//! A session: its process, the bytes between it and the client, and what it asks the server.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::time::Duration;

use polder_types::wire::SessionSpec;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr};

use super::Postgres;
use super::door::Guest;
use super::keys::Key;
use crate::programs::reason;
use crate::questions::{Asker, Sees};

/// The longest that a statement may take.
const STATEMENT: Duration = Duration::from_secs(600);
/// The longest that nobody may ask anything.
const IDLE: Duration = Duration::from_secs(8 * 3600);
/// The branch that is looked at instead of what was published, among a client's settings.
const BRANCH: &str = "polder.branch";
/// How much of what a process says on standard error is looked at.
const SAID: u64 = 64 << 10;

/// A process that answers a client, and the streams to it.
struct Running {
    child: Child,
    bytes: UnixStream,
    control: UnixStream,
}

/// Until the client leaves, its token ends, or the process does.
pub(super) async fn hold(shared: &Postgres, guest: Guest) -> io::Result<()> {
    let Guest { mut stream, caller, database, mut settings, place: _place } = guest;
    let key = shared.keys.new_key();
    let mut running = start(shared)?;
    let ended = shared.api.end_of(&caller);
    let (user, branch) = (caller.name.clone(), settings.remove(BRANCH));
    let sees = branch.map_or_else(|| Sees::Environment(database.clone()), Sees::Branch);
    let asker = Asker { api: shared.api.clone(), caller, sees };
    let lake = shared.api.engine().lake_url().map_err(io::Error::other)?;
    // What a view needs is kept for so long.
    let longest_read = shared.api.engine().lake_retention().longest_read().num_seconds().unsigned_abs();
    let spec = SessionSpec {
        lake,
        database,
        user,
        settings,
        key: key.key,
        limits: shared.api.queries().limits(),
        statement_seconds: STATEMENT.as_secs().min(longest_read),
        idle_seconds: IDLE.as_secs(),
        view_seconds: longest_read,
    };
    let said = running.child.stderr.take();
    tokio::select! {
        copied = copy_bidirectional(&mut stream, &mut running.bytes) => { copied?; }
        answered = answer(&asker, running.control, &spec, &key) => answered?,
        () = ended => {}
    }
    // What it has said before its end is still to be sent; one that goes on is ended when it is dropped.
    stream.shutdown().await?;
    report(running.child, said).await;
    Ok(())
}

/// A process that asks nothing more has ended, or is about to: what it has said to its client is still on its way.
async fn answer(asker: &Asker, control: UnixStream, spec: &SessionSpec, key: &Key) -> io::Result<()> {
    asker.answer(control, spec, &key.cancel).await?;
    std::future::pending().await
}

fn start(shared: &Postgres) -> io::Result<Running> {
    let (bytes, its_bytes) = StdStream::pair()?;
    let (child, control) = shared.api.queries().programs().attach("session", OwnedFd::from(its_bytes))?;
    bytes.set_nonblocking(true)?;
    Ok(Running { child, bytes: UnixStream::from_std(bytes)?, control })
}

/// One that was brought down is written down: its client only sees that nobody answers any more.
async fn report(mut child: Child, said: Option<ChildStderr>) {
    let ended = tokio::time::timeout(Duration::from_millis(200), child.wait()).await;
    let Ok(Ok(status)) = ended else { return };
    let mut text = String::new();
    if let Some(said) = said {
        let _ = said.take(SAID).read_to_string(&mut text).await;
    }
    if !status.success() {
        tracing::info!(why = reason(&text, Some(status)), "a session for SQL was broken off");
    }
}
