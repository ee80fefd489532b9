//! The life of one attempt, from its assignment to the report of its end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use polder_executors::mask::{Masker, SHORTEST};
use polder_executors::{self as executors, Executor, Exit, Running};
use polder_types::definition::Command;
use polder_types::id::RevisionId;
use polder_types::run::{Outcome, StopReason};
use polder_types::wire::{Assignment, AttemptEnded, AttemptKey, LakeTask, LogLine, Task};
use polder_types::{Clock, Code};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::delivery::{Delivered, Delivery};
use crate::folder::stock::Stock;
use crate::folder::{Folder, Folders};
use crate::held::{Held, Order};
use crate::report::{self, Reporter, Told};
use crate::revision::Revisions;
use crate::task::http;
use crate::verdict::{self, Verdict};
use crate::{Error, environment};

/// What all attempts of an agent share.
pub(crate) struct Shared {
    pub(crate) reporter: Reporter,
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) revisions: Arc<Revisions>,
    pub(crate) held: Arc<Held>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) folders: Arc<Folders>,
    /// The program that does `polder task …`.
    pub(crate) task_program: String,
    /// Where its work reaches the server.
    pub(crate) server: String,
    /// See [`crate::Config::deadline_margin`].
    pub(crate) deadline_margin: Duration,
    /// The longest time between TERM and KILL when the agent shuts down.
    pub(crate) shutdown_grace: Duration,
}

/// One attempt that was claimed.
pub(crate) struct Attempt {
    pub(crate) shared: Arc<Shared>,
    pub(crate) assignment: Assignment,
    pub(crate) order: Order,
    /// Told when the agent shuts down: no further attempt is begun.
    pub(crate) shutdown: CancellationToken,
    /// Told when it does not wait for attempts any more either.
    pub(crate) stop: CancellationToken,
}

/// An attempt that runs, and where its log goes.
struct Started {
    running: Running,
    log: Log,
}

/// The delivery of a log, beside the attempt.
struct Log {
    remarks: mpsc::UnboundedSender<String>,
    delivery: JoinHandle<Delivered>,
}

impl Attempt {
    /// Runs the attempt, and what the server answers its end with, until there is nothing more.
    pub(crate) async fn run(self) {
        let mut next = Some(self);
        while let Some(attempt) = next {
            next = attempt.run_one().await;
        }
    }

    /// Runs the attempt and tells the server how it ended. Holds it until the server knows.
    async fn run_one(self) -> Option<Self> {
        let (shared, key) = (Arc::clone(&self.shared), self.assignment.key.clone());
        let folder = shared.folders.take(&key, self.assignment.revision);
        let (shutdown, stop) = (self.shutdown.clone(), self.stop.clone());
        let report = match &folder {
            Ok(folder) => self.execute(folder).await,
            Err(error) => self.could_not_start(&error.to_string()).await,
        };
        // Before the end is told: what comes next may use it again.
        if let Ok(folder) = folder {
            shared.folders.give_back(folder);
        }
        let mut next = None;
        if let Some(mut report) = report {
            if !shutdown.is_cancelled() {
                report.goes_on_with = vec![shared.executor.fingerprint().executor.to_owned()];
            }
            let told = shared.reporter.ended(&key, report).await;
            tracing::debug!(attempt = %key, ?told, "reported the end of an attempt");
            if let Told::Accepted(Some(assignment)) = told {
                next = Self::take(&shared, *assignment, &shutdown, &stop);
            }
        }
        shared.held.release(&key);
        next
    }

    /// Takes hold of an attempt; nothing if it is held already, because the server told it twice.
    pub(crate) fn take(
        shared: &Arc<Shared>,
        assignment: Assignment,
        shutdown: &CancellationToken,
        stop: &CancellationToken,
    ) -> Option<Self> {
        let order = shared.held.take(&assignment.key)?;
        let (shared, shutdown, stop) = (Arc::clone(shared), shutdown.clone(), stop.clone());
        Some(Self { shared, assignment, order, shutdown, stop })
    }

    /// The report of the attempt; none if it is not this agent's any more.
    async fn execute(mut self, folder: &Folder) -> Option<AttemptEnded> {
        match self.start(folder).await {
            Ok(Some(started)) => self.watch(started).await,
            Ok(None) => self.stopped_before_start(),
            Err(error) => self.could_not_start(&error.to_string()).await,
        }
    }

