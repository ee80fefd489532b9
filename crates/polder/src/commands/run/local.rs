//! `polder run --local`: executes a pipeline of this folder here, without a server.
//!
//! The same moves (`polder_types::run::next`), templates and executor as on a server, so that what works here works there:
//! each attempt gets its own copy of the project, of the files that a deployment would bring. What is missing is what
//! needs a server: triggers, stored secrets, and a history.

mod attempt;
mod driver;
mod secrets;
mod stop;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use polder_executors::process::{self, ProcessExecutor};
use polder_types::definition::{Pipeline, Project, did_you_mean, resolve_parameters};
use polder_types::run::RunStatus;
use polder_types::wire::{Mistake, NumberedLine};
use polder_types::{Clock, Code, SystemClock};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::super::names::by_name;
use super::Args;
use crate::config::Context;
use crate::failure::Failure;
use crate::output::{LinePrinter, Output, format, mistakes};
use crate::project::Folder;
use driver::Ended;
use secrets::Secrets;

/// What all runs of this start share: the one that was asked for, and those that its `pipeline` steps start.
pub(super) struct Here {
    folder: Folder,
    project: Project,
    environment: String,
    logical_at: DateTime<Utc>,
    logical_day: Option<NaiveDate>,
    secrets: Secrets,
    executor: ProcessExecutor,
    /// The folders of attempts; removed in the end.
    attempts: TempDir,
    lines: mpsc::Sender<NumberedLine>,
    clock: Arc<dyn Clock>,
    /// Told by Ctrl-C.
    stop: CancellationToken,
}

pub(super) async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let output = context.output;
    let folder = Folder::open(&args.folder)?;
    let project = project(&folder, output)?;
    environment(&project, &args.environment)?;
    let pipeline = pipeline(&project, &args.pipeline)?.clone();
    let given = by_name("--param", args.parameters.clone())?;
    let parameters = parameters(&pipeline, &given)?;
    let (sender, lines) = mpsc::channel(256);
    let here = Arc::new(here(&args, folder, project, &pipeline, sender)?);
    let printed = print(lines, output);
    let stop = here.stop.clone();
    let done = async {
        let ended =
            driver::run(Arc::clone(&here), Arc::new(pipeline.clone()), parameters, String::new()).await;
        // The last sender of lines ends the printing.
        drop(here);
        ended
    };
    let both = async { tokio::join!(done, printed) };
    tokio::pin!(both);
    let (ended, printed) = tokio::select! {
        both = &mut both => both,
        _ = tokio::signal::ctrl_c() => {
            stop.cancel();
            both.await
        }
    };
    printed?;
    summarize(&pipeline, &ended, output)?;
    Ok(if ended.status == RunStatus::Succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn here(
    args: &Args,
    folder: Folder,
    project: Project,
    pipeline: &Pipeline,
    lines: mpsc::Sender<NumberedLine>,
) -> Result<Here> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let attempts = tempfile::Builder::new()
        .prefix("polder-run-")
        .tempdir()
        .context("cannot make a folder to work in")?;
    let state = process::Config::new(attempts.path().join("state"));
    let (logical_at, logical_day) = logical(args.date.as_deref(), pipeline, clock.now());
    Ok(Here {
        secrets: Secrets::load(args.secrets_file.as_deref(), &folder.root)?,
        folder,
        project,
        environment: args.environment.clone(),
        logical_at,
        logical_day,
        executor: ProcessExecutor::open(state, Arc::clone(&clock))?,
        attempts,
        lines,
        clock,
        stop: CancellationToken::new(),
    })
}

fn project(folder: &Folder, output: &Output) -> Result<Project> {
    let (parsed, found) = folder.parse()?;
    match parsed.project {
        Some(project) if !found.iter().any(|mistake| mistake.severity.is_error()) => {
            if !found.is_empty() {
                output.note(mistakes::render(&found, &output.error_style()).trim_end());
            }
            Ok(project)
        }
        _ => Err(Failure::new("the project has mistakes").code(Code::InvalidDefinition).errors(found).into()),
    }
}

/// What could not be deployed there is not run as if it were there.
fn environment(project: &Project, name: &str) -> Result<()> {
    if project.environments.contains_key(name) {
        return Ok(());
    }
    let known: Vec<&str> = project.environments.keys().map(String::as_str).collect();
    let nearest = did_you_mean(name, known.iter().copied());
    Err(Failure::new(format!("the project has no environment `{name}`"))
        .code(Code::NotFound)
        .hint(nearest.unwrap_or_else(|| format!("polder.yaml has: {}.", known.join(", "))))
        .into())
}

fn pipeline<'a>(project: &'a Project, name: &str) -> Result<&'a Pipeline> {
    let short = name.strip_prefix(&format!("{}/", project.team)).unwrap_or(name);
    project.pipelines.iter().find(|pipeline| pipeline.name == short).ok_or_else(|| {
        let names: Vec<&str> = project.pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
        let nearest = did_you_mean(short, names.iter().copied());
        Failure::new(format!("the project has no pipeline `{name}`"))
            .code(Code::NotFound)
            .hint(nearest.unwrap_or_else(|| format!("It has: {}.", names.join(", "))))
            .into()
    })
}

fn parameters(pipeline: &Pipeline, given: &Map<String, Value>) -> Result<Map<String, Value>> {
    Ok(resolve_parameters(&pipeline.parameters, given).map_err(|problems| {
        Failure::new("the parameters do not fit the pipeline's")
            .code(Code::InvalidParameters)
            .errors(problems.into_iter().map(Mistake::from).collect())
    })?)
}

/// The instant, and the day if a day was given.
fn logical(
    date: Option<&str>,
    pipeline: &Pipeline,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, Option<NaiveDate>) {
    let Some(text) = date else { return (now, None) };
    match text.parse::<NaiveDate>() {
        Ok(day) => (polder_types::clock::start_of_day(day, zone(pipeline)), Some(day)),
        Err(_) => (DateTime::parse_from_rfc3339(text).map_or(now, |at| at.to_utc()), None),
    }
}

/// Names of zones are checked when a definition is read.
fn zone(pipeline: &Pipeline) -> Tz {
    pipeline.timezone.parse().unwrap_or(Tz::UTC)
}

async fn print(mut lines: mpsc::Receiver<NumberedLine>, output: &Output) -> Result<()> {
    let mut printer = LinePrinter::new(output, true);
    while let Some(line) = lines.recv().await {
        printer.print(&line)?;
    }
    printer.finish()
}

fn summarize(pipeline: &Pipeline, ended: &Ended, output: &Output) -> Result<()> {
    if output.json {
        let steps: Map<String, Value> =
            ended.steps.iter().map(|step| (step.name.clone(), json!(step))).collect();
        return output
            .value_line(&json!({ "pipeline": pipeline.name, "status": ended.status, "steps": steps }));
    }
    let style = output.error_style();
    let took = format::duration(ended.took);
    output.note(format!("{} {} in {took}", style.run_status(ended.status), pipeline.name));
    for step in &ended.steps {
        let error = step
            .error
            .as_ref()
            .map_or_else(String::new, |error| format!("  {} ({})", error.message, error.code));
        output.note(format!("  {} {}{error}", style.step_status(step.status), step.name));
    }
    Ok(())
}
