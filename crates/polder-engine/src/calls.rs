//! What the engine does itself: `pipeline` steps (a run of another pipeline whose end ends the step), and posting a run's
//! end to the address that its start gave.

use std::time::Duration;

use polder_store::attempts::{self, Place};
use polder_store::outbox::{Entry, Task};
use polder_store::pipelines;
use polder_store::runs::{self, Logical, Parent, StoredRun};
use polder_types::Code;
use polder_types::definition::{PipelineCall, StepKind, resolve_parameters};
use polder_types::id::RunId;
use polder_types::run::{Event, Outcome, RunStatus};
use polder_types::template;
use polder_types::wire::{AttemptKey, Reason, RunError};
use serde_json::{Map, Value, json};

use crate::create::{Blueprint, Made};
use crate::moves::{ENGINE, Loaded, Mover, step_definition};
use crate::{Engine, Error, Result, assignment};

/// For how long a call-back is tried.
const CALL_BACK_FOR: chrono::TimeDelta = chrono::TimeDelta::hours(24);

impl Mover<'_> {
    /// Has the end of a run posted to another address than before: a repeated start waits there. If the run has ended, at once.
    pub(crate) async fn call_back_to(&mut self, run: &StoredRun, uri: &str) -> Result<()> {
        check_call_back(uri, &self.engine.inner.options.allowed_callback_hosts)?;
        runs::set_call_back(&mut self.tx, run.id, uri).await?;
        if run.status.is_terminal() { self.later(&Task::CallBack { run: run.id }).await } else { Ok(()) }
    }

    /// Starts the run that a `pipeline` step asks for. A step that is not ready any more is left alone.
    pub(crate) async fn start_child(&mut self, place: Place) -> Result<()> {
        let mut loaded = self.load(place.run).await?;
        let event = Event::Claimed { step: place.position, epoch: place.epoch };
        if self.apply(&mut loaded, &event).await?.is_err() {
            return Ok(());
        }
        attempts::claim(&mut self.tx, place, ENGINE, self.now).await?;
        attempts::started(&mut self.tx, ENGINE, place, self.now).await?;
        match self.call(&loaded, place).await? {
            Ok(child) => {
                runs::set_child(&mut self.tx, place.run, place.position, child).await?;
                Ok(())
            }
            Err(error) => {
                let report = assignment::failed(self.engine, error);
                self.end_attempt(&mut loaded, place, &report).await
            }
        }
    }

    /// Makes the child run, or says why it cannot be made.
    async fn call(&mut self, loaded: &Loaded, place: Place) -> Result<Result<RunId, RunError>> {
        let Some(step) = step_definition(loaded, place.position) else {
            return Ok(Err(child_failed("the step is not there".into())));
        };
        let StepKind::Pipeline(call) = &step.kind else {
            return Ok(Err(child_failed("the step starts no pipeline".into())));
        };
        let parent = &loaded.run.pipeline;
        let key = pipelines::PipelineKey {
            workspace_id: &parent.workspace,
            environment: &parent.environment,
            team: &call.team,
            name: &call.pipeline,
        };
        let name = format!("{}/{}", call.team, call.pipeline);
        let Some(child) =
            pipelines::find(&mut self.tx, key).await?.filter(|child| child.archived_at.is_none())
        else {
            return Ok(Err(child_failed(format!("there is no pipeline {name} in {}", parent.environment))));
        };
        if child.paused {
            return Ok(Err(RunError { code: Code::Paused, message: format!("pipeline {name} is paused") }));
        }
        let parameters = match parameters(loaded, place, call, &child.definition.parameters) {
            Ok(parameters) => parameters,
            Err(error) => return Ok(Err(error)),
        };
        let reason = Reason::Step { run: place.run, step: step.name.clone() };
        let mut blueprint = Blueprint::new(reason, logical(&loaded.run), parameters);
        blueprint.parent = Some(Parent { run: place.run, position: place.position, epoch: place.epoch });
        blueprint.causes.push(place.run);
        match self.create(&child, blueprint).await? {
            Made::Run(run, _) => Ok(Ok(run)),
            Made::Taken(by) => Ok(Err(RunError {
                code: Code::AlreadyRunning,
                message: format!("{name} runs already: run {by}"),
            })),
        }
    }

    /// Ends the attempt that waited for a child run.
    pub(crate) async fn child_ended(&mut self, child: RunId, place: Place) -> Result<()> {
        let mut loaded = self.load(place.run).await?;
        if attempts::holder(&mut self.tx, place).await?.as_deref() != Some(ENGINE) {
            return Ok(());
        }
        let (child, steps) =
            (runs::load(&mut self.tx, child).await?, runs::load_steps(&mut self.tx, child).await?);
        let mut report = assignment::failed(self.engine, child_failed(child_message(&child)));
        if child.status == RunStatus::Succeeded {
            (report.outcome, report.code, report.message) = (Outcome::Succeeded, None, None);
            report.outputs = steps.into_iter().flat_map(|step| step.outputs).collect();
        }
        self.end_attempt(&mut loaded, place, &report).await
    }
}

