//! What agents report about attempts. Every report is fenced: it counts only from the agent that has the attempt, at its
//! present epoch.

use polder_store::attempts::{self as stored, Place};
use polder_store::logs::LogKey;
use polder_store::runs::{self, StepResult, StoredRun, StoredStep};
use polder_store::timers::{self, Timer, TimerKind};
use polder_types::Code;
use polder_types::run::{Outcome, StopReason};
use polder_types::wire::{
    Assignment, AttemptEnded, AttemptKey, AttemptStarted, LogBatch, LogPosition, RunError,
};

use crate::lake::Came;
use crate::moves::{Loaded, Mover, step_definition};
use crate::wakeups::{Change, ChangeKind};
use crate::{Engine, Error, Result, assignment, fault};

impl Engine {
    /// Notes that an attempt's process runs.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the attempt is not this agent's (any more).
    pub async fn attempt_started(&self, agent: &str, key: &AttemptKey, report: AttemptStarted) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let position = stored::position(&mut tx, key.run, &key.step).await?;
        let place = Place { run: key.run, position, epoch: key.epoch };
        match stored::started(&mut tx, agent, place, report.started_at).await {
            Err(polder_store::Error::NotFound) => Err(Error::Fenced),
            other => {
                other?;
                Ok(tx.commit().await?)
            }
        }
    }

    /// Notes how an attempt ended, and moves its run on; answers with the run's next attempt if the agent wants it. Telling
    /// it twice changes nothing.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the attempt is not this agent's (any more).
    pub async fn attempt_ended(
        &self,
        agent: &str,
        key: &AttemptKey,
        report: AttemptEnded,
    ) -> Result<Option<Assignment>> {
        match self.end(agent, key, &report).await? {
            Some((loaded, place)) => {
                fault::point("claimed");
                self.assign(agent, &loaded, place).await
            }
            None => Ok(None),
        }
    }

    /// Ends an attempt, and tells which one the agent goes on with.
    pub(crate) async fn end(
        &self,
        agent: &str,
        key: &AttemptKey,
        report: &AttemptEnded,
    ) -> Result<Option<(Loaded, Place)>> {
        let mut mover = Mover::begin(self).await?;
        let mut loaded = mover.load(key.run).await?;
        let place = place_of(&loaded, key)?;
        match stored::holder(&mut mover.tx, place).await? {
            Some(holder) if holder == agent => {}
            _ if stored::ended_by(&mut mover.tx, place, agent).await? => return Ok(None),
            _ => return Err(Error::Fenced),
        }
        mover.end_attempt(&mut loaded, place, report).await?;
        let next = mover.go_on(agent, &mut loaded, &report.goes_on_with).await?;
        mover.commit().await?;
        fault::point("ended");
        self.pack_log(place, key);
        Ok(next.map(|next| (loaded, next)))
    }

    /// Takes lines of an attempt's log. Lines that are there already are ignored.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the attempt is not this agent's (any more); the disk is full.
    pub async fn append_log(&self, agent: &str, key: &AttemptKey, batch: LogBatch) -> Result<LogPosition> {
        let (run, place) = self.owner_of_log(agent, key).await?;
        let next_line = self.logs().append(log_key(place), batch.first_line, batch.lines).await?;
        fault::point("logged");
        let (team, environment) = (run.pipeline.team, run.pipeline.environment);
        let kind = ChangeKind::Log { run: key.run, step: key.step.clone(), epoch: key.epoch, next_line };
        self.wakeups().tell(Change { at: self.now(), team, environment, kind });
        Ok(LogPosition { next_line })
    }

    async fn owner_of_log(&self, agent: &str, key: &AttemptKey) -> Result<(StoredRun, Place)> {
        let mut tx = self.store().read().await?;
        let position = stored::position(&mut tx, key.run, &key.step).await?;
        let place = Place { run: key.run, position, epoch: key.epoch };
        if stored::holder(&mut tx, place).await?.as_deref() != Some(agent) {
            return Err(Error::Fenced);
        }
        Ok((runs::load(&mut tx, key.run).await?, place))
    }

    /// Ends an attempt that its agent does not know of: it died, or the assignment never reached it.
    pub(crate) async fn attempt_lost(&self, agent: &str, key: &AttemptKey) -> Result<()> {
        let message = format!("the agent {agent} died, or never got the assignment");
        let mut report = assignment::failed(self, RunError { code: Code::AgentLost, message });
        report.outcome = Outcome::Lost;
        match self.end(agent, key, &report).await {
            Err(Error::Fenced) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Compresses what is left of the log, while the run goes on. The attempt has ended whether or not this works.
    fn pack_log(&self, place: Place, key: &AttemptKey) {
        let (logs, key) = (self.logs().clone(), key.clone());
        tokio::spawn(async move {
            if let Err(error) = logs.finish(log_key(place)).await {
                tracing::warn!(attempt = %key, %error, "the log could not be packed");
            }
        });
    }

    /// How many lines of log there are; an attempt ends whether or not that can be said.
    async fn log_lines(&self, place: Place) -> u64 {
        self.logs().next_line(log_key(place)).await.unwrap_or_else(|error| {
            tracing::warn!(run = %place.run, %error, "the lines of a log could not be counted");
            0
        })
    }
}

/// An attempt as its log is named.
fn log_key(place: Place) -> LogKey {
    LogKey { run: place.run, position: u32::try_from(place.position).unwrap_or(u32::MAX), epoch: place.epoch }
}

impl Mover<'_> {
    /// Writes down how an attempt ended, then moves its run on.
    pub(crate) async fn end_attempt(
        &mut self,
        loaded: &mut Loaded,
        place: Place,
        report: &AttemptEnded,
    ) -> Result<()> {
        let came = match step_definition(loaded, place.position) {
            Some(step) if step.kind.uses_lake() => self.end_branch(loaded, place, report).await?,
            _ => Came::To,
        };
        let report = &came.report(report);
        let stopping = loaded.state.steps[place.position].stopping;
        let error = error_of(report, stopping);
        let log_lines = self.engine.log_lines(place).await;
        stored::ended(&mut self.tx, place, report, error.as_ref(), log_lines).await?;
        let result =
            StepResult { outputs: report.outputs.clone(), rows: report.rows, bytes: report.bytes, error };
        if differs(&loaded.steps[place.position], &result) {
            runs::set_step_result(&mut self.tx, place.run, place.position, &result).await?;
        }
        let step = &mut loaded.steps[place.position];
        (step.outputs, step.rows, step.bytes, step.error) =
            (result.outputs, result.rows, result.bytes, result.error);
        if loaded.state.steps[place.position].plan.timeout.is_some() {
            let kind = TimerKind::StepDeadline { position: place.position, epoch: place.epoch };
            timers::clear(&mut self.tx, Timer { run: place.run, kind }).await?;
        }
        let event = came.event(place, report.outcome);
        match self.apply(loaded, &event).await? {
            Ok(()) => Ok(()),
            Err(_) => Err(Error::Fenced),
        }
    }
}

