//! Makes of a claimed attempt what an agent needs to execute it: texts rendered, secrets opened. What cannot be
//! rendered fails the attempt at once, with the reason.

use std::collections::BTreeMap;

use polder_store::Tx;
use polder_store::attempts::Place;
use polder_store::runs::PipelineRef;
use polder_store::secrets::{self, SecretKey};
use polder_store::{blobs, revisions};
use polder_types::Code;
use polder_types::definition::sync::{StreamSource, Sync};
use polder_types::definition::{Command, HttpRequest, ModelsBuild, SqlScript, SqlSource, Step, StepKind};
use polder_types::run::Outcome;
use polder_types::template::{self, Context, Quoting, RunFacts};
use polder_types::wire::{Assignment, AttemptEnded, AttemptKey, ModelsTask, Reason, RunError, SqlTask, Task};
use serde_json::Value;

use crate::moves::{Loaded, step_definition};
use crate::start::{day_of, zone};
use crate::{Engine, Error, Result, vault};

/// Time between TERM and KILL.
const GRACE_SECONDS: u64 = 10;

impl Engine {
    /// The assignment; none if the attempt has failed already, because something of it cannot be had.
    pub(crate) async fn assign(
        &self,
        agent: &str,
        loaded: &Loaded,
        place: Place,
    ) -> Result<Option<Assignment>> {
        let Some(step) = step_definition(loaded, place.position) else { return Ok(None) };
        let key = AttemptKey { run: place.run, step: step.name.clone(), epoch: place.epoch };
        match self.made(loaded, step, &key).await? {
            Ok(assignment) => Ok(Some(self.with_token(assignment, place).await?)),
            Err(error) => {
                self.end(agent, &key, &failed(self, error)).await?;
                Ok(None)
            }
        }
    }

    /// The assignment, or which part of it cannot be had.
    async fn made(
        &self,
        loaded: &Loaded,
        step: &Step,
        key: &AttemptKey,
    ) -> Result<Result<Assignment, RunError>> {
        let secrets = match self.secrets_of(loaded, step).await? {
            Ok(secrets) => secrets,
            Err(missing) => return Ok(Err(missing)),
        };
        Ok(match self.statements_of(loaded, step).await? {
            Ok(statements) => assignment(loaded, step, key.clone(), secrets, statements.as_deref()),
            Err(missing) => Err(missing),
        })
    }

    /// With what the work itself needs to talk to the server.
    async fn with_token(&self, mut assignment: Assignment, place: Place) -> Result<Assignment> {
        if assignment.task.uses_lake() {
            assignment.token = Some(self.new_attempt_token(place).await?);
        }
        Ok(assignment)
    }

    /// The text of the file that a step's statements are in, if they are in one.
    async fn statements_of(&self, loaded: &Loaded, step: &Step) -> Result<Result<Option<String>, RunError>> {
        let StepKind::Sql(SqlScript { source: SqlSource::File(path), .. }) = &step.kind else {
            return Ok(Ok(None));
        };
        let Some(revision) = loaded.run.revision else { return Ok(Err(no_file(path))) };
        let mut tx = self.store().read().await?;
        let files = revisions::files(&mut tx, revision).await?;
        let Some(file) = files.iter().find(|file| file.path == *path) else { return Ok(Err(no_file(path))) };
        let text = String::from_utf8(blobs::get(&mut tx, &file.sha256).await?);
        Ok(text.map(Some).map_err(|_| {
            let message = format!("{path} is not text in UTF-8: save it as UTF-8 and deploy again");
            RunError { code: Code::CannotStart, message }
        }))
    }

    /// The values of a step's secrets by variable, or which one does not exist.
    async fn secrets_of(
        &self,
        loaded: &Loaded,
        step: &Step,
    ) -> Result<Result<BTreeMap<String, String>, RunError>> {
        let pipeline = &loaded.run.pipeline;
        let mut values = BTreeMap::new();
        if step.secrets.is_empty() {
            return Ok(Ok(values));
        }
        let mut tx = self.store().read().await?;
        for (variable, name) in &step.secrets {
            let value = match self.secret_value(&mut tx, pipeline, name).await {
                Ok(Some(value)) => value,
                Ok(None) => return Ok(Err(unknown_secret(pipeline, name))),
                Err(Error::Vault(error)) => return Ok(Err(closed_secret(name, &error))),
                Err(other) => return Err(other),
            };
            values.insert(variable.clone(), value);
        }
        Ok(Ok(values))
    }