    /// Gets everything ready and starts; nothing if the order to stop came first.
    async fn start(&mut self, folder: &Folder) -> Result<Option<Started>, Error> {
        let mut order = self.order.clone();
        tokio::select! {
            biased;
            prepared = self.prepare(folder) => prepared?,
            _ = order.wait_for(Option::is_some) => return Ok(None),
            () = self.stop.cancelled() => return Ok(None),
        }
        if self.order.borrow().is_some() || self.stop.is_cancelled() {
            return Ok(None);
        }
        let assignment = &self.assignment;
        let masker = Masker::new(secrets_of(assignment));
        let too_short = masker.too_short().join(", ");
        let (command, stdin) = self.command()?;
        let attempt = executors::Attempt {
            key: assignment.key.clone(),
            command,
            folder: folder.path.clone(),
            working_directory: folder.work.clone(),
            env: environment::variables(assignment),
            stdin,
            masker: Arc::new(masker),
        };
        let mut running = self.shared.executor.start(attempt).await?;
        let log = self.open_log(running.started_at, running.take_output());
        if !too_short.is_empty() {
            log.say(format!(
                "not hidden in this log, because shorter than {SHORTEST} characters: {too_short}"
            ));
        }
        Ok(Some(Started { running, log }))
    }

    /// Copies the revision, unless it is there from an attempt before; however long the server is away.
    async fn prepare(&self, folder: &Folder) -> Result<(), Error> {
        if folder.stock.get().is_some() {
            return Ok(());
        }
        let stock = match self.assignment.revision {
            Some(revision) => self.copy(revision, folder).await?,
            None => Stock::nothing(),
        };
        folder.stock.get_or_init(|| stock);
        Ok(())
    }

    async fn copy(&self, revision: RevisionId, folder: &Folder) -> Result<Stock, Error> {
        let mut backoff = Backoff::new();
        loop {
            match self.shared.revisions.copy(&self.shared.reporter.client, revision, &folder.work).await {
                Err(error) if error.is_temporary() => backoff.wait().await,
                other => return other,
            }
        }
    }

    fn command(&self) -> Result<(Command, Option<Bytes>), Error> {
        match &self.assignment.task {
            Task::Run(command) => Ok((command.clone(), None)),
            Task::Http(request) => {
                let has_secrets = !self.assignment.secrets.is_empty();
                self.own("http", &http::Spec { request: request.clone(), has_secrets })
            }
            Task::Sql(task) => self.own("sql", &self.lake_task(task)),
            Task::Sync(sync) => self.own("sync", &self.lake_task(sync.as_ref())),
            Task::Models(task) => self.own("models", &self.lake_task(task)),
        }
    }

    fn lake_task<T: Clone>(&self, task: &T) -> LakeTask<T> {
        let assignment = &self.assignment;
        LakeTask {
            server: self.shared.server.clone(),
            key: assignment.key.clone(),
            token: assignment.token.clone().unwrap_or_default(),
            team: assignment.team.clone(),
            pipeline: assignment.pipeline.clone(),
            logical_at: assignment.logical_at,
            task: task.clone(),
        }
    }

    /// Polder's own work: this program, told what to do on standard input.
    fn own(&self, name: &str, spec: &impl Serialize) -> Result<(Command, Option<Bytes>), Error> {
        let program = self.shared.task_program.clone();
        let command = Command::Arguments(vec![program, "task".to_owned(), name.to_owned()]);
        Ok((command, Some(serde_json::to_vec(spec)?.into())))
    }

    /// Tells of the start, and then delivers the log, beside the attempt.
    fn open_log(&self, started_at: DateTime<Utc>, output: mpsc::Receiver<Vec<LogLine>>) -> Log {
        let shared = &self.shared;
        let (remarks, remarked) = mpsc::unbounded_channel();
        let (key, reporter) = (self.assignment.key.clone(), shared.reporter.clone());
        let (held, clock) = (Arc::clone(&shared.held), Arc::clone(&shared.clock));
        let mut delivery = Delivery::new(reporter.clone(), held, key.clone(), clock);
        let delivery = tokio::spawn(async move {
            if matches!(reporter.started(&key, started_at).await, Told::Fenced) {
                delivery.refuse();
            }
            delivery.run(output, remarked).await
        });
        Log { remarks, delivery }
    }

