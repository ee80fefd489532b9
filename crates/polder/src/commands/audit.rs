//! `polder audit`.

use std::process::ExitCode;

use anyhow::Result;
use polder_types::wire::AuditFilter;

use super::pages;
use crate::config::Context;
use crate::output::{Table, cell, format};

#[derive(clap::Args)]
pub struct Args {
    /// Of this actor only: a token's name
    #[arg(long)]
    actor: Option<String>,
    /// Of this action only, such as secret.set
    #[arg(long)]
    action: Option<String>,
    /// About this object only, such as weather/hourly
    #[arg(long)]
    object: Option<String>,
    /// With this text
    #[arg(long, short, value_name = "TEXT")]
    search: Option<String>,
    /// At most this many, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let filter = AuditFilter {
        actor: args.actor,
        action: args.action,
        object: args.object,
        search: args.search,
        ..AuditFilter::default()
    };
    let page = pages::fetch(args.limit, async |cursor, limit| {
        Ok(client.audit(&AuditFilter { cursor, limit: Some(limit), ..filter.clone() }).await?)
    });
    let page = page.await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if page.items.is_empty() {
        context
            .output
            .note("There is no such entry. Without options, `polder audit` lists all of the newest.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["AT", "ACTOR", "FROM", "ACTION", "OBJECT", "TEAM", "ENV"])
        .flexible(&["ACTOR", "OBJECT"])
        .expendable(&["FROM", "TEAM", "ENV"]);
    for entry in &page.items {
        table.row([
            format::instant_cell(Some(entry.at)),
            cell(&entry.actor),
            cell(entry.address.as_deref().unwrap_or("-")),
            cell(&entry.action),
            cell(&entry.object),
            cell(entry.team.as_deref().unwrap_or("-")),
            cell(entry.environment.as_deref().unwrap_or("-")),
        ]);
    }
    context.output.table(table)?;
    pages::note_more(context.output, &page);
    Ok(ExitCode::SUCCESS)
}
