//! Queries, each answered by a process of its own: one that needs too much, or brings its process down, fails alone, and the server never
//! holds more of an answer than the pipe does.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::{Stream, stream};
use polder_engine::lake::Sight;
use polder_types::wire::{QueryFormat, QueryLimits, QuerySpec, SqlRequest};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdout};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::AbortOnDropHandle;

use crate::programs::{Programs, internal, reason};
use crate::questions::Asker;
use crate::{Error, Result};

/// How long a query waits for others to end before it is refused.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of an answer is read at once.
const PIECE: usize = 64 << 10;
/// How much of what a program says on standard error is looked at.
const SAID: u64 = 64 << 10;

/// How queries are answered.
#[derive(Debug, Clone)]
pub struct QueryOptions {
    /// The program that does `polder task …`: this binary.
    pub program: PathBuf,
    /// How many are answered at the same time.
    pub at_once: usize,
    pub limits: QueryLimits,
}

impl QueryOptions {
    /// Four queries at a time, or one for each processor if there are more; each with a gigabyte.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let limits = QueryLimits {
            memory: 1 << 30,
            disk: 16 << 30,
            threads: u32::try_from(threads).unwrap_or(u32::MAX),
            rows: u64::MAX,
        };
        Self { program: program.into(), at_once: threads.max(4), limits }
    }
}

/// Asks programs, no more of them than there may be.
#[derive(Debug)]
pub(crate) struct Queries {
    options: QueryOptions,
    places: Arc<Semaphore>,
}

/// A program that is answering.
struct Answering {
    child: Child,
    output: ChildStdout,
    deadline: Instant,
    /// Answers what it asks meanwhile.
    _asked: AbortOnDropHandle<io::Result<()>>,
    _place: OwnedSemaphorePermit,
}

impl Queries {
    pub(crate) fn new(options: QueryOptions) -> Self {
        let places = Arc::new(Semaphore::new(options.at_once));
        Self { options, places }
    }

    /// For what else is to be done in a process of its own.
    pub(crate) fn programs(&self) -> Programs {
        Programs(self.options.program.clone())
    }

    /// What each of them may use.
    pub(crate) fn limits(&self) -> QueryLimits {
        self.options.limits
    }

    pub(crate) fn spec(
        &self,
        lake: String,
        sight: Sight,
        request: SqlRequest,
        format: QueryFormat,
        rows: u64,
    ) -> QuerySpec {
        let limits = QueryLimits { rows, ..self.options.limits };
        let SqlRequest { sql, at, .. } = request;
        QuerySpec { lake, view: sight.view, branch: sight.branch, at, sql, format, limits }
    }

    /// The answer, from its first piece on. Dropping it ends the program.
    pub(crate) async fn ask(&self, asker: Asker, spec: QuerySpec, time: Duration) -> Result<Body> {
        let place = timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let busy = || Error::TooManyOpen { of: "the lake", limit: self.options.at_once };
        let place = place.map_err(|_| busy())?.map_err(|_| Error::Stopping)?;
        let deadline = Instant::now() + time;
        let mut answering = self.start(asker, spec, deadline, place).map_err(internal)?;
        match timeout_at(deadline, answering.first()).await {
            Ok(first) => Ok(Body::from_stream(whole(first?, answering))),
            Err(_) => Err(too_long(time)),
        }
    }

    fn start(
        &self,
        asker: Asker,
        spec: QuerySpec,
        deadline: Instant,
        place: OwnedSemaphorePermit,
    ) -> io::Result<Answering> {
        let (mut child, control) = self.programs().attach("query", Stdio::piped())?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        // A query is ended by ending its program. One that has ended before it was told everything says why on standard error.
        let asked = async move { asker.answer(control, &spec, &Notify::new()).await };
        let asked = AbortOnDropHandle::new(tokio::spawn(asked));
        Ok(Answering { child, output, deadline, _asked: asked, _place: place })
    }
}

impl Answering {
    /// The first piece of the answer, or why there is none.
    async fn first(&mut self) -> Result<Bytes> {
        match self.piece().await.map_err(internal)? {
            Some(piece) => Ok(piece),
            None => Err(self.reason().await),
        }
    }

    async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut self.output).take(PIECE as u64).read_buf(&mut piece).await?;
        Ok((read > 0).then(|| piece.into()))
    }

    /// Why a program has ended without an answer: its last line, or that it was brought down.
    async fn reason(&mut self) -> Error {
        let mut said = String::new();
        if let Some(error) = self.child.stderr.take() {
            let _ = error.take(SAID).read_to_string(&mut said).await;
        }
        let status = self.child.wait().await.ok();
        Error::Query(reason(&said, status))
    }

    /// The next piece; an error if the program does not end well, so that nobody takes what there is for all of it.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let late = |_| io::Error::other("the query took too long");
        if let Some(piece) = timeout_at(self.deadline, self.piece()).await.map_err(late)?? {
            return Ok(Some(piece));
        }
        match self.child.wait().await? {
            status if status.success() => Ok(None),
            status => Err(io::Error::other(format!("the query broke off: {status}"))),
        }
    }
}

fn whole(first: Bytes, answering: Answering) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((Some(first), answering), |(first, mut answering)| async move {
        let piece = match first {
            Some(first) => Ok(Some(first)),
            None => answering.next().await,
        };
        if let Err(error) = &piece {
            tracing::info!(%error, "an answer was broken off");
        }
        piece.transpose().map(|piece| (piece, (None, answering)))
    })
}

fn too_long(time: Duration) -> Error {
    Error::Query(format!("the query took longer than {} s", time.as_secs()))
}
