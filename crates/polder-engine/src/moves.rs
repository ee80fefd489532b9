//! The driver: loads a run, asks `next` what an event means, and writes the new state with its effects.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use polder_store::attempts::{self, Place};
use polder_store::outbox::{self, Task};
use polder_store::runs::{self, StoredRun, StoredStep};
use polder_store::timers::{self, Timer, TimerKind};
use polder_store::{Tx, triggers as listeners};
use polder_types::definition::StepKind;
use polder_types::id::{EventId, RunId};
use polder_types::run::{self, Effect, Event, IllegalMove, RunState, RunStatus, StepStatus, StopReason};
use polder_types::wire::RunError;
use polder_types::{Code, definition};

use crate::after::After;
use crate::definitions::Pinned;
use crate::wakeups::{Change, ChangeKind};
use crate::{Engine, Error, Result, triggers};

/// Executor name of attempts that the engine itself attends to; no agent asks for it.
pub(crate) const ENGINE: &str = "engine";
/// Executor name of everything that is to be started.
pub(crate) const PROCESS: &str = "process";

/// A run in memory, locked by the open transaction.
pub(crate) struct Loaded {
    pub run: StoredRun,
    pub steps: Vec<StoredStep>,
    pub state: RunState,
    pub pinned: Arc<Pinned>,
}

/// An open transaction that moves runs.
pub(crate) struct Mover<'e> {
    pub engine: &'e Engine,
    pub tx: Tx,
    pub after: After,
    pub now: DateTime<Utc>,
}

impl<'e> Mover<'e> {
    pub(crate) async fn begin(engine: &'e Engine) -> Result<Self> {
        let tx = engine.store().begin().await?;
        Ok(Self { engine, tx, after: After::default(), now: engine.now() })
    }

    pub(crate) async fn commit(self) -> Result<()> {
        self.after.commit(self.tx, self.engine).await
    }

    /// Loads a run and keeps others from moving it until the transaction ends.
    pub(crate) async fn load(&mut self, run: RunId) -> Result<Loaded> {
        runs::lock(&mut self.tx, run).await?;
        let stored = runs::load(&mut self.tx, run).await?;
        let steps = runs::load_steps(&mut self.tx, run).await?;
        let pinned = self.engine.pinned(&stored.definition_hash).await?;
        let state = state_of(&stored, &steps, &pinned);
        Ok(Loaded { run: stored, steps, state, pinned })
    }

    /// Applies an event. An event that does not fit is answered, not committed.
    pub(crate) async fn apply(
        &mut self,
        loaded: &mut Loaded,
        event: &Event,
    ) -> Result<Result<(), IllegalMove>> {
        let (state, effects) = match run::next(&loaded.state, event, self.now) {
            Ok(moved) => moved,
            Err(illegal) => return Ok(Err(illegal)),
        };
        let before = std::mem::replace(&mut loaded.state, state);
        runs::save(&mut self.tx, loaded.run.id, &before, &loaded.state, self.now).await?;
        self.tell_changes(loaded, &before);
        for effect in effects {
            self.effect(loaded, &effect).await?;
        }
        Ok(Ok(()))
    }

    async fn effect(&mut self, loaded: &mut Loaded, effect: &Effect) -> Result<()> {
        let run = loaded.run.id;
        match *effect {
            Effect::RunStarted { deadline_at } => self.run_started(loaded, deadline_at).await,
            Effect::Offer { step, epoch } => self.offer(loaded, Place { run, position: step, epoch }).await,
            Effect::StepTimer { step, epoch, at } => {
                self.set_timer(run, TimerKind::StepDeadline { position: step, epoch }, at).await
            }
            Effect::RetryTimer { step, at, .. } => {
                runs::set_retry_at(&mut self.tx, run, step, at).await?;
                let epoch = loaded.state.steps[step].epoch;
                self.set_timer(run, TimerKind::Retry { position: step, epoch }, at).await
            }
            Effect::Stop { step, epoch, reason } => {
                self.stop(loaded, Place { run, position: step, epoch }, reason).await
            }
            Effect::Withdraw { step, epoch } => {
                Ok(attempts::withdraw(&mut self.tx, Place { run, position: step, epoch }, self.now).await?)
            }
            Effect::RunEnded { status } => self.run_ended(loaded, status).await,
        }
    }

    async fn run_started(&mut self, loaded: &mut Loaded, deadline_at: Option<DateTime<Utc>>) -> Result<()> {
        if let Some(at) = deadline_at {
            self.set_timer(loaded.run.id, TimerKind::RunDeadline, at).await?;
        }
        self.announce(loaded, RunStatus::Running).await
    }

    async fn offer(&mut self, loaded: &Loaded, place: Place) -> Result<()> {
        if is_call(loaded, place.position) {
            attempts::offer(&mut self.tx, place, ENGINE, self.now).await?;
            return self
                .later(&Task::StartChild { run: place.run, position: place.position, epoch: place.epoch })
                .await;
        }
        attempts::offer(&mut self.tx, place, PROCESS, self.now).await?;
        self.after.offers += 1;
        Ok(())
    }

    async fn stop(&mut self, loaded: &Loaded, place: Place, reason: StopReason) -> Result<()> {
        attempts::stop(&mut self.tx, place, reason).await?;
        self.after.agents = true;
        match loaded.steps[place.position].child_run {
            Some(child) if is_call(loaded, place.position) => self.later(&Task::Abort { run: child }).await,
            _ => Ok(()),
        }
    }