    /// The value of a secret of the pipeline's team, else of one that all teams share.
    async fn secret_value(&self, tx: &mut Tx, pipeline: &PipelineRef, name: &str) -> Result<Option<String>> {
        let PipelineRef { workspace, environment, team, .. } = pipeline;
        let key = SecretKey { workspace_id: workspace, team, environment, name };
        let Some(secret) = secrets::find(tx, key).await? else { return Ok(None) };
        let value = self.keyring().open(SecretKey { team: &secret.team, ..key }, &secret.sealed)?;
        Ok(Some(String::from_utf8_lossy(&value).into_owned()))
    }
}

fn no_file(path: &str) -> RunError {
    let message = format!("there is no file `{path}` in the revision of this run");
    RunError { code: Code::CannotStart, message }
}

fn unknown_secret(pipeline: &PipelineRef, name: &str) -> RunError {
    let PipelineRef { team, environment, .. } = pipeline;
    let message = format!(
        "there is no secret `{name}` for team {team} in {environment}; `polder secret set {team}/{name} --env {environment}` sets it"
    );
    RunError { code: Code::UnknownSecret, message }
}

fn closed_secret(name: &str, error: &vault::Error) -> RunError {
    RunError { code: Code::MasterKey, message: format!("secret `{name}` cannot be opened: {error}") }
}

fn assignment(
    loaded: &Loaded,
    step: &Step,
    key: AttemptKey,
    secrets: BTreeMap<String, String>,
    statements: Option<&str>,
) -> Result<Assignment, RunError> {
    let context = context(loaded, &key);
    let env = step.env.iter().map(|(name, text)| Ok((name.clone(), plain(text, &context)?)));
    let env = env.collect::<Result<BTreeMap<_, _>, template::Error>>().map_err(|error| unrendered(&error))?;
    let task = task(step, &context, &secrets, statements).map_err(|error| unrendered(&error))?;
    let run = &loaded.run;
    Ok(Assignment {
        key,
        team: run.pipeline.team.clone(),
        pipeline: run.pipeline.name.clone(),
        environment: run.pipeline.environment.clone(),
        project: loaded.pinned.project.clone(),
        revision: run.revision,
        logical_at: run.logical.at,
        logical_day: day_of(run.logical, zone(&loaded.pinned.pipeline.timezone)),
        task,
        env,
        secrets,
        token: None,
        timeout_seconds: step.timeout.map(|timeout| timeout.as_secs().max(1)),
        grace_seconds: GRACE_SECONDS,
    })
}

/// The names that a step's texts may use.
pub(crate) fn context(loaded: &Loaded, key: &AttemptKey) -> Context {
    let (run, pipeline) = (&loaded.run, &loaded.pinned.pipeline);
    let id = run.id.to_string();
    let revision = run.revision.map(|revision| revision.to_string()).unwrap_or_default();
    let facts = RunFacts {
        id: &id,
        date: day_of(run.logical, zone(&pipeline.timezone)),
        scheduled_at: run.logical.at,
        pipeline: &run.pipeline.name,
        team: &run.pipeline.team,
        environment: &run.pipeline.environment,
        revision: &revision,
        trigger: trigger_name(&run.reason),
        attempt: key.epoch,
        payload: run.payload.as_ref().unwrap_or(&Value::Null),
    };
    let project = loaded.pinned.project.as_deref().unwrap_or(&run.pipeline.name);
    let context = Context::new(zone(&pipeline.timezone))
        .run(&facts)
        .params(&run.parameters)
        .project(project, &run.pipeline.team);
    loaded.steps.iter().fold(context, |context, step| context.step(&step.name, &step.outputs))
}

