//! What every executor offers, and what goes in and comes out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use polder_types::definition::Command;
use polder_types::wire::{AttemptKey, LogLine};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::mask::Masker;
use crate::{Error, output};

/// Starts attempts somewhere, and knows how to find and end them.
pub trait Executor: Send + Sync + 'static {
    /// What it is and what it can do here, found out afresh.
    fn fingerprint(&self) -> Fingerprint;

    /// Starts the attempt. From the return on it runs, is on record, and is watched.
    fn start(&self, attempt: Attempt) -> BoxFuture<'_, Result<Running, Error>>;

    /// The attempts that an earlier life of this agent left behind, each with what ends it. To be called before the
    /// first start. Each stays on record until [`Executor::forget`].
    ///
    /// # Errors
    ///
    /// If the records cannot be read.
    fn recover(&self) -> Result<Vec<Lost>, Error>;

    /// Takes a lost attempt off the record, once whoever asked for it knows.
    fn forget(&self, key: &AttemptKey);
}

/// What an executor is and can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its name in definitions and claims, such as `process`.
    pub executor: &'static str,
    /// Whether it runs container images.
    pub images: bool,
    /// Processors that attempts share.
    pub processors: usize,
    pub memory_bytes: Option<u64>,
}

/// What to start.
#[derive(Clone)]
pub struct Attempt {
    pub key: AttemptKey,
    pub command: Command,
    /// The attempt's own folder, which exists and is the caller's to remove: its home, temporary files, outputs.
    pub folder: PathBuf,
    /// Where the command starts; usually within `folder`.
    pub working_directory: PathBuf,
    /// Environment variables, secrets among them, beside the executor's documented minimum.
    pub env: BTreeMap<String, String>,
    /// What the command reads from its standard input; nothing if not given.
    pub stdin: Option<Bytes>,
    /// Hides the attempt's secrets.
    pub masker: Arc<Masker>,
}

impl fmt::Debug for Attempt {
    /// Says which attempt it is, and nothing that could be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attempt({})", self.key)
    }
}

/// An attempt that was started.
#[derive(Debug)]
pub struct Running {
    pub started_at: DateTime<Utc>,
    /// What it writes, in order, as it comes. Must be read, or the attempt is held up once it has written more than
    /// the buffers hold; ends (`None`) with the attempt. Dropping it lets the attempt write to nowhere.
    pub output: mpsc::Receiver<Vec<LogLine>>,
    pub(crate) stop: Arc<watch::Sender<Option<Instant>>>,
    pub(crate) exit: JoinHandle<Exit>,
}

impl Running {
    /// A handle that stops it, for keeping elsewhere.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper { stop: Arc::clone(&self.stop) }
    }

    /// The output, to be read elsewhere than where the end is awaited.
    #[must_use]
    pub fn take_output(&mut self) -> mpsc::Receiver<Vec<LogLine>> {
        std::mem::replace(&mut self.output, mpsc::channel(1).1)
    }

    /// How it ended, once all of it has and its last line was handed over. Read the output until its end before, or
    /// beside it; what is left in `output` is thrown away.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupervised`] if the task that watched it was torn down with its runtime.
    pub async fn wait(self) -> Result<Exit, Error> {
        drop(self.output);
        self.exit.await.map_err(|_| Error::Unsupervised)
    }
}

/// Ends an attempt before its time.
#[derive(Debug, Clone)]
pub struct Stopper {
    stop: Arc<watch::Sender<Option<Instant>>>,
}

impl Stopper {
    /// Asks everything of the attempt to end (TERM), and ends by force (KILL) what is left after `grace`. May be
    /// repeated: the earliest end of a grace time counts. Returns at once; [`Running::wait`] tells when it is done.
    pub fn stop(&self, grace: Duration) {
        let kill_at = Instant::now() + grace;
        self.stop.send_if_modified(|earlier| {
            let sooner = earlier.is_none_or(|earlier| kill_at < earlier);
            if sooner {
                *earlier = Some(kill_at);
            }
            sooner
        });
    }
}

/// How an attempt ended.
#[derive(Debug)]
pub struct Exit {
    pub ended_at: DateTime<Utc>,
    /// From the start to the end of the main process.
    pub duration: Duration,
    /// The exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Resident memory that the largest of its processes had at most. None if it ended before the first look at it and
    /// had less than the agent itself: the system's own count (`ru_maxrss` of wait4(2)) begins with the memory of
    /// whoever started the process, so that it tells nothing below that.
    pub peak_memory_bytes: Option<u64>,
    /// Processor time of all its processes, in user and system mode.
    pub cpu: Duration,
    /// Whether it was stopped, rather than ending by itself.
    pub stopped: bool,
    /// How many processes it left behind when its main process ended by itself. They were ended.
    pub stragglers: usize,
    /// What the exit means, unless it is a success. Names no secret.
    pub message: Option<String>,
    /// What it wrote to `$POLDER_OUTPUT`, secrets masked.
    pub outputs: Result<output::Outputs, output::Error>,
}

impl Exit {
    /// Whether it ended by itself with exit code 0, all of it.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == Some(0) && !self.stopped
    }
}

/// An attempt that an earlier life of the agent had started and not seen to its end.
pub struct Lost {
    pub key: AttemptKey,
    /// Completes when none of its processes lives any more, with how many had to be ended.
    pub ended: BoxFuture<'static, usize>,
}

impl fmt::Debug for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lost({})", self.key)
    }
}
