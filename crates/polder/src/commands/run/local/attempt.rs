//! One attempt: texts rendered, files copied, executed, and its lines handed on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use polder_executors::mask::Masker;
use polder_executors::{Attempt, Executor as _, Running};
use polder_types::Code;
use polder_types::definition::{Command, Pipeline, PipelineCall, Step, StepKind};
use polder_types::id::RunId;
use polder_types::run::{Outcome, RunStatus};
use polder_types::template::{self, Context, RunFacts};
use polder_types::wire::{
    Assignment, AttemptEnded, AttemptKey, LogLine, LogStream, NumberedLine, RunError, Task,
};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::stop::Stop;
use super::{Here, driver, zone};

/// Seconds between TERM and KILL, as on a server.
const GRACE: u64 = 10;

/// What to execute.
pub(super) struct Ask {
    pub here: Arc<Here>,
    pub pipeline: Arc<Pipeline>,
    pub prefix: String,
    pub run: RunId,
    pub step: usize,
    pub epoch: u32,
    pub parameters: Arc<Map<String, Value>>,
    /// Of each step, by its name.
    pub outputs: Vec<(String, Map<String, Value>)>,
    pub stop: Stop,
}

/// Executes the attempt, and tells how it ended.
pub(super) async fn execute(ask: Ask) -> AttemptEnded {
    let result = match &ask.step().kind {
        StepKind::Pipeline(call) => ask.call(call).await,
        StepKind::Run(_) | StepKind::Http(_) => ask.execute().await,
        StepKind::Sql(_) | StepKind::Sync(_) | StepKind::Models(_) => Err(no_lake(ask.step().kind.name())),
    };
    let ended = match result {
        Ok(ended) => ended,
        Err(RunError { code, message }) => {
            polder_agent::without_exit(Outcome::Failed, ask.here.clock.now(), code, message)
        }
    };
    // A request has said so itself, as its last line.
    if let (Some(code), Some(message)) = (ended.code, &ended.message)
        && code != Code::HttpFailed
    {
        ask.remark(message).await;
    }
    ended
}

impl Ask {
    fn step(&self) -> &Step {
        &self.pipeline.steps[self.step]
    }

    /// The step's name in the output.
    fn label(&self) -> String {
        format!("{}{}", self.prefix, self.step().name)
    }

    async fn execute(&self) -> Result<AttemptEnded, RunError> {
        let assignment = self.assignment()?;
        let folder = self.here.attempts.path().join(assignment.key.to_string());
        let work = folder.join("work");
        copy_files(&self.here, &work).map_err(|error| refused(Code::CannotStart, &format!("{error:#}")))?;
        let (command, stdin) = command(&assignment.task)?;
        let secrets = assignment.secrets.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let attempt = Attempt {
            key: assignment.key.clone(),
            command,
            folder: folder.clone(),
            working_directory: work,
            env: polder_agent::variables(&assignment),
            stdin,
            masker: Arc::new(Masker::new(secrets)),
        };
        let running = self.here.executor.start(attempt).await;
        let running = running.map_err(|error| refused(Code::CannotStart, &error.to_string()))?;
        let ended = self.watch(running, &assignment.task).await;
        // What is left goes with the folder of all attempts.
        let _ = fs::remove_dir_all(folder);
        ended
    }

    async fn watch(&self, mut running: Running, task: &Task) -> Result<AttemptEnded, RunError> {
        let printed = self.print(running.take_output());
        let stopper = running.stopper();
        let both = async { tokio::join!(running.wait(), printed) };
        tokio::pin!(both);
        let (exit, last_error) = tokio::select! {
            both = &mut both => both,
            () = self.stop.ordered() => {
                self.remark(&self.stop.remark()).await;
                stopper.stop(Duration::from_secs(GRACE));
                both.await
            }
        };
        let exit = exit.map_err(|error| refused(Code::AgentLost, &error.to_string()))?;
        let stopped = exit.stopped;
        let mut ended = polder_agent::of_exit(exit);
        if stopped {
            // It was told in the log when it was ordered; the driver says it once more in the end.
            (ended.outcome, ended.code, ended.message) = (Outcome::Stopped, None, None);
            return Ok(ended);
        }
        Ok(polder_agent::of_task(ended, task, last_error))
    }

    /// Hands the lines on; gives the last one of standard error.
    async fn print(&self, mut output: mpsc::Receiver<Vec<LogLine>>) -> Option<String> {
        let (mut number, mut last_error) = (0, None);
        while let Some(lines) = output.recv().await {
            for content in lines {
                if content.stream == LogStream::Stderr {
                    last_error = Some(content.text.clone());
                }
                self.send(number, content).await;
                number += 1;
            }
        }
        last_error
    }

    async fn remark(&self, text: &str) {
        let at = self.here.clock.now();
        self.send(0, LogLine { stream: LogStream::System, at, text: text.to_owned(), continued: false })
            .await;
    }

    async fn send(&self, line: u64, content: LogLine) {
        // Refused when nobody reads any more; the step goes on.
        let _ =
            self.here.lines.send(NumberedLine { step: self.label(), epoch: self.epoch, line, content }).await;
    }

