//! Claims attempts as long as there are slots, and listens to the orders that come back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use polder_client::Client;
use polder_executors::process::{self, ProcessExecutor};
use polder_executors::{Executor, Lost};
use polder_types::Clock;
use polder_types::wire::{Claim, Claimed, Heartbeat};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::attempt::{self, Attempt, Shared};
use crate::backoff::Backoff;
use crate::folder::{self, Folders};
use crate::report::Reporter;
use crate::revision::Revisions;

/// How an agent is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its name, by which the server knows what it has. Stays the same over restarts.
    pub name: String,
    /// Its folder, which no other agent uses.
    pub data: PathBuf,
    /// How many attempts it runs at once.
    pub slots: u32,
    /// The program that does `polder task …`: this binary.
    pub task_program: PathBuf,
    /// Where its work reaches the server: the steps that write to the lake talk to it themselves.
    pub server: String,
    /// The search path of attempts; the agent's own if not given.
    pub path: Option<String>,
    /// How long a long-poll for work waits, at most 50 s.
    pub claim_wait: Duration,
    pub heartbeat_every: Duration,
    /// How much later than the server the agent itself ends an attempt that has had its time. The server knows best;
    /// this is for when it cannot be reached.
    pub deadline_margin: Duration,
    /// How long attempts may go on when the agent is told to shut down, before they are stopped.
    pub drain: Duration,
    /// How long stopped attempts may take to end when the agent shuts down.
    pub shutdown_grace: Duration,
}

impl Config {
    /// The defaults: two attempts for each processor, and at least four.
    pub fn new(name: impl Into<String>, data: impl Into<PathBuf>, task_program: impl Into<PathBuf>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            name: name.into(),
            data: data.into(),
            slots: u32::try_from(processors * 2).unwrap_or(4).max(4),
            task_program: task_program.into(),
            server: polder_client::DEFAULT_URL.to_owned(),
            path: None,
            claim_wait: Duration::from_secs(45),
            heartbeat_every: Duration::from_secs(5),
            deadline_margin: Duration::from_secs(5),
            drain: Duration::ZERO,
            shutdown_grace: Duration::from_secs(10),
        }
    }
}

/// An agent.
pub struct Agent {
    worker: Worker,
    /// What an earlier life of it left behind.
    lost: Vec<Lost>,
}

struct Worker {
    config: Config,
    shared: Arc<Shared>,
}

impl Agent {
    /// Gets an agent ready: opens its folder, and looks for what an earlier life of it left behind.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used, or is another agent's.
    pub fn open(client: Client, config: Config, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        folder::make(&config.data)?;
        let mut setup = process::Config::new(config.data.join("state"));
        setup.path.clone_from(&config.path);
        let executor = ProcessExecutor::open(setup, Arc::clone(&clock))?;
        let lost = executor.recover()?;
        let lost_keys: Vec<_> = lost.iter().map(|lost| lost.key.clone()).collect();
        let spare = usize::try_from(config.slots).unwrap_or(usize::MAX);
        let folders = Arc::new(Folders::open(&config.data, spare, &lost_keys)?);
        let shared = Shared {
            reporter: Reporter { client, agent: config.name.as_str().into() },
            executor: Arc::new(executor),
            revisions: Arc::new(Revisions::open(&config.data.join("revisions"), Arc::clone(&clock))?),
            held: Arc::default(),
            clock,
            folders,
            task_program: config.task_program.display().to_string(),
            server: config.server.clone(),
            deadline_margin: config.deadline_margin,
            shutdown_grace: config.shutdown_grace,
        };
        Ok(Self { worker: Worker { config, shared: Arc::new(shared) }, lost })
    }

    /// Works until it is told to shut down, and then until nothing of its attempts runs.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { worker, lost } = self;
        let mut tasks = JoinSet::new();
        for Lost { key, ended } in lost {
            tracing::warn!(attempt = %key, "an attempt was running when this agent was killed");
            drop(worker.shared.held.take(&key));
            tasks.spawn(attempt::report_lost(Arc::clone(&worker.shared), key, ended));
        }
        worker.run(tasks, shutdown).await;
    }
}

