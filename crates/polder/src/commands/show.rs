//! `polder show`: all about a run, or a pipeline.

mod progress;
mod rejected;

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use polder_types::wire::{PipelineView, Run, StepRun, TriggerView};

use super::names::{FullName, RunName};
use super::runs;
use crate::config::Context;
use crate::failure::Failure;
use crate::output::{Output, Style, Table, cell, format, step_tone};

#[derive(clap::Args)]
pub struct Args {
    /// A run's id, at least 4 digits of its end or beginning, latest:TEAM/NAME; or a pipeline, TEAM/NAME
    what: String,
    /// The environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    if let Ok(name) = args.what.parse::<FullName>()
        && !args.what.starts_with("latest:")
    {
        let pipeline = client.pipeline(&name.team, &name.name, Some(&args.environment)).await;
        let pipeline = name.or_nearest(pipeline, &client, &args.environment).await?;
        show_pipeline(&pipeline, context.output)?;
    } else {
        let name: RunName = args.what.parse().map_err(|error| {
            Failure::usage(format!("`{}` is neither a run nor a pipeline: {error}", args.what)).hint(
                "A pipeline is named TEAM/NAME. `polder runs` and `polder pipelines` list what is there.",
            )
        })?;
        let run = client.run(name.find(&client, &args.environment).await?, None).await?;
        let so_far = if context.output.json { String::new() } else { progress::told(&client, &run).await? };
        show_run(&run, &so_far, context.output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show_run(run: &Run, so_far: &str, output: &Output) -> Result<()> {
    if output.json {
        return output.value(run);
    }
    output.text(run_head(run, output.style()))?;
    output.table(steps(run))?;
    output.text(so_far)?;
    output.text(rejected::told(run))?;
    output.text(step_errors(run))
}

fn steps(run: &Run) -> Table {
    let mut table =
        Table::new(["STEP", "STATUS", "TRIES", "TOOK", "ROWS", "REJECTED", "BYTES", "MEMORY", "CPU"]);
    for step in &run.steps {
        table.row(step_row(step));
    }
    table.without_if(run.steps.iter().all(|step| step.rejected().is_none()), "REJECTED")
}

fn run_head(run: &Run, style: &Style) -> String {
    let summary = &run.summary;
    let mut text = format!(
        "{} of {}/{} in {}\n",
        style.bold(&summary.id.to_string()),
        summary.team,
        summary.pipeline,
        summary.environment
    );
    let mut line =
        |name: &str, value: &str| _ = writeln!(text, "{} {value}", style.dim(&format!("{name:<9}")));
    line("status", &style.run_status(summary.status));
    line("for", &format::logical_date(summary));
    line("reason", &format::reason(&summary.reason));
    line("created", &format::instant(summary.created_at));
    line("started", &format::maybe_instant(summary.started_at));
    line("took", &format::took(summary.started_at, summary.ended_at));
    if let Some(revision) = summary.revision {
        line("revision", &revision.to_string());
    }
    let pairs: Vec<String> = run.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if !pairs.is_empty() {
        line("params", &pairs.join(" "));
    }
    for started in &run.started_runs {
        line("caused", &format!("run {started}"));
    }
    if let Some(error) = &summary.error {
        line("error", &format!("{} ({})", error.message, error.code));
    }
    text.push('\n');
    text
}

fn step_row(step: &StepRun) -> [crate::output::Cell; 9] {
    let last = step.attempts.last();
    let known = |text: Option<String>| cell(text.unwrap_or_else(|| "-".to_owned()));
    let size = |bytes: Option<i64>| known(bytes.map(|bytes| format::bytes(bytes.unsigned_abs())));
    [
        cell(&step.name),
        cell(step.status).tone(step_tone(step.status)),
        cell(step.attempts.len()),
        cell(format::took(step.started_at, step.ended_at)),
        known(step.rows.map(|rows| rows.to_string())),
        rejected::cell(step),
        size(step.bytes),
        size(last.and_then(|attempt| attempt.peak_memory_bytes)),
        known(last.and_then(|attempt| attempt.cpu_seconds).map(|cpu| format!("{cpu:.2}s"))),
    ]
}

fn step_errors(run: &Run) -> String {
    let mut text = String::new();
    for step in &run.steps {
        if let Some(error) = &step.error {
            let _ = writeln!(text, "\n{}: {} ({})", step.name, error.message, error.code);
            let _ = writeln!(text, "  polder logs {} {}", run.summary.id, step.name);
        }
    }
    text
}

fn show_pipeline(pipeline: &PipelineView, output: &Output) -> Result<()> {
    if output.json {
        return output.value(pipeline);
    }
    output.text(pipeline_head(pipeline, output.style()))?;
    if !pipeline.summary.last_runs.is_empty() {
        output.say("")?;
        output.table(runs::table(&pipeline.summary.last_runs))?;
    }
    Ok(())
}

fn pipeline_head(pipeline: &PipelineView, style: &Style) -> String {
    let summary = &pipeline.summary;
    let mut text =
        format!("{} in {}\n", style.bold(&format!("{}/{}", summary.team, summary.name)), summary.environment);
    let mut line =
        |name: &str, value: &str| _ = writeln!(text, "{} {value}", style.dim(&format!("{name:<9}")));
    for (name, value) in
        [("about", &summary.description), ("owner", &summary.owner), ("project", &summary.project)]
    {
        if let Some(value) = value {
            line(name, value);
        }
    }
    if summary.paused {
        line("paused", "yes; `polder resume` lets it start again");
    }
    for trigger in &pipeline.triggers {
        line("trigger", &trigger_line(trigger));
    }
    line("start", &format!("POST {}", pipeline.start_url));
    text
}

/// A trigger in one line.
fn trigger_line(trigger: &TriggerView) -> String {
    match trigger {
        TriggerView::Schedule { expression, meaning, next, .. } => {
            let next =
                next.first().map_or_else(String::new, |next| format!("; next {}", format::instant(*next)));
            format!("schedule `{expression}`: {meaning}{next}")
        }
        TriggerView::Executions { within, .. } => {
            let within = within.as_ref().map_or_else(String::new, |within| format!(" within {within}"));
            format!("runs of other pipelines{within}; `polder why` tells more")
        }
        TriggerView::Webhook { url } => format!("webhook: POST {url}"),
        TriggerView::Manual => "by hand".to_owned(),
    }
}
