//! `polder tables`.

use std::process::ExitCode;

use anyhow::Result;
use polder_client::TableFilter;
use polder_types::wire::LakeTable;

use super::pages;
use crate::config::Context;
use crate::output::{Cell, Table, cell, format};

#[derive(clap::Args)]
pub struct Args {
    /// With this text in their name only
    search: Option<String>,
    /// Of this environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
    /// At most this many, in the order of their names
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let filter = TableFilter { environment: args.environment, search: args.search, ..TableFilter::default() };
    let page = pages::fetch(args.limit, async |cursor, limit| {
        Ok(client.tables(&TableFilter { cursor, limit: Some(limit), ..filter.clone() }).await?)
    });
    let page = page.await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if page.items.is_empty() {
        context.output.note("There is no such table. A step with `sql: CREATE TABLE …` makes one.");
        return Ok(ExitCode::SUCCESS);
    }
    context.output.table(table(&page.items))?;
    pages::note_more(context.output, &page);
    Ok(ExitCode::SUCCESS)
}

fn table(tables: &[LakeTable]) -> Table {
    let mut shown = Table::new(["TABLE", "ROWS", "SIZE", "COLUMNS", "VERSION", "PUBLISHED", "BY"])
        .flexible(&["TABLE", "BY"])
        .expendable(&["VERSION", "COLUMNS", "BY"]);
    for table in tables {
        let facts = table.facts.as_ref();
        let known = |text: Option<String>| -> Cell { cell(text.unwrap_or_else(|| "-".to_owned())) };
        shown.row([
            cell(&table.name),
            known(facts.and_then(|facts| facts.rows_total).map(|rows| rows.to_string())),
            known(facts.map(|facts| format::bytes(facts.bytes_total))),
            known(facts.map(|facts| facts.columns.len().to_string())),
            cell(table.version),
            format::instant_cell(Some(table.published_at)),
            cell(&table.created_by),
        ]);
    }
    shown
}