    async fn run_ended(&mut self, loaded: &mut Loaded, status: RunStatus) -> Result<()> {
        timers::clear_all(&mut self.tx, loaded.run.id).await?;
        if status != RunStatus::Succeeded && loaded.run.error.is_none() {
            let error = explain_end(loaded, status);
            runs::set_error(&mut self.tx, loaded.run.id, &error).await?;
            loaded.run.error = Some(error);
        }
        self.note_end(&loaded.run, status).await?;
        if loaded.pinned.pipeline.concurrency.is_some() {
            self.later(&Task::Admit { pipeline: loaded.run.pipeline.id }).await?;
        }
        if let Some(parent) = loaded.run.parent {
            let (run, position, epoch) = (parent.run, parent.position, parent.epoch);
            self.later(&Task::ChildEnded { child: loaded.run.id, run, position, epoch }).await?;
        }
        if loaded.run.call_back_uri.is_some() {
            self.later(&Task::CallBack { run: loaded.run.id }).await?;
        }
        self.announce(loaded, status).await
    }

    /// Delivers a status change to the triggers that listen, found by index on this pipeline.
    async fn announce(&mut self, loaded: &Loaded, status: RunStatus) -> Result<()> {
        let Some(event) = status.event() else { return Ok(()) };
        let listening = listeners::listening(&mut self.tx, &loaded.run.pipeline, event).await?;
        let change = listeners::StatusChange {
            id: EventId::new(self.now),
            run: &loaded.run,
            status: event,
            at: self.now,
        };
        for trigger in listening {
            let day = triggers::day_for(&trigger.definition, loaded.run.logical);
            listeners::deliver(&mut self.tx, trigger.id, change, day).await?;
            self.later(&Task::Evaluate { trigger: trigger.id }).await?;
        }
        Ok(())
    }

    /// Writes a thing to do into the outbox.
    pub(crate) async fn later(&mut self, task: &Task) -> Result<()> {
        self.after.outbox = true;
        Ok(outbox::add(&mut self.tx, task, self.now).await?)
    }

    async fn set_timer(&mut self, run: RunId, kind: TimerKind, at: DateTime<Utc>) -> Result<()> {
        self.after.timers = true;
        Ok(timers::set(&mut self.tx, Timer { run, kind }, at).await?)
    }

    fn tell_changes(&mut self, loaded: &Loaded, before: &RunState) {
        if before.status != loaded.state.status {
            self.tell(loaded, run_change(loaded));
        }
        for (old, new) in before.steps.iter().zip(&loaded.state.steps) {
            if (old.status, old.epoch) != (new.status, new.epoch) {
                let (run, step) = (loaded.run.id, new.plan.name.clone());
                self.tell(loaded, ChangeKind::Step { run, step, status: new.status, epoch: new.epoch });
            }
        }
    }

    pub(crate) fn tell(&mut self, loaded: &Loaded, kind: ChangeKind) {
        let (team, environment) = (loaded.run.pipeline.team.clone(), loaded.run.pipeline.environment.clone());
        self.after.changes.push(Change { at: self.now, team, environment, kind });
    }
}

/// That a run stands where it stands.
pub(crate) fn run_change(loaded: &Loaded) -> ChangeKind {
    let pipeline = &loaded.run.pipeline;
    ChangeKind::Run {
        id: loaded.run.id,
        pipeline_id: pipeline.id,
        pipeline: pipeline.name.clone(),
        status: loaded.state.status,
    }
}

/// Whether a step starts another pipeline.
pub(crate) fn is_call(loaded: &Loaded, position: usize) -> bool {
    matches!(step_definition(loaded, position).map(|step| &step.kind), Some(StepKind::Pipeline(_)))
}

/// A step's definition.
pub(crate) fn step_definition(loaded: &Loaded, position: usize) -> Option<&definition::Step> {
    loaded.pinned.pipeline.steps.get(position)
}

/// The state that `next` works on, from what is stored.
fn state_of(run: &StoredRun, steps: &[StoredStep], pinned: &Pinned) -> RunState {
    let mut state = RunState::new(&pinned.pipeline);
    (state.status, state.stopping) = (run.status, run.stopping);
    (state.started_at, state.ended_at) = (run.started_at, run.ended_at);
    for (step, stored) in state.steps.iter_mut().zip(steps) {
        (step.status, step.epoch, step.stopping) = (stored.status, stored.epoch, stored.stopping);
    }
    state
}

/// Why a run did not succeed: for its time or an abort that itself, otherwise the first step that did not end well.
fn explain_end(loaded: &Loaded, status: RunStatus) -> RunError {
    if loaded.state.stopping == Some(StopReason::TimedOut) {
        return RunError { code: Code::TimedOut, message: "the run took longer than its timeout".into() };
    }
    if status == RunStatus::Aborted {
        return RunError { code: Code::Aborted, message: "the run was aborted".into() };
    }
    let failed = loaded.state.steps.iter().position(|step| step.status.is_failure());
    let Some(position) = failed else {
        return RunError { code: Code::StepFailed, message: "the run failed".into() };
    };
    let name = &loaded.state.steps[position].plan.name;
    let error = loaded.steps[position].error.clone();
    let late = loaded.state.steps[position].status == StepStatus::TimedOut;
    let unknown = RunError {
        code: if late { Code::TimedOut } else { Code::StepFailed },
        message: "no reason was given".into(),
    };
    let error = error.unwrap_or(unknown);
    RunError { code: error.code, message: format!("step {name}: {}", error.message) }
}

/// An illegal move as an error of the caller.
pub(crate) fn refused(illegal: &IllegalMove) -> Error {
    Error::Conflict { detail: illegal.reason.clone() }
}