    /// Waits for the end, and sees to it that it comes when it must.
    async fn watch(&mut self, started: Started) -> Option<AttemptEnded> {
        let Started { running, log } = started;
        let stopper = running.stopper();
        let grace = Duration::from_secs(self.assignment.grace_seconds);
        let mut deadline = self.deadline();
        let (mut timed_out, mut shutting_down) = (false, false);
        let exit = running.wait();
        tokio::pin!(exit);
        let exit = loop {
            tokio::select! {
                biased;
                exit = &mut exit => break exit,
                Ok(()) = self.order.changed() => {
                    let reason = *self.order.borrow_and_update();
                    // The server was first; saying it again when the agent's own deadline comes tells nothing.
                    deadline = None;
                    log.say(verdict::remark(reason));
                    stopper.stop(if reason == Some(StopReason::Fenced) { Duration::ZERO } else { grace });
                }
                () = self.stop.cancelled(), if !shutting_down => {
                    shutting_down = true;
                    log.say(verdict::remark(None));
                    stopper.stop(grace.min(self.shared.shutdown_grace));
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    (deadline, timed_out) = (None, true);
                    log.say(verdict::remark(Some(StopReason::TimedOut)));
                    stopper.stop(grace);
                }
            }
        };
        if let Ok(Exit { stragglers: left @ 1.., .. }) = exit {
            log.say(format!("ended {left} processes that the step had left running"));
        }
        let delivered = log.close().await;
        if delivered.fenced || *self.order.borrow() == Some(StopReason::Fenced) {
            return None;
        }
        let verdict = Verdict { order: *self.order.borrow(), timed_out, at: self.shared.clock.now() };
        let ended = verdict.on(exit);
        Some(verdict::of_task(ended, &self.assignment.task, delivered.last_error))
    }

    fn deadline(&self) -> Option<Instant> {
        let timeout = Duration::from_secs(self.assignment.timeout_seconds?);
        Instant::now().checked_add(timeout + self.shared.deadline_margin)
    }

    fn stopped_before_start(&self) -> Option<AttemptEnded> {
        let order = *self.order.borrow();
        let verdict = Verdict { order, timed_out: false, at: self.shared.clock.now() };
        (order != Some(StopReason::Fenced)).then(|| verdict.without_exit())
    }

    /// Says why in the log too, where people look first.
    async fn could_not_start(&self, message: &str) -> Option<AttemptEnded> {
        let message = Masker::new(secrets_of(&self.assignment)).mask(message).into_owned();
        let at = self.shared.clock.now();
        let log = self.open_log(at, mpsc::channel(1).1);
        log.say(message.clone());
        let delivered = log.close().await;
        (!delivered.fenced).then(|| report::without_exit(Outcome::Failed, at, Code::CannotStart, message))
    }
}

/// What must not be in the log.
fn secrets_of(assignment: &Assignment) -> impl Iterator<Item = (&str, &str)> {
    let given = assignment.secrets.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    given.chain(assignment.token.as_deref().map(|token| ("the attempt's token", token)))
}

impl Log {
    fn say(&self, remark: String) {
        // Refused only if the delivery is gone, with the runtime.
        drop(self.remarks.send(remark));
    }

    /// Waits until everything is delivered.
    async fn close(self) -> Delivered {
        drop(self.remarks);
        self.delivery.await.unwrap_or_default()
    }
}

/// The report of an attempt that an earlier life of the agent had started.
pub(crate) async fn report_lost(shared: Arc<Shared>, key: AttemptKey, ended: impl Future<Output = usize>) {
    let count = ended.await;
    let message = match count {
        0 => "the agent was killed, and the step's processes with it or before".to_owned(),
        _ => format!(
            "the agent was killed; {count} processes that it had left running were ended when it came back"
        ),
    };
    let report = report::without_exit(Outcome::Lost, shared.clock.now(), Code::AgentLost, message);
    let told = shared.reporter.ended(&key, report).await;
    if !matches!(told, Told::GivenUp) {
        shared.executor.forget(&key);
    }
    shared.held.release(&key);
}
