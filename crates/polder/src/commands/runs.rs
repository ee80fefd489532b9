//! `polder runs`.

use std::process::ExitCode;

use anyhow::Result;
use chrono::NaiveDate;
use polder_types::run::RunStatus;
use polder_types::wire::{RunFilter, RunSummary};

use super::names::FullName;
use super::pages;
use crate::config::Context;
use crate::output::{Table, cell, format, run_tone};

#[derive(clap::Args)]
pub struct Args {
    /// Of this pipeline only: TEAM/NAME
    pipeline: Option<FullName>,
    /// Of this environment only
    #[arg(long = "env", short, value_name = "NAME")]
    environment: Option<String>,
    /// Of this team only
    #[arg(long, short, conflicts_with = "pipeline")]
    team: Option<String>,
    /// With this status only, such as FAILED
    #[arg(long, value_parser = status)]
    status: Option<RunStatus>,
    /// About this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<NaiveDate>,
    /// With this text in the pipeline's name, the id or a label
    #[arg(long, short, value_name = "TEXT")]
    search: Option<String>,
    /// At most this many, the newest first
    #[arg(long, default_value_t = 20)]
    limit: u32,
}

fn status(text: &str) -> Result<RunStatus, String> {
    let names: Vec<&str> = RunStatus::ALL.iter().map(|status| status.as_str()).collect();
    text.to_ascii_uppercase().parse().map_err(|_| format!("one of {}", names.join(", ")))
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let (team, pipeline) = match args.pipeline {
        Some(FullName { team, name }) => (Some(team), Some(name)),
        None => (args.team, None),
    };
    let Args { environment, status, since, search, .. } = args;
    let filter = RunFilter { environment, team, pipeline, status, since, search, cursor: None, limit: None };
    let page = pages::fetch(args.limit, async |cursor, limit| {
        Ok(client.runs(&RunFilter { cursor, limit: Some(limit), ..filter.clone() }).await?)
    });
    let page = page.await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if page.items.is_empty() {
        context.output.note("There is no such run. Start one with `polder run TEAM/NAME`.");
        return Ok(ExitCode::SUCCESS);
    }
    context.output.table(table(&page.items))?;
    pages::note_more(context.output, &page);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn table(runs: &[RunSummary]) -> Table {
    let mut table = Table::new(["RUN", "PIPELINE", "ENV", "FOR", "STATUS", "STARTED", "TOOK"]);
    for run in runs {
        table.row([
            cell(run.id),
            cell(format!("{}/{}", run.team, run.pipeline)),
            cell(&run.environment),
            cell(format::logical_date(run)),
            cell(run.status).tone(run_tone(run.status)),
            cell(format::maybe_instant(run.started_at)),
            cell(format::took(run.started_at, run.ended_at)),
        ]);
    }
    table
}