    fn assignment(&self) -> Result<Assignment, RunError> {
        let (here, step) = (&self.here, self.step());
        let secrets = here.secrets.of(step)?;
        let context = self.context();
        let env = step.env.iter().map(|(name, text)| {
            Ok((name.clone(), template::render(text, &context, template::Quoting::None)?))
        });
        let env =
            env.collect::<Result<BTreeMap<_, _>, template::Error>>().map_err(|error| unrendered(&error))?;
        let task =
            polder_engine::render_task(step, &context, &secrets, None).map_err(|error| unrendered(&error))?;
        Ok(Assignment {
            key: AttemptKey { run: self.run, step: step.name.clone(), epoch: self.epoch },
            team: here.project.team.clone(),
            pipeline: self.pipeline.name.clone(),
            environment: here.environment.clone(),
            project: Some(here.project.name.clone()),
            revision: None,
            logical_at: here.logical_at,
            logical_day: self.day(),
            task,
            env,
            secrets,
            token: None,
            timeout_seconds: None,
            grace_seconds: GRACE,
        })
    }

    fn context(&self) -> Context {
        let here = &self.here;
        let id = self.run.to_string();
        let facts = RunFacts {
            id: &id,
            date: self.day(),
            scheduled_at: here.logical_at,
            pipeline: &self.pipeline.name,
            team: &here.project.team,
            environment: &here.environment,
            revision: "",
            trigger: "manual",
            attempt: self.epoch,
            payload: &Value::Null,
        };
        let context = Context::new(zone(&self.pipeline)).run(&facts).params(&self.parameters);
        let context = context.project(&here.project.name, &here.project.team);
        self.outputs.iter().fold(context, |context, (step, outputs)| context.step(step, outputs))
    }

    fn day(&self) -> chrono::NaiveDate {
        let in_zone = || self.here.logical_at.with_timezone(&zone(&self.pipeline)).date_naive();
        self.here.logical_day.unwrap_or_else(in_zone)
    }

    /// Runs another pipeline of this folder.
    async fn call(&self, call: &PipelineCall) -> Result<AttemptEnded, RunError> {
        let here = &self.here;
        let name = format!("{}/{}", call.team, call.pipeline);
        let own = here.project.pipelines.iter().filter(|_| call.team == here.project.team);
        let pipeline = own.into_iter().find(|pipeline| pipeline.name == call.pipeline).ok_or_else(|| {
            refused(
                Code::ChildFailed,
                &format!("{name} is not in this folder; on a server it could be started"),
            )
        })?;
        let context = self.context();
        let given = call
            .parameters
            .iter()
            .map(|(key, value)| Ok((key.clone(), template::render_value(value, &context)?)));
        let given =
            given.collect::<Result<Map<_, _>, template::Error>>().map_err(|error| unrendered(&error))?;
        let parameters = super::parameters(pipeline, &given).map_err(|_| {
            refused(Code::InvalidParameters, &format!("the parameters do not fit those of {name}"))
        })?;
        let prefix = format!("{}/", self.label());
        let ended = driver::run(Arc::clone(here), Arc::new(pipeline.clone()), parameters, prefix).await;
        let outcome = if ended.status == RunStatus::Succeeded { Outcome::Succeeded } else { Outcome::Failed };
        let mut report = polder_agent::without_exit(
            outcome,
            here.clock.now(),
            Code::ChildFailed,
            format!("{name} ended {}", ended.status),
        );
        if outcome == Outcome::Succeeded {
            (report.code, report.message) = (None, None);
        }
        Ok(report)
    }
}

fn command(task: &Task) -> Result<(Command, Option<Bytes>), RunError> {
    let broken = |error: &dyn std::fmt::Display| refused(Code::CannotStart, &error.to_string());
    match task {
        Task::Run(command) => Ok((command.clone(), None)),
        Task::Http(request) => {
            let program = std::env::current_exe().map_err(|error| broken(&error))?;
            let spec = serde_json::to_vec(request).map_err(|error| broken(&error))?;
            let words = vec![program.display().to_string(), "task".to_owned(), "http".to_owned()];
            Ok((Command::Arguments(words), Some(spec.into())))
        }
        Task::Sql(_) => Err(no_lake("sql")),
        Task::Sync(_) => Err(no_lake("sync")),
        Task::Models(_) => Err(no_lake("models")),
    }
}

fn no_lake(kind: &str) -> RunError {
    let message = format!(
        "a step of `{kind}` works on the lake of a server: start one with `polder server`, then `polder deploy` and run it there"
    );
    refused(Code::CannotStart, &message)
}

/// Each attempt has its own copy, as on a server: what one step leaves behind in its folder, another does not see.
fn copy_files(here: &Here, work: &Path) -> Result<()> {
    fs::create_dir_all(work).with_context(|| format!("cannot make {}", work.display()))?;
    for file in &here.folder.files {
        let target: PathBuf = work.join(&file.path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::copy(&file.full, &target).with_context(|| format!("cannot copy {}", file.path))?;
    }
    Ok(())
}

fn refused(code: Code, message: &str) -> RunError {
    RunError { code, message: message.to_owned() }
}

fn unrendered(error: &template::Error) -> RunError {
    refused(Code::TemplateFailed, &error.to_string())
}
