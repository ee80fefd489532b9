//! `next(state, event, now)`: the only place where a run changes.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Effect, Event, Outcome, RunState, RunStatus, StepStatus, StopReason};
use crate::definition::When;

/// A new state, and what has to be done when it is committed.
pub type Transition = (RunState, Vec<Effect>);

/// An event that the state has no move for. A late report of an agent is one, and is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{event} is not possible: {reason}")]
pub struct IllegalMove {
    pub event: String,
    pub reason: String,
}

/// Applies one event.
///
/// # Errors
/// [`IllegalMove`] when the event does not fit the state: the run has ended, the epoch is an older one, the step is
/// not in a status that the event could move.
pub fn next(state: &RunState, event: &Event, now: DateTime<Utc>) -> Result<Transition, IllegalMove> {
    let mut machine = Machine { state: state.clone(), effects: Vec::new(), now };
    machine.apply(event).map_err(|reason| IllegalMove { event: format!("{event:?}"), reason })?;
    machine.settle();
    Ok((machine.state, machine.effects))
}

struct Machine {
    state: RunState,
    effects: Vec<Effect>,
    now: DateTime<Utc>,
}

impl Machine {
    fn apply(&mut self, event: &Event) -> Result<(), String> {
        if self.state.status.is_terminal() {
            return Err(format!("the run is {}", self.state.status));
        }
        match *event {
            Event::Admitted => self.admit(),
            Event::Refused => self.refuse(),
            Event::AbortRequested => self.stop_all(StopReason::Abort),
            Event::RunDeadline => self.stop_all(StopReason::TimedOut),
            Event::Claimed { step, epoch } => self.claim(step, epoch),
            Event::Ended { step, epoch, outcome } => self.end(step, epoch, outcome),
            Event::Interrupted { step, epoch } => self.interrupted(step, epoch),
            Event::RetryDue { step } => self.retry(step),
            Event::StepDeadline { step, epoch } => self.step_deadline(step, epoch),
        }
    }

    fn admit(&mut self) -> Result<(), String> {
        self.expect_run(RunStatus::Queued)?;
        self.state.status = RunStatus::Running;
        self.state.started_at = Some(self.now);
        let deadline_at = self.state.timeout.and_then(|timeout| self.after(timeout));
        self.effects.push(Effect::RunStarted { deadline_at });
        Ok(())
    }

    fn refuse(&mut self) -> Result<(), String> {
        self.expect_run(RunStatus::Queued)?;
        self.skip_unstarted();
        self.finish(RunStatus::Failed);
        Ok(())
    }

    fn stop_all(&mut self, reason: StopReason) -> Result<(), String> {
        if reason == StopReason::TimedOut {
            self.expect_run(RunStatus::Running)?;
        }
        self.state.stopping.get_or_insert(reason);
        self.skip_unstarted();
        for step in 0..self.state.steps.len() {
            self.stop_step(step, reason);
        }
        Ok(())
    }

    /// Skips whatever has no attempt running, and takes back what is offered.
    fn skip_unstarted(&mut self) {
        for (position, step) in self.state.steps.iter_mut().enumerate() {
            match step.status {
                StepStatus::Waiting => step.status = StepStatus::Skipped,
                StepStatus::Ready => {
                    step.status = StepStatus::Skipped;
                    self.effects.push(Effect::Withdraw { step: position, epoch: step.epoch });
                }
                _ => {}
            }
        }
    }

    fn stop_step(&mut self, position: usize, reason: StopReason) {
        let step = &mut self.state.steps[position];
        match step.status {
            StepStatus::Retrying => step.status = stopped_status(reason),
            StepStatus::Running if step.stopping.is_none() => {
                step.stopping = Some(reason);
                self.effects.push(Effect::Stop { step: position, epoch: step.epoch, reason });
            }
            _ => {}
        }
    }

    fn claim(&mut self, position: usize, epoch: u32) -> Result<(), String> {
        self.expect_step(position, epoch, StepStatus::Ready)?;
        let step = &mut self.state.steps[position];
        step.status = StepStatus::Running;
        let timeout = step.plan.timeout;
        if let Some(at) = timeout.and_then(|timeout| self.after(timeout)) {
            self.effects.push(Effect::StepTimer { step: position, epoch, at });
        }
        Ok(())
    }

    fn end(&mut self, position: usize, epoch: u32, outcome: Outcome) -> Result<(), String> {
        self.expect_step(position, epoch, StepStatus::Running)?;
        let step = &mut self.state.steps[position];
        let stopping = step.stopping.take();
        match (outcome, stopping) {
            (Outcome::Succeeded, _) => step.status = StepStatus::Succeeded,
            (_, Some(StopReason::Abort)) => step.status = StepStatus::Aborted,
            (_, Some(reason)) => self.fail_attempt(position, stopped_status(reason)),
            (_, None) => self.fail_attempt(position, StepStatus::Failed),
        }
        Ok(())
    }

