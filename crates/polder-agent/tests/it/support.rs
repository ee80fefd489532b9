//! An agent with a folder of its own, and assignments for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use polder_agent::{Agent, Config};
use polder_types::definition::Command;
use polder_types::id::RunId;
use polder_types::wire::{Assignment, AttemptKey, Task};
use polder_types::{Clock, SystemClock};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::server::Server;

pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    shutdown: CancellationToken,
    agent: JoinHandle<()>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (server, shutdown) = (Server::default(), CancellationToken::new());
        let agent = tokio::spawn(agent(folder.path(), &server, change).run(shutdown.clone()));
        Self { folder, server, shutdown, agent }
    }

    /// Offers the work, and gives its key.
    pub(crate) fn offer(&self, assignment: Assignment) -> AttemptKey {
        let key = assignment.key.clone();
        self.server.change(|state| state.offers.push(assignment));
        key
    }

    /// Waits until the attempt has written a line.
    pub(crate) async fn until_line(&self, key: &AttemptKey, text: &str) {
        let key = key.to_string();
        let has = |state: &crate::server::State| {
            state.logs.get(&key)?.iter().find(|line| line.text == text).map(drop)
        };
        self.server.until(has).await;
    }

    pub(crate) async fn shut_down(self) -> Server {
        self.shutdown.cancel();
        self.agent.await.unwrap();
        self.server
    }
}

pub(crate) fn agent(folder: &Path, server: &Server, change: impl FnOnce(&mut Config)) -> Agent {
    let mut config = Config::new("tester", folder, "/no/such/program");
    config.heartbeat_every = Duration::from_millis(200);
    change(&mut config);
    Agent::open(server.client(), config, Arc::new(SystemClock)).unwrap()
}

pub(crate) fn shell(text: &str) -> Assignment {
    assignment(Task::Run(Command::Shell(text.to_owned())))
}

pub(crate) fn assignment(task: Task) -> Assignment {
    let now = SystemClock.now();
    Assignment {
        key: AttemptKey { run: RunId::new(now), step: "extract".into(), epoch: 1 },
        team: "weather".into(),
        pipeline: "hourly".into(),
        environment: "prod".into(),
        project: None,
        revision: None,
        logical_at: "2026-11-20T03:00:00Z".parse().unwrap(),
        logical_day: "2026-11-20".parse().unwrap(),
        task,
        env: BTreeMap::new(),
        secrets: BTreeMap::new(),
        token: None,
        timeout_seconds: None,
        grace_seconds: 1,
    }
}

/// Whether the process lives.
pub(crate) fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with('Z'))
}