impl Worker {
    async fn run(&self, mut tasks: JoinSet<()>, shutdown: CancellationToken) {
        let stop = CancellationToken::new();
        let announced = tokio::select! {
            announced = self.announce() => announced,
            () = shutdown.cancelled() => false,
        };
        if announced {
            tokio::select! {
                () = self.claim_all(&mut tasks, &shutdown, &stop) => {}
                () = self.beat() => {}
                () = Arc::clone(&self.shared.revisions).keep_tidy() => {}
            }
        }
        self.shut_down(tasks, &stop).await;
    }

    /// Says that it has started, so that whatever else it was given before is known to be lost.
    async fn announce(&self) -> bool {
        let mut backoff = Backoff::new();
        loop {
            match self.heartbeat(true).await {
                Ok(()) => return true,
                Err(error) => {
                    tracing::warn!(%error, hint = error.hint(), "the agent cannot reach its server; trying again")
                }
            }
            backoff.wait().await;
        }
    }

    async fn beat(&self) {
        loop {
            sleep(self.config.heartbeat_every).await;
            if let Err(error) = self.heartbeat(false).await {
                tracing::debug!(%error, "a heartbeat did not get through");
            }
        }
    }

    async fn heartbeat(&self, starting: bool) -> Result<(), polder_client::Error> {
        let Reporter { client, agent } = &self.shared.reporter;
        let orders =
            client.heartbeat(agent, &Heartbeat { running: self.shared.held.keys(), starting }).await?;
        orders.stops.iter().for_each(|stop| self.shared.held.stop(stop));
        Ok(())
    }

    /// Claims and starts attempts until told to shut down.
    async fn claim_all(
        &self,
        tasks: &mut JoinSet<()>,
        shutdown: &CancellationToken,
        stop: &CancellationToken,
    ) {
        let mut backoff = Backoff::new();
        while !shutdown.is_cancelled() {
            let claim = self.claim();
            let asked_at = Instant::now();
            let answer = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                answer = self.shared.reporter.client.claim(&self.config.name, &claim) => answer,
                // Asked for orders only, so that nothing is lost by asking anew; asking for work is never broken off.
                () = self.shared.held.released(), if claim.slots == 0 => continue,
            };
            match answer {
                Ok(claimed) => {
                    backoff = Backoff::new();
                    // A server that is shutting down answers at once, with nothing.
                    let idle = claimed.assignments.is_empty() && claimed.stops.is_empty();
                    self.obey(claimed, tasks, shutdown, stop);
                    if idle && asked_at.elapsed() < Duration::from_millis(100) {
                        sleep(Duration::from_millis(100)).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot claim work; trying again");
                    backoff.wait().await;
                }
            }
            while tasks.try_join_next().is_some() {}
        }
    }

    fn claim(&self) -> Claim {
        let held = u32::try_from(self.shared.held.count()).unwrap_or(u32::MAX);
        Claim {
            slots: self.config.slots.saturating_sub(held),
            wait_seconds: u32::try_from(self.config.claim_wait.as_secs()).unwrap_or(50).min(50),
            executors: vec![self.shared.executor.fingerprint().executor.to_owned()],
            running: self.shared.held.keys_without_order(),
        }
    }

    fn obey(
        &self,
        claimed: Claimed,
        tasks: &mut JoinSet<()>,
        shutdown: &CancellationToken,
        stop: &CancellationToken,
    ) {
        claimed.stops.iter().for_each(|stop| self.shared.held.stop(stop));
        for assignment in claimed.assignments {
            if let Some(attempt) = Attempt::take(&self.shared, assignment, shutdown, stop) {
                tasks.spawn(attempt.run());
            }
        }
    }

    /// Lets attempts go on for a while, stops them, and waits until each has been reported.
    async fn shut_down(&self, mut tasks: JoinSet<()>, stop: &CancellationToken) {
        let all_done = async { while tasks.join_next().await.is_some() {} };
        tokio::pin!(all_done);
        if timeout(self.config.drain, &mut all_done).await.is_ok() {
            return;
        }
        stop.cancel();
        // Time for KILL after the grace, and for the reports.
        if timeout(self.config.shutdown_grace + Duration::from_secs(5), all_done).await.is_err() {
            tracing::warn!(
                "shut down without having told the server the end of {:?}",
                self.shared.held.keys()
            );
        }
    }
}