    /// No policy of retries and no timeout of the step leaves undone what was decided; only the end of the whole run does.
    fn interrupted(&mut self, position: usize, epoch: u32) -> Result<(), String> {
        if self.state.stopping.is_some() {
            return self.end(position, epoch, Outcome::Stopped);
        }
        self.expect_step(position, epoch, StepStatus::Running)?;
        self.state.steps[position].stopping = None;
        self.try_again(position, Duration::from_secs(1 << epoch.min(8)));
        Ok(())
    }

    /// Tries again if the policy has an attempt left and the run is not being stopped.
    fn fail_attempt(&mut self, position: usize, otherwise: StepStatus) {
        let stopping = self.state.stopping.is_some();
        let step = &mut self.state.steps[position];
        if stopping || step.epoch > step.plan.retries.limit {
            step.status = otherwise;
            return;
        }
        let wait = step.plan.retries.wait_after(step.epoch);
        self.try_again(position, wait);
    }

    fn try_again(&mut self, position: usize, wait: Duration) {
        self.state.steps[position].status = StepStatus::Retrying;
        let at = self.after(wait).unwrap_or(self.now);
        self.effects.push(Effect::RetryTimer { step: position, wait, at });
    }

    fn retry(&mut self, position: usize) -> Result<(), String> {
        let epoch = self.step(position)?.epoch;
        self.expect_step(position, epoch, StepStatus::Retrying)?;
        self.offer(position);
        Ok(())
    }

    fn step_deadline(&mut self, position: usize, epoch: u32) -> Result<(), String> {
        self.expect_step(position, epoch, StepStatus::Running)?;
        self.stop_step(position, StopReason::TimedOut);
        Ok(())
    }

    /// Offers what has become possible, skips what has become impossible, and ends the run when all has ended.
    fn settle(&mut self) {
        if self.state.status.is_terminal()
            || (self.state.status == RunStatus::Queued && self.state.stopping.is_none())
        {
            return;
        }
        while self.settle_once() {}
        if self.state.steps.iter().all(|step| step.status.is_terminal()) {
            self.finish(self.final_status());
        }
    }

    fn settle_once(&mut self) -> bool {
        let mut changed = false;
        for position in 0..self.state.steps.len() {
            if self.state.steps[position].status != StepStatus::Waiting || !self.state.needs_ended(position) {
                continue;
            }
            changed = true;
            if self.condition_met(position) {
                self.offer(position);
            } else {
                self.state.steps[position].status = StepStatus::Skipped;
            }
        }
        changed
    }

    fn condition_met(&self, position: usize) -> bool {
        let failed = self.state.upstream_failed(position);
        match self.state.steps[position].plan.when {
            When::OnSuccess => !failed,
            When::OnFailure => failed,
            When::Always => true,
        }
    }

    fn offer(&mut self, position: usize) {
        let step = &mut self.state.steps[position];
        step.status = StepStatus::Ready;
        step.epoch += 1;
        self.effects.push(Effect::Offer { step: position, epoch: step.epoch });
    }

    fn final_status(&self) -> RunStatus {
        let any = |status| self.state.steps.iter().any(|step| step.status == status);
        match self.state.stopping {
            Some(StopReason::TimedOut) => RunStatus::TimedOut,
            Some(_) => RunStatus::Aborted,
            None if any(StepStatus::Failed) => RunStatus::Failed,
            None if any(StepStatus::TimedOut) => RunStatus::TimedOut,
            None => RunStatus::Succeeded,
        }
    }

    fn finish(&mut self, status: RunStatus) {
        self.state.status = status;
        self.state.ended_at = Some(self.now);
        self.effects.push(Effect::RunEnded { status });
    }

    fn after(&self, wait: Duration) -> Option<DateTime<Utc>> {
        add(self.now, wait)
    }

    fn step(&self, position: usize) -> Result<&super::StepState, String> {
        self.state.steps.get(position).ok_or_else(|| format!("there is no step {position}"))
    }

    fn expect_run(&self, status: RunStatus) -> Result<(), String> {
        if self.state.status == status { Ok(()) } else { Err(format!("the run is {}", self.state.status)) }
    }

    fn expect_step(&self, position: usize, epoch: u32, status: StepStatus) -> Result<(), String> {
        let step = self.step(position)?;
        if step.epoch != epoch {
            return Err(format!("step {} is at attempt {}, not {epoch}", step.plan.name, step.epoch));
        }
        if step.status != status {
            return Err(format!("step {} is {}", step.plan.name, step.status));
        }
        Ok(())
    }
}

const fn stopped_status(reason: StopReason) -> StepStatus {
    match reason {
        StopReason::TimedOut => StepStatus::TimedOut,
        StopReason::Abort | StopReason::Fenced => StepStatus::Aborted,
    }
}

fn add(instant: DateTime<Utc>, wait: Duration) -> Option<DateTime<Utc>> {
    TimeDelta::from_std(wait).ok().and_then(|wait| instant.checked_add_signed(wait))
}