/// A child is about what its parent is about.
const fn logical(run: &StoredRun) -> Logical {
    run.logical
}

fn parameters(
    loaded: &Loaded,
    place: Place,
    call: &PipelineCall,
    declared: &[polder_types::definition::Parameter],
) -> Result<Map<String, Value>, RunError> {
    let key =
        AttemptKey { run: place.run, step: loaded.steps[place.position].name.clone(), epoch: place.epoch };
    let context = assignment::context(loaded, &key);
    let mut given = Map::new();
    for (name, value) in &call.parameters {
        let rendered = template::render_value(value, &context);
        let rendered =
            rendered.map_err(|error| RunError { code: Code::TemplateFailed, message: error.to_string() })?;
        given.insert(name.clone(), rendered);
    }
    resolve_parameters(declared, &given).map_err(|problems| {
        let message = problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ");
        RunError { code: Code::InvalidParameters, message }
    })
}

fn child_failed(message: String) -> RunError {
    RunError { code: Code::ChildFailed, message }
}

fn child_message(child: &StoredRun) -> String {
    let why = child.error.as_ref().map(|error| format!(": {}", error.message)).unwrap_or_default();
    format!("run {} of {}/{} is {}{why}", child.id, child.pipeline.team, child.pipeline.name, child.status)
}

pub(crate) fn client() -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none());
    builder.build().map_err(|error| Error::Internal(error.to_string()))
}

/// Whether a run's end may be posted there. The query is a credential and never stands in an error.
pub(crate) fn check_call_back(uri: &str, allowed: &[String]) -> Result<()> {
    let refuse = |detail: String| {
        let hint =
            "start the server with --callback-host HOST for each host that runs may call back".to_owned();
        Err(Error::BadRequest { detail, hint: Some(hint) })
    };
    let Ok(url) = uri.parse::<reqwest::Url>() else { return refuse("callBackUri is not a URL".into()) };
    let host = url.host_str().unwrap_or_default();
    if !matches!(url.scheme(), "https" | "http") || !allowed.iter().any(|name| name == host) {
        return refuse(format!(
            "callBackUri names the host `{host}`, which is not among those that may be called back"
        ));
    }
    Ok(())
}

/// Posts a run's end. The entry stays in the outbox until it is accepted or a day has passed.
pub(crate) async fn call_back(engine: Engine, entry: Entry, run: RunId) {
    let outcome = post(&engine, run).await;
    let done = match outcome {
        Ok(()) => engine.store().remove_outbox(entry.id).await,
        Err(error) if engine.now() - entry.created_at > CALL_BACK_FOR => {
            tracing::warn!(%run, %error, "the run's end was not accepted for a day; given up");
            engine.store().remove_outbox(entry.id).await
        }
        Err(error) => {
            tracing::warn!(%run, %error, "the run's end was not accepted; trying again");
            let wait = chrono::TimeDelta::seconds(5 << entry.tries.min(8));
            engine.store().postpone_outbox(entry.id, engine.now() + wait).await
        }
    };
    if let Err(error) = done {
        tracing::error!(%run, %error, "the outbox could not be written");
    }
    engine.wakeups().outbox.notify_one();
}

async fn post(engine: &Engine, run: RunId) -> Result<()> {
    let (run, steps) = engine.store().stored_run_with_steps(run).await?;
    let Some(uri) = &run.call_back_uri else { return Ok(()) };
    let outputs: Map<String, Value> =
        steps.into_iter().map(|step| (step.name, Value::Object(step.outputs))).collect();
    let error = run.error.as_ref();
    let body = json!({
        "Output": {"run_id": run.id, "status": run.status, "steps": outputs},
        "Error": {"ErrorCode": error.map_or("", |error| error.code.as_str()), "Message": error.map_or("", |error| &error.message)},
        "StatusCode": if run.status == RunStatus::Succeeded { "200" } else { "500" },
    });
    // An error of the client would show the address with its query, which is a credential.
    let answer = engine.inner.http.post(uri).json(&body).send().await;
    let answer = answer.map_err(|error| Error::Internal(error.without_url().to_string()))?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(Error::Internal(format!("the answer was {}", answer.status())))
    }
}
