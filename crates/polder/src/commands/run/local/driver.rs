//! Moves a run: what happens goes into `next`, what comes out is done.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use polder_types::Code;
use polder_types::definition::Pipeline;
use polder_types::id::RunId;
use polder_types::run::{Effect, Event, RunState, RunStatus, StepStatus, next};
use polder_types::wire::{AttemptEnded, RunError};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::Here;
use super::attempt::{self, Ask};
use super::stop::Stop;

/// How a run ended.
pub(in crate::commands::run) struct Ended {
    pub status: RunStatus,
    pub took: TimeDelta,
    pub steps: Vec<EndedStep>,
}

/// How a step ended.
#[derive(Serialize)]
pub(in crate::commands::run) struct EndedStep {
    #[serde(skip)]
    pub name: String,
    pub status: StepStatus,
    pub outputs: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<RunError>,
}

/// What comes from the outside.
enum Happened {
    Moved(Event),
    Attempt { step: usize, epoch: u32, report: Box<AttemptEnded> },
}

struct Driver {
    here: Arc<Here>,
    pipeline: Arc<Pipeline>,
    /// Before the names of steps in the output; the steps above, of a run that a step has started.
    prefix: String,
    id: RunId,
    parameters: Arc<Map<String, Value>>,
    state: RunState,
    steps: Vec<(Map<String, Value>, Option<RunError>)>,
    stops: HashMap<(usize, u32), Stop>,
    happen: mpsc::UnboundedSender<Happened>,
}

/// Runs the pipeline to its end. Boxed, because a step may run another pipeline.
pub(in crate::commands::run) fn run(
    here: Arc<Here>,
    pipeline: Arc<Pipeline>,
    parameters: Map<String, Value>,
    prefix: String,
) -> BoxFuture<'static, Ended> {
    let (happen, happened) = mpsc::unbounded_channel();
    let state = RunState::new(&pipeline);
    let steps = vec![(Map::new(), None); state.steps.len()];
    let id = RunId::new(here.clock.now());
    let parameters = Arc::new(parameters);
    Driver { here, pipeline, prefix, id, parameters, state, steps, stops: HashMap::new(), happen }
        .run(happened)
        .boxed()
}

impl Driver {
    async fn run(mut self, mut happened: mpsc::UnboundedReceiver<Happened>) -> Ended {
        let started_at = self.here.clock.now();
        let stop = self.here.stop.clone();
        self.apply(Event::Admitted);
        let mut stopping = false;
        while !self.state.status.is_terminal() {
            tokio::select! {
                Some(happened) = happened.recv() => self.take(happened),
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    self.apply(Event::AbortRequested);
                }
            }
        }
        let took = self.here.clock.now() - started_at;
        self.ended(took)
    }

    fn take(&mut self, happened: Happened) {
        match happened {
            Happened::Moved(event) => self.apply(event),
            Happened::Attempt { step, epoch, report } => {
                let report = *report;
                self.stops.remove(&(step, epoch));
                let error =
                    report.code.map(|code| RunError { code, message: report.message.unwrap_or_default() });
                self.steps[step] = (report.outputs, error);
                self.apply(Event::Ended { step, epoch, outcome: report.outcome });
            }
        }
    }

    /// Applies the event, and what follows from it at once. One that comes too late changes nothing.
    fn apply(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let Ok((state, effects)) = next(&self.state, &event, self.here.clock.now()) else { continue };
            self.state = state;
            for effect in effects {
                if let Effect::Offer { step, epoch } = effect {
                    events.push_back(Event::Claimed { step, epoch });
                    self.start(step, epoch);
                } else {
                    self.perform(&effect);
                }
            }
        }
    }

    fn perform(&self, effect: &Effect) {
        match *effect {
            Effect::RunStarted { deadline_at: Some(at) } => self.later(at, Event::RunDeadline),
            Effect::StepTimer { step, epoch, at } => self.later(at, Event::StepDeadline { step, epoch }),
            Effect::RetryTimer { step, at, .. } => self.later(at, Event::RetryDue { step }),
            Effect::Stop { step, epoch, reason } => {
                if let Some(stop) = self.stops.get(&(step, epoch)) {
                    stop.order(reason);
                }
            }
            Effect::RunStarted { .. }
            | Effect::Offer { .. }
            | Effect::Withdraw { .. }
            | Effect::RunEnded { .. } => {}
        }
    }

    fn later(&self, at: DateTime<Utc>, event: Event) {
        let wait = (at - self.here.clock.now()).to_std().unwrap_or_default();
        let happen = self.happen.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            // Refused once the run has ended.
            let _ = happen.send(Happened::Moved(event));
        });
    }

    fn start(&mut self, step: usize, epoch: u32) {
        let stop = Stop::default();
        self.stops.insert((step, epoch), stop.clone());
        let outputs = self.pipeline.steps.iter().zip(&self.steps);
        let ask = Ask {
            here: Arc::clone(&self.here),
            pipeline: Arc::clone(&self.pipeline),
            prefix: self.prefix.clone(),
            run: self.id,
            step,
            epoch,
            parameters: Arc::clone(&self.parameters),
            outputs: outputs.map(|(step, (outputs, _))| (step.name.clone(), outputs.clone())).collect(),
            stop,
        };
        let happen = self.happen.clone();
        tokio::spawn(async move {
            let report = Box::new(attempt::execute(ask).await);
            let _ = happen.send(Happened::Attempt { step, epoch, report });
        });
    }

    fn ended(self, took: TimeDelta) -> Ended {
        let steps = self.state.steps.into_iter().zip(self.steps);
        let steps = steps.map(|(state, (outputs, error))| EndedStep {
            name: state.plan.name,
            status: state.status,
            outputs,
            error: error_of(state.status, error),
        });
        Ended { status: self.state.status, took, steps: steps.collect() }
    }
}

/// A step that was stopped says by whom; how its process took it does not matter.
fn error_of(status: StepStatus, error: Option<RunError>) -> Option<RunError> {
    let because = |code, message: &str| Some(RunError { code, message: message.to_owned() });
    match status {
        StepStatus::Succeeded | StepStatus::Skipped => None,
        StepStatus::TimedOut => because(Code::TimedOut, "it took longer than it may"),
        StepStatus::Aborted => because(Code::Aborted, "the run was aborted"),
        _ => error,
    }
}