/// Whether an attempt brought something else than what its step has: most bring nothing, and nothing is to be written.
fn differs(step: &StoredStep, result: &StepResult) -> bool {
    (&step.outputs, step.rows, step.bytes, &step.error)
        != (&result.outputs, result.rows, result.bytes, &result.error)
}

/// Why an attempt did not succeed; none if it did.
fn error_of(report: &AttemptEnded, stopping: Option<StopReason>) -> Option<RunError> {
    if report.outcome == Outcome::Succeeded {
        return None;
    }
    if report.outcome == Outcome::Stopped || stopping.is_some() {
        let (code, message) = match stopping {
            Some(StopReason::TimedOut) => (Code::TimedOut, "it took longer than its timeout and was ended"),
            _ => (Code::Aborted, "it was told to stop"),
        };
        return Some(RunError { code, message: message.into() });
    }
    let code = report.code.unwrap_or(Code::StepFailed);
    let message = report.message.clone().unwrap_or_else(|| match (report.exit_code, report.signal) {
        (Some(exit_code), _) => format!("it ended with exit code {exit_code}"),
        (None, Some(signal)) => format!("it was ended by signal {signal}"),
        (None, None) => "it failed".into(),
    });
    Some(RunError { code, message })
}

fn place_of(loaded: &Loaded, key: &AttemptKey) -> Result<Place> {
    let position = loaded.state.steps.iter().position(|step| step.plan.name == key.step);
    let position = position.ok_or_else(|| Error::not_found(format!("step {}", key.step)))?;
    Ok(Place { run: key.run, position, epoch: key.epoch })
}
