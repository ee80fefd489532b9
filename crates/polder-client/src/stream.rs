//! Streams of events that survive a lost connection: they are opened again after the last event that was seen.

use std::time::Duration;

use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderName, Method};
use polder_types::wire::NumberedLine;
use serde::de::DeserializeOwned;

use crate::client::{Call, Client};
use crate::error::Error;
use crate::sse::{Parser, ServerEvent};
use crate::transport::ByteStream;

/// The lines of a run's log, in order, until the run has ended.
pub type LogStream = BoxStream<'static, Result<NumberedLine, Error>>;
/// What happens on the server, as it happens.
pub type Changes = BoxStream<'static, Result<ServerEvent, Error>>;

/// Longest silence; the server says something more often, if only a comment.
const SILENCE: Duration = Duration::from_secs(60);
/// Waits before a lost stream is opened again; after the last one it is given up.
const WAITS: [u64; 8] = [50, 200, 500, 1_000, 2_000, 4_000, 8_000, 15_000];
/// The event after which nothing comes any more.
const END: &str = "end";
/// The event that tells why nothing more comes; its data is a problem.
const ERROR: &str = "error";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What happens to the connection behind a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// It broke, and could not be opened again at once. It is tried again.
    Lost,
    /// It is there again; nothing was missed.
    Back,
}

/// Told what happens to the connection.
pub(crate) type Watcher = Box<dyn Fn(Connection) + Send + Sync>;

/// A stream that is open, or was, or will be again.
struct Resumable {
    client: Client,
    path: String,
    last_id: Option<String>,
    open: Option<Open>,
    failures: usize,
    ended: bool,
    watcher: Option<Watcher>,
    /// Whether the watcher believes it to be lost.
    told_lost: bool,
}

struct Open {
    bytes: ByteStream,
    parser: Parser,
}

/// The events of `path`, until the server says that there are no more.
pub(crate) fn events(
    client: Client,
    path: String,
    watcher: Option<Watcher>,
) -> impl Stream<Item = Result<ServerEvent, Error>> + Send + 'static {
    let stream = Resumable {
        client,
        path,
        last_id: None,
        open: None,
        failures: 0,
        ended: false,
        watcher,
        told_lost: false,
    };
    futures::stream::try_unfold(stream, |mut stream| async move {
        Ok(stream.next().await?.map(|event| (event, stream)))
    })
}

/// The events of `path` whose data is a `T`.
pub(crate) fn typed<T: DeserializeOwned + Send + 'static>(
    client: &Client,
    path: String,
    watcher: Option<Watcher>,
) -> BoxStream<'static, Result<T, Error>> {
    let url = client.url().to_owned();
    events(client.clone(), path, watcher)
        .try_filter_map(move |event| {
            let parsed = serde_json::from_str(&event.data).map(Some);
            let error = |error: serde_json::Error| Error::Unexpected {
                url: url.clone(),
                status: None,
                message: error.to_string(),
            };
            std::future::ready(parsed.map_err(error))
        })
        .boxed()
}

impl Resumable {
    async fn next(&mut self) -> Result<Option<ServerEvent>, Error> {
        while !self.ended {
            match self.advance().await {
                Ok(Some(event)) if event.kind == END => self.ended = true,
                Ok(Some(event)) if event.kind == ERROR => {
                    self.ended = true;
                    return Err(self.reported(&event));
                }
                Ok(Some(event)) => {
                    self.failures = 0;
                    self.last_id.clone_from(&event.id);
                    return Ok(Some(event));
                }
                Ok(None) => self.lost(None).await?,
                Err(error) if error.is_temporary() => self.lost(Some(error)).await?,
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// The next event of the open stream; `None` if the stream is over without having said so.
    async fn advance(&mut self) -> Result<Option<ServerEvent>, Error> {
        if self.open.is_none() {
            self.open = Some(self.reopen().await?);
            self.tell(Connection::Back);
        }
        let Some(open) = &mut self.open else { return Ok(None) };
        loop {
            if let Some(event) = open.parser.next_event() {
                return Ok(Some(event));
            }
            match tokio::time::timeout(SILENCE, open.bytes.next()).await {
                Ok(Some(Ok(bytes))) => open.parser.push(&bytes),
                Ok(Some(Err(error))) => return Err(self.client.broken(&*error)),
                Ok(None) | Err(_) => return Ok(None),
            }
        }
    }

    fn reported(&self, event: &ServerEvent) -> Error {
        match serde_json::from_str(&event.data) {
            Ok(problem) => Error::Problem(problem),
            Err(_) => Error::Unexpected {
                url: self.client.url().to_owned(),
                status: None,
                message: event.data.clone(),
            },
        }
    }

    async fn reopen(&mut self) -> Result<Open, Error> {
        let mut call = Call::new(Method::GET, &self.path).accept("text/event-stream").patient();
        if let Some(id) = &self.last_id {
            call = call.header(LAST_EVENT_ID, id);
        }
        let response = self.client.open(&call).await?;
        Ok(Open { bytes: response.into_body(), parser: Parser::default() })
    }

    /// Tells the watcher what it does not know yet.
    fn tell(&mut self, now: Connection) {
        let lost = now == Connection::Lost;
        if self.told_lost != lost {
            self.told_lost = lost;
            self.watcher.iter().for_each(|watcher| watcher(now));
        }
    }

    /// Waits before the next try, or gives up.
    async fn lost(&mut self, error: Option<Error>) -> Result<(), Error> {
        let first_try = self.last_id.is_none() && self.open.is_none();
        self.open = None;
        let wait = WAITS.get(self.failures).copied();
        self.failures += 1;
        match (wait, error) {
            (Some(wait), error) if error.is_none() || !first_try => {
                // The first try comes at once; nobody needs to hear of a connection that is back by then.
                if self.failures > 1 {
                    self.tell(Connection::Lost);
                }
                tokio::time::sleep(Duration::from_millis(wait)).await;
                Ok(())
            }
            (_, error) => {
                self.ended = true;
                Err(error.unwrap_or_else(|| {
                    self.client.broken(&std::io::Error::other("the stream keeps ending early"))
                }))
            }
        }
    }
}