/// What a step asks to execute, with its texts filled in. `statements` is the text of the file that an `sql` step names.
///
/// # Errors
/// If a text cannot be rendered, or the step has nothing to execute.
pub fn task(
    step: &Step,
    context: &Context,
    secrets: &BTreeMap<String, String>,
    statements: Option<&str>,
) -> Result<Task, template::Error> {
    match &step.kind {
        StepKind::Run(Command::Shell(text)) => {
            Ok(Task::Run(Command::Shell(template::render(text, context, Quoting::Shell)?)))
        }
        StepKind::Run(Command::Arguments(words)) => {
            let words: Result<_, _> = words.iter().map(|word| plain(word, context)).collect();
            Ok(Task::Run(Command::Arguments(words?)))
        }
        StepKind::Http(request) => Ok(Task::Http(http(request, &with_secrets(context, secrets))?)),
        StepKind::Sql(script) => Ok(Task::Sql(sql(script, context, statements)?)),
        StepKind::Sync(sync) => Ok(Task::Sync(rendered_sync(sync, &with_secrets(context, secrets))?)),
        StepKind::Models(build) => Ok(Task::Models(models(build, context, secrets)?)),
        StepKind::Pipeline(_) => {
            Err(template::Error::Failed("a pipeline step has nothing to execute".into()))
        }
    }
}

fn with_secrets(context: &Context, secrets: &BTreeMap<String, String>) -> Context {
    secrets.iter().fold(context.clone(), |context, (name, value)| context.secret(name, value))
}

/// A sync with its own templates filled in; those of its connector are for each request.
fn rendered_sync(sync: &Sync, context: &Context) -> Result<Box<Sync>, template::Error> {
    let mut sync = Box::new(sync.clone());
    for stream in &mut sync.streams {
        if let StreamSource::Files { path, .. } = &mut stream.source {
            *path = plain(path, context)?;
        }
    }
    sync.salt = sync.salt.map(|salt| plain(&salt, context)).transpose()?;
    for value in sync.config.values_mut() {
        *value = template::render_value(value, context)?;
    }
    Ok(sync)
}

fn http(request: &HttpRequest, context: &Context) -> Result<HttpRequest, template::Error> {
    let headers = request.headers.iter().map(|(name, text)| Ok((name.clone(), plain(text, context)?)));
    Ok(HttpRequest {
        method: request.method.clone(),
        url: plain(&request.url, context)?,
        headers: headers.collect::<Result<_, template::Error>>()?,
        body: request.body.as_ref().map(|body| template::render_value(body, context)).transpose()?,
        expect: request.expect.clone(),
    })
}

fn sql(script: &SqlScript, context: &Context, statements: Option<&str>) -> Result<SqlTask, template::Error> {
    let (text, file) = match &script.source {
        SqlSource::Text(text) => (text.as_str(), None),
        SqlSource::File(path) => (statements.unwrap_or_default(), Some(path.clone())),
    };
    Ok(SqlTask { text: template::render(text, context, Quoting::Sql)?, file, compute: script.compute })
}

/// Secrets are for what is brought in before; models have none.
fn models(
    build: &ModelsBuild,
    context: &Context,
    secrets: &BTreeMap<String, String>,
) -> Result<ModelsTask, template::Error> {
    let sync = build.sync.as_deref();
    let sync = sync.map(|sync| rendered_sync(sync, &with_secrets(context, secrets))).transpose()?;
    let vars = build.vars.iter();
    let vars = vars.map(|(name, value)| Ok((name.clone(), template::render_value(value, context)?)));
    let vars = vars.collect::<Result<_, template::Error>>()?;
    let (select, full_refresh, compute) = (build.select.clone(), build.full_refresh, build.compute);
    Ok(ModelsTask { select, full_refresh, vars, compute, sync })
}

fn plain(text: &str, context: &Context) -> Result<String, template::Error> {
    template::render(text, context, Quoting::None)
}

fn unrendered(error: &template::Error) -> RunError {
    RunError { code: Code::TemplateFailed, message: error.to_string() }
}

const fn trigger_name(reason: &Reason) -> &'static str {
    match reason {
        Reason::Manual { .. } => "manual",
        Reason::Schedule { .. } => "schedule",
        Reason::Executions { .. } | Reason::Follow { .. } => "executions",
        Reason::Webhook { .. } => "webhook",
        Reason::Step { .. } => "step",
        Reason::Rerun { .. } => "rerun",
    }
}

/// The report of an attempt that could not even be started.
pub(crate) fn failed(engine: &Engine, error: RunError) -> AttemptEnded {
    AttemptEnded {
        outcome: Outcome::Failed,
        ended_at: engine.now(),
        exit_code: None,
        signal: None,
        peak_memory_bytes: None,
        cpu_seconds: None,
        outputs: serde_json::Map::new(),
        rows: None,
        bytes: None,
        code: Some(error.code),
        message: Some(error.message),
        goes_on_with: Vec::new(),
    }
}
