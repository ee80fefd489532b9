//! An executor with a folder of its own, and ways to start things with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use polder_executors::mask::Masker;
use polder_executors::process::{Config, ProcessExecutor};
use polder_executors::{Attempt, Error, Executor, Exit, Running};
use polder_types::definition::Command;
use polder_types::id::RunId;
use polder_types::wire::{AttemptKey, LogLine, LogStream};
use polder_types::{Clock, SystemClock};
use tempfile::TempDir;

static NEXT: AtomicU32 = AtomicU32::new(1);

pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) executor: ProcessExecutor,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::of(tempfile::tempdir().unwrap())
    }

    pub(crate) fn of(folder: TempDir) -> Self {
        let executor = open(folder.path());
        Self { folder, executor }
    }

    /// An attempt of `command` in a folder of its own.
    pub(crate) fn attempt(&self, command: Command) -> Attempt {
        attempt(self.folder.path(), command)
    }

    pub(crate) fn shell(&self, text: &str) -> Attempt {
        self.attempt(Command::Shell(text.to_owned()))
    }

    pub(crate) fn arguments(&self, all: &[&str]) -> Attempt {
        self.attempt(Command::Arguments(all.iter().map(|text| (*text).to_owned()).collect()))
    }

    pub(crate) async fn start(&self, attempt: Attempt) -> Running {
        self.executor.start(attempt).await.unwrap()
    }

    pub(crate) async fn refusal(&self, attempt: Attempt) -> Error {
        self.executor.start(attempt).await.map(drop).unwrap_err()
    }

    pub(crate) async fn run(&self, attempt: Attempt) -> (Vec<LogLine>, Exit) {
        let mut running = self.start(attempt).await;
        let mut lines = Vec::new();
        while let Some(batch) = running.output.recv().await {
            lines.extend(batch);
        }
        (lines, running.wait().await.unwrap())
    }

    /// The names of the attempts on record.
    pub(crate) fn records(&self) -> Vec<PathBuf> {
        let all = fs::read_dir(self.folder.path().join("state")).unwrap().flatten().map(|entry| entry.path());
        all.filter(|path| path.extension().is_some_and(|it| it == "json")).collect()
    }
}

pub(crate) fn open(folder: &Path) -> ProcessExecutor {
    ProcessExecutor::open(Config::new(folder.join("state")), Arc::new(SystemClock)).unwrap()
}

pub(crate) fn attempt(folder: &Path, command: Command) -> Attempt {
    let key = key();
    let own = folder.join(key.to_string());
    let working_directory = own.join("work");
    fs::create_dir_all(&working_directory).unwrap();
    let masker = Arc::new(Masker::default());
    Attempt { key, command, folder: own, working_directory, env: BTreeMap::new(), stdin: None, masker }
}

fn key() -> AttemptKey {
    AttemptKey {
        run: RunId::new(SystemClock.now()),
        step: "step".into(),
        epoch: NEXT.fetch_add(1, Ordering::Relaxed),
    }
}

pub(crate) trait With: Sized {
    fn with_env(self, name: &str, value: &str) -> Self;
    fn with_secret(self, name: &str, value: &str) -> Self;
    fn with_stdin(self, bytes: &[u8]) -> Self;
    fn with_file(self, name: &str, content: &str, mode: u32) -> Self;
}

impl With for Attempt {
    fn with_env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with_secret(self, name: &str, value: &str) -> Self {
        let masker = Arc::new(Masker::new([(name, value)]));
        Self { masker, ..self.with_env(name, value) }
    }

    fn with_stdin(self, bytes: &[u8]) -> Self {
        Self { stdin: Some(Bytes::copy_from_slice(bytes)), ..self }
    }

    fn with_file(self, name: &str, content: &str, mode: u32) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.working_directory.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }
}

pub(crate) fn texts(lines: &[LogLine], stream: LogStream) -> Vec<&str> {
    lines.iter().filter(|line| line.stream == stream).map(|line| line.text.as_str()).collect()
}

/// Reads lines until `count` whole ones have come.
pub(crate) async fn read_lines(running: &mut Running, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < count {
        lines.extend(running.output.recv().await.expect("more lines").into_iter().map(|line| line.text));
    }
    lines
}

/// Whether the process lives: it is in the table, and not just waiting to be taken notice of.
pub(crate) fn lives(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with('Z'))
}

/// Whether there is anything of that number, dead or alive.
pub(crate) fn is_in_table(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}
