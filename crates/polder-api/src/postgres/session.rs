//! A session: its process, the bytes between it and the client, and what it asks the server.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::time::Duration;

use polder_types::wire::{SessionQuestion, SessionSpec, SessionWord};
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::process::{Child, ChildStderr};

use super::Postgres;
use super::door::Guest;
use super::keys::Key;
use crate::Caller;
use crate::programs::reason;

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

/// What a session sees.
struct Place {
    caller: Caller,
    database: String,
    branch: Option<String>,
}

/// Until the client leaves, its token ends, or the process does.
pub(super) async fn hold(shared: &Postgres, guest: Guest) -> io::Result<()> {
    let Guest { mut stream, caller, database, mut settings, place: _place } = guest;
    let key = shared.keys.new_key();
    let mut running = start(shared)?;
    let ended = shared.api.end_of(&caller);
    let (user, branch) = (caller.name.clone(), settings.remove(BRANCH));
    let place = Place { caller, database, branch };
    let lake = shared.api.engine().lake_url().map_err(io::Error::other)?;
    // What a view needs is kept for so long.
    let longest_read = shared.api.engine().lake_retention().longest_read().num_seconds().unsigned_abs();
    let spec = SessionSpec {
        lake,
        database: place.database.clone(),
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
        answered = answer(shared, &place, &key, running.control, &spec) => answered?,
        () = ended => {}
    }
    // What it has said before its end is still to be sent; one that goes on is ended when it is dropped.
    stream.shutdown().await?;
    report(running.child, said).await;
    Ok(())
}

fn start(shared: &Postgres) -> io::Result<Running> {
    let (bytes, its_bytes) = StdStream::pair()?;
    let (control, its_control) = StdStream::pair()?;
    let programs = shared.api.queries().programs();
    let child = programs.attach("session", OwnedFd::from(its_bytes), OwnedFd::from(its_control))?;
    bytes.set_nonblocking(true)?;
    control.set_nonblocking(true)?;
    Ok(Running { child, bytes: UnixStream::from_std(bytes)?, control: UnixStream::from_std(control)? })
}

/// Tells a session what it is, then answers what it asks, and passes on that a statement is to be ended.
async fn answer(
    shared: &Postgres,
    place: &Place,
    key: &Key,
    control: UnixStream,
    spec: &SessionSpec,
) -> io::Result<()> {
    let (read, mut write) = control.into_split();
    let mut questions = BufReader::new(read).lines();
    tell(&mut write, spec).await?;
    loop {
        let word = tokio::select! {
            question = questions.next_line() => match question? {
                Some(question) => {
                    let SessionQuestion::View = serde_json::from_str(&question)?;
                    seen(shared, place).await
                }
                // The process has ended, or is about to: what it has said is still on its way.
                None => std::future::pending().await,
            },
            () = key.cancel.notified() => SessionWord::Cancel,
        };
        tell(&mut write, &word).await?;
    }
}

async fn tell(write: &mut OwnedWriteHalf, word: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(word)?;
    line.push(b'\n');
    write.write_all(&line).await
}

/// What readers see now.
async fn seen(shared: &Postgres, place: &Place) -> SessionWord {
    let (engine, workspace) = (shared.api.engine(), &place.caller.workspace);
    let sight = match &place.branch {
        Some(branch) => engine.branch_view(workspace, branch).await,
        None => engine.lake_view(workspace, &place.database).await,
    };
    match sight {
        Ok(sight) => SessionWord::View { view: sight.view, branch: sight.branch },
        Err(error) => SessionWord::NoView(error.to_string()),
    }
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
