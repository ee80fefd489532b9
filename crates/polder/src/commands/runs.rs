//! `polder runs`.

use std::process::ExitCode;

use anyhow::Result;
use chrono::NaiveDate;
use polder_client::Client;
use polder_types::Code;
use polder_types::run::RunStatus;
use polder_types::wire::{PipelineFilter, RunFilter, RunSummary};

use super::names::FullName;
use super::pages;
use crate::config::Context;
use crate::failure::Failure;
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
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<NaiveDate>,
    /// With this text in the pipeline's name, the id or a label
    #[arg(long, short, value_name = "TEXT")]
    search: Option<String>,
    /// At most this many, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

fn status(text: &str) -> Result<RunStatus, String> {
    let names: Vec<&str> = RunStatus::ALL.iter().map(|status| status.as_str()).collect();
    text.to_ascii_uppercase().parse().map_err(|_| format!("one of {}", names.join(", ")))
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "expected a day such as 2026-11-21".to_owned())
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let (team, pipeline) = match &args.pipeline {
        Some(FullName { team, name }) => (Some(team.clone()), Some(name.clone())),
        None => (args.team, None),
    };
    let Args { environment, status, since, search, .. } = args;
    let filter = RunFilter { environment, team, pipeline, status, since, search, ..RunFilter::default() };
    let page = pages::fetch(args.limit, async |cursor, limit| {
        Ok(client.runs(&RunFilter { cursor, limit: Some(limit), ..filter.clone() }).await?)
    });
    let page = page.await?;
    if let (Some(name), true) = (&args.pipeline, page.items.is_empty()) {
        check_name(name, filter.environment.as_deref(), &client).await?;
    }
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

/// No runs may mean that there is no such pipeline.
async fn check_name(name: &FullName, environment: Option<&str>, client: &Client) -> Result<()> {
    let everywhere = PipelineFilter {
        environment: environment.map(str::to_owned),
        team: Some(name.team.clone()),
        limit: Some(500),
        ..PipelineFilter::default()
    };
    let known = client.pipelines(&everywhere).await?;
    let is_there = known.items.iter().any(|pipeline| pipeline.name == name.name);
    if is_there || known.next_cursor.is_some() {
        return Ok(());
    }
    let there = environment.map_or_else(String::new, |environment| format!(" in {environment}"));
    Err(Failure::new(format!("there is no pipeline {name}{there}"))
        .code(Code::NotFound)
        .hint(name.nearest(client, environment).await)
        .into())
}

pub(super) fn table(runs: &[RunSummary]) -> Table {
    let mut table = Table::new(["RUN", "PIPELINE", "ENV", "FOR", "STATUS", "STARTED", "TOOK"])
        .flexible(&["PIPELINE"])
        .expendable(&["TOOK", "STARTED"]);
    for run in runs {
        table.row([
            format::id_cell(run.id),
            cell(format!("{}/{}", run.team, run.pipeline)),
            cell(&run.environment),
            format::date_cell(run),
            cell(run.status).tone(run_tone(run.status)),
            format::instant_cell(run.started_at),
            cell(format::took(run.started_at, run.ended_at)),
        ]);
    }
    table
}
