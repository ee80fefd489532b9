//! `polder checks`: what became of the models and tests of a run.

use std::process::ExitCode;

use anyhow::Result;
use chrono::TimeDelta;
use polder_client::Client;
use polder_types::id::RunId;
use polder_types::wire::{BadRows, CheckStatus, ModelRun, StepChecks, TestRun};
use serde::Serialize;

use super::names::RunName;
use crate::config::Context;
use crate::failure::Failure;
use crate::output::{Cell, Output, Table, Tone, cell, format};

#[derive(clap::Args)]
pub struct Args {
    /// A run's id, at least 4 digits of its end or beginning, or latest:TEAM/NAME
    run: RunName,
    /// With this text in their name only
    search: Option<String>,
    /// Only this step's
    #[arg(long, value_name = "NAME")]
    step: Option<String>,
    /// Only what did not pass
    #[arg(long)]
    failed: bool,
    /// Show at most this many of the rows that a test found
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    rows: usize,
    /// The environment that latest:TEAM/NAME is looked for in
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
}

/// What is told of one step.
#[derive(Serialize)]
struct OfStep {
    step: String,
    #[serde(flatten)]
    told: StepChecks,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let run = args.run.find(&client, &args.environment).await?;
    let mut steps = Vec::new();
    for step in steps_of(&client, run, args.step.as_deref()).await? {
        let told = client.checks(run, &step).await?;
        steps.push(OfStep { step, told: args.wanted(told) });
    }
    match context.output.json {
        true => context.output.value(&steps)?,
        false => show(&steps, args.rows, context.output)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The steps of models, or the one that is asked for.
async fn steps_of(client: &Client, run: RunId, step: Option<&str>) -> Result<Vec<String>> {
    let run = client.run(run, None).await?;
    let named = |name: &str| step.is_none_or(|step| step == name);
    let of_models = run.steps.iter().filter(|step| step.kind == "models" && named(&step.name));
    let found: Vec<String> = of_models.map(|step| step.name.clone()).collect();
    if found.is_empty() {
        let what =
            step.map_or_else(|| "the run has no step".to_owned(), |step| format!("`{step}` is no step"));
        let hint = "`polder show RUN` lists its steps; those with `models:` have models and tests.";
        return Err(Failure::usage(format!("{what} of models")).hint(hint).into());
    }
    Ok(found)
}

impl Args {
    fn wanted(&self, mut told: StepChecks) -> StepChecks {
        let search = self.search.as_deref().unwrap_or_default().to_lowercase();
        let wanted = |name: &str, status: CheckStatus| {
            name.to_lowercase().contains(&search) && !(self.failed && status == CheckStatus::Passed)
        };
        told.checks.models.retain(|run| wanted(&run.table.to_string(), run.status));
        told.checks.tests.retain(|run| wanted(&run.name, run.status));
        told
    }
}

fn show(steps: &[OfStep], rows: usize, output: &Output) -> Result<()> {
    let all = || steps.iter().map(|step| &step.told.checks);
    if all().all(|checks| checks.models.is_empty() && checks.tests.is_empty()) {
        output.note("There are none: the step has not told of any yet, or none is like that.");
        return Ok(());
    }
    let mut table = Table::new(["WHAT", "NAME", "STATUS", "ROWS", "TOOK", "FILE"])
        .flexible(&["NAME", "FILE"])
        .expendable(&["FILE"]);
    for checks in all() {
        checks.models.iter().for_each(|run| table.row(model(run)));
        checks.tests.iter().for_each(|run| table.row(test(run)));
    }
    output.table(table)?;
    for checks in all() {
        for run in &checks.models {
            reason(&run.table.to_string(), run.status, run.message.as_deref(), output)?;
        }
        for run in &checks.tests {
            reason(&run.name, run.status, run.message.as_deref(), output)?;
            found(run, rows, output)?;
        }
    }
    Ok(())
}

fn model(run: &ModelRun) -> [Cell; 6] {
    line("model", &run.table.to_string(), run.status, run.rows, run.milliseconds, &run.file)
}

fn test(run: &TestRun) -> [Cell; 6] {
    line("test", &run.name, run.status, run.rows, run.milliseconds, &run.file)
}

fn line(
    what: &str,
    name: &str,
    status: CheckStatus,
    rows: Option<u64>,
    milliseconds: u64,
    file: &str,
) -> [Cell; 6] {
    let took = TimeDelta::milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    let rows = rows.map_or_else(|| "-".to_owned(), |rows| rows.to_string());
    [
        cell(what),
        cell(name),
        cell(status.as_str()).tone(tone(status)),
        cell(rows),
        cell(format::duration(took)),
        cell(file),
    ]
}

const fn tone(status: CheckStatus) -> Tone {
    match status {
        CheckStatus::Passed => Tone::Good,
        CheckStatus::Warned => Tone::Warning,
        CheckStatus::Failed | CheckStatus::Broken => Tone::Bad,
        CheckStatus::Skipped => Tone::Dim,
    }
}

/// Why something could not be built or run. That something before it did not pass needs no line of its own.
fn reason(name: &str, status: CheckStatus, message: Option<&str>, output: &Output) -> Result<()> {
    match message {
        Some(message) if status != CheckStatus::Skipped => output.say(format_args!("\n{name}: {message}")),
        _ => Ok(()),
    }
}

fn found(run: &TestRun, most: usize, output: &Output) -> Result<()> {
    let Some(bad) = &run.bad_rows else { return Ok(()) };
    let (shown, all) = (bad.rows.len().min(most), run.rows.unwrap_or_default());
    let first = if shown as u64 == all { String::new() } else { format!(", of which the first {shown}") };
    output.say(format_args!(
        "\n{} found {}{first}:",
        run.name,
        format::count(usize::try_from(all)?, "row")
    ))?;
    for row in bad.rows.iter().take(most) {
        output.say(format_args!("  {}", values(bad, row)))?;
    }
    Ok(())
}

fn values(bad: &BadRows, row: &[Option<String>]) -> String {
    let values = bad.columns.iter().zip(row);
    let shown = values.map(|(name, value)| match value {
        Some(value) => format!("{name}={}", value.escape_debug()),
        None => format!("{name}=NULL"),
    });
    shown.collect::<Vec<_>>().join("  ")
}
