//! `polder agents`.

use std::process::ExitCode;

use anyhow::Result;

use crate::config::Context;
use crate::output::{Table, Tone, cell, format};

#[derive(clap::Args)]
pub struct Args {}

pub async fn run(_args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let page = context.client()?.agents().await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["AGENT", "STATE", "RUNNING", "SLOTS", "EXECUTORS", "LAST SEEN"])
        .flexible(&["AGENT", "EXECUTORS"])
        .expendable(&["EXECUTORS"]);
    for agent in &page.items {
        table.row([
            cell(&agent.name),
            if agent.alive { cell("alive").tone(Tone::Good) } else { cell("silent").tone(Tone::Bad) },
            cell(agent.running),
            cell(agent.slots),
            cell(agent.executors.join(", ")),
            format::instant_cell(Some(agent.last_seen_at)),
        ]);
    }
    context.output.table(table)?;
    Ok(ExitCode::SUCCESS)
}
