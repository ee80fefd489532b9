//! `polder pipelines`.

use std::process::ExitCode;

use anyhow::Result;
use polder_types::wire::{PipelineFilter, PipelineSummary};

use super::pages;
use crate::config::Context;
use crate::output::{Cell, Table, Tone, cell, format, run_tone};

#[derive(clap::Args)]
pub struct Args {
    /// Of this environment only
    #[arg(long = "env", short, value_name = "NAME")]
    environment: Option<String>,
    /// Of this team only
    #[arg(long, short)]
    team: Option<String>,
    /// With this text in name, description, owner or labels
    #[arg(long, short, value_name = "TEXT")]
    search: Option<String>,
    /// At most this many
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let filter = PipelineFilter {
        environment: args.environment,
        team: args.team,
        search: args.search,
        ..PipelineFilter::default()
    };
    let page = pages::fetch(args.limit, async |cursor, limit| {
        Ok(client.pipelines(&PipelineFilter { cursor, limit: Some(limit), ..filter.clone() }).await?)
    });
    let page = page.await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if page.items.is_empty() {
        context.output.note("There is no pipeline. Begin a project with `polder init`, and bring it here with `polder deploy`.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["PIPELINE", "ENV", "LAST RUN", "FOR", "NEXT"])
        .flexible(&["PIPELINE"])
        .expendable(&["FOR"]);
    for pipeline in &page.items {
        table.row(row(pipeline));
    }
    context.output.table(table)?;
    pages::note_more(context.output, &page);
    Ok(ExitCode::SUCCESS)
}

fn row(pipeline: &PipelineSummary) -> [Cell; 5] {
    let last = pipeline.last_runs.first();
    let next = if pipeline.paused {
        cell("paused").tone(Tone::Warning)
    } else {
        format::instant_cell(pipeline.next_at)
    };
    [
        cell(format!("{}/{}", pipeline.team, pipeline.name)),
        cell(&pipeline.environment),
        last.map_or_else(|| cell("-"), |run| cell(run.status).tone(run_tone(run.status))),
        last.map_or_else(|| cell("-"), format::date_cell),
        next,
    ]
}
