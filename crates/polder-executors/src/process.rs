//! Runs attempts as plain processes of the agent's machine.
//!
//! A command is started in a process group and a folder of its own, with only the environment that it is given beside
//! a documented minimum ([`MINIMUM`]). When its main process ends, the attempt ends: what it started in the background
//! is ended too (TERM, then KILL after [`Config::straggler_grace`]). Stopping is the same for the whole attempt. How
//! everything of an attempt is found, however it detached, is in [`members`](self); how it is ended in `ending`.
//!
//! Attempts share the machine's user, network and files with the agent: the executor keeps them apart from each
//! other's accidents, not from each other's malice.

mod children;
mod ending;
mod environment;
mod inherited;
mod members;
mod memory;
mod program;
mod pump;
mod record;
mod spawn;
mod supervise;
mod table;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use polder_types::Clock;
use polder_types::wire::AttemptKey;
use rustix::fs::{FlockOperation, flock};
use rustix::process::set_child_subreaper;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::{Attempt, Error, Executor, Fingerprint, Lost, Running};
use ending::Patience;
use members::Members;
use record::{Record, Records};
use spawn::Prepared;
use supervise::Supervisor;

pub use environment::MINIMUM;

/// How the executor is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it keeps its records, across its own restarts and its own alone.
    pub state: PathBuf,
    /// The search path for programs; that of this program if not given.
    pub path: Option<String>,
    /// How long what a main process left behind, or a killed agent, may take to end.
    pub straggler_grace: Duration,
}

impl Config {
    /// The defaults, with records in `state`.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>) -> Self {
        Self { state: state.into(), path: None, straggler_grace: Duration::from_secs(2) }
    }
}

/// Runs attempts as plain processes.
pub struct ProcessExecutor {
    records: Arc<Records>,
    path: String,
    straggler_grace: Duration,
    fingerprint: Fingerprint,
    clock: Arc<dyn Clock>,
    /// Keeps others from the records.
    _lock: File,
}

impl ProcessExecutor {
    /// Opens the records, and makes this program the one that its descendants come to when they lose their parent. No
    /// file that this program was itself started with gets to them.
    ///
    /// # Errors
    ///
    /// [`Error::StateInUse`], [`Error::Unsupported`], [`Error::File`].
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let own = table::raw(std::process::id());
        set_child_subreaper(own)
            .map_err(|error| Error::Unsupported { what: "prctl", source: error.into() })?;
        inherited::close_on_exec();
        let records = Arc::new(Records::open(config.state.clone())?);
        let lock = lock(&config.state)?;
        let own_path = || std::env::var("PATH").ok().filter(|path| !path.is_empty());
        let path = config.path.or_else(own_path).unwrap_or_else(|| environment::DEFAULT_PATH.to_owned());
        let fingerprint = fingerprint();
        Ok(Self { records, path, straggler_grace: config.straggler_grace, fingerprint, clock, _lock: lock })
    }

    fn start_now(&self, mut attempt: Attempt) -> Result<Running, Error> {
        attempt.folder = absolute(&attempt.folder)?;
        attempt.working_directory = absolute(&attempt.working_directory)?;
        let prepared = Prepared::new(&attempt, &self.path)?;
        let record = self.records.write(&attempt.key, &attempt.folder)?;
        let started_at = self.clock.now();
        let spawned = prepared.spawn().inspect_err(|_| self.records.remove(&attempt.key))?;
        if let Err(error) = record.note(spawned.main.id) {
            tracing::warn!(attempt = %attempt.key, %error, "the record lacks its process; its mark will do");
        }
        let (pump, output) =
            pump::Pump::new(spawned.stdout, spawned.stderr, &attempt.masker, Arc::clone(&self.clock));
        let (all_dead, dead) = oneshot::channel();
        let (stop, stopping) = watch::channel(None);
        let supervisor = Supervisor {
            members: Members::of_running(
                &attempt.key,
                attempt.folder.clone(),
                spawned.main.id,
                spawned.pipes,
            ),
            command: attempt.command,
            main: spawned.main,
            stop: stopping,
            straggler_grace: self.straggler_grace,
            started: Instant::now(),
            pump: tokio::spawn(pump.run(dead)),
            all_dead,
            output_file: attempt.folder.join(environment::OUTPUT),
            masker: attempt.masker,
            clock: Arc::clone(&self.clock),
        };
        let (records, key) = (Arc::clone(&self.records), attempt.key);
        let exit = tokio::spawn(supervisor.run().inspect(move |_| records.remove(&key)));
        Ok(Running { started_at, output, stop: Arc::new(stop), exit })
    }

    fn lost(&self, record: Record) -> Lost {
        let same_boot = self.records.is_of_this_boot(&record);
        let key = record.key;
        let members = Members::of_lost(&key, record.folder, record.main);
        let grace = self.straggler_grace;
        let ended = async move {
            if !same_boot {
                return 0;
            }
            let (_nobody, stop) = watch::channel(None);
            ending::end(members, Patience { until: Some(Instant::now() + grace), stop }).await.0
        };
        Lost { key, ended: ended.boxed() }
    }
}

impl Executor for ProcessExecutor {
    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.clone()
    }

    fn start(&self, attempt: Attempt) -> BoxFuture<'_, Result<Running, Error>> {
        async move { self.start_now(attempt) }.boxed()
    }

    fn recover(&self) -> Result<Vec<Lost>, Error> {
        Ok(self.records.all()?.into_iter().map(|record| self.lost(record)).collect())
    }

    fn forget(&self, key: &AttemptKey) {
        self.records.remove(key);
    }
}

/// Paths are handed to a process that starts elsewhere.
fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(Error::file("resolved", path))
}

fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(Error::file("opened", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::StateInUse { path: folder.to_owned() }),
        Err(error) => Err(Error::file("locked", path)(error.into())),
    }
}

/// Read once: it takes some files of the system, and every claim asks for it.
fn fingerprint() -> Fingerprint {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Fingerprint { executor: "process", images: false, processors, memory_bytes: memory() }
}

/// All memory of the machine, in bytes.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}
