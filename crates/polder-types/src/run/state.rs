//! What [`super::next()`] works on: a run with its steps, and of each step what the moves depend on.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{RunStatus, StepStatus, StopReason};
use crate::definition::{Pipeline, Retries, Step, When};

/// A run as far as its moves depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunState {
    pub status: RunStatus,
    pub steps: Vec<StepState>,
    /// Longest time from the start to the end.
    pub timeout: Option<Duration>,
    /// Set once the run must end whatever its steps do: aborted or out of time.
    pub stopping: Option<StopReason>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState {
    pub plan: StepPlan,
    pub status: StepStatus,
    /// The number of the newest attempt, from 1; 0 before the first.
    pub epoch: u32,
    /// Set while the running attempt has been told to stop.
    pub stopping: Option<StopReason>,
}

/// The part of a step's definition that decides about moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepPlan {
    pub name: String,
    /// Positions of the needed steps in [`RunState::steps`]; always smaller or larger, never its own, never a cycle.
    pub needs: Vec<usize>,
    pub when: When,
    pub retries: Retries,
    pub timeout: Option<Duration>,
}

impl RunState {
    /// A run of `pipeline` that has not started. Needs that name no step are left out: validation refuses them before.
    #[must_use]
    pub fn new(pipeline: &Pipeline) -> Self {
        let steps = pipeline.steps.iter().map(|step| StepState::new(plan(step, &pipeline.steps))).collect();
        Self {
            status: RunStatus::Queued,
            steps,
            timeout: pipeline.timeout,
            stopping: None,
            started_at: None,
            ended_at: None,
        }
    }

    /// Whether a step that this one needs, directly or through others, did not end well.
    #[must_use]
    pub fn upstream_failed(&self, step: usize) -> bool {
        let mut seen = vec![false; self.steps.len()];
        let mut open = self.steps[step].plan.needs.clone();
        while let Some(need) = open.pop() {
            if std::mem::replace(&mut seen[need], true) {
                continue;
            }
            if self.steps[need].status.is_failure() {
                return true;
            }
            open.extend(&self.steps[need].plan.needs);
        }
        false
    }

    /// Whether all that this step needs has ended.
    #[must_use]
    pub fn needs_ended(&self, step: usize) -> bool {
        self.steps[step].plan.needs.iter().all(|need| self.steps[*need].status.is_terminal())
    }
}

impl StepState {
    /// A step that has not started.
    #[must_use]
    pub const fn new(plan: StepPlan) -> Self {
        Self { plan, status: StepStatus::Waiting, epoch: 0, stopping: None }
    }
}

fn plan(step: &Step, all: &[Step]) -> StepPlan {
    let position = |name: &String| all.iter().position(|other| other.name == *name);
    StepPlan {
        name: step.name.clone(),
        needs: step.needs.iter().filter_map(position).collect(),
        when: step.when,
        retries: step.retries,
        timeout: step.timeout,
    }
}
