//! `polder publishes`, and going back from one.

use std::process::ExitCode;

use anyhow::Result;
use polder_client::{Client, PublishFilter};
use polder_types::id::PublishId;
use polder_types::lake::PublishState;
use polder_types::wire::{PublishView, PublishedTable};

use super::pages;
use crate::config::Context;
use crate::output::{Cell, Style, Table, Tone, cell, format};

#[derive(clap::Args)]
pub struct Args {
    /// In this environment
    #[arg(long = "env", short, default_value = "prod", value_name = "NAME")]
    environment: String,
    /// At most this many, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let client = context.client()?;
    let page = pages::fetch(args.limit, async |cursor, limit| {
        let environment = args.environment.clone();
        Ok(client.publishes(&PublishFilter { environment, cursor, limit: Some(limit) }).await?)
    });
    let page = page.await?;
    if context.output.json {
        context.output.value(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if page.items.is_empty() {
        context
            .output
            .note("Nothing was published yet. A step with `sql:` that writes to tables publishes them.");
        return Ok(ExitCode::SUCCESS);
    }
    context.output.table(table(&page.items))?;
    pages::note_more(context.output, &page);
    Ok(ExitCode::SUCCESS)
}

fn table(publishes: &[PublishView]) -> Table {
    let mut table = Table::new(["PUBLISH", "STATE", "TABLES", "ROWS", "AT", "BY"])
        .flexible(&["TABLES", "BY"])
        .expendable(&["ROWS", "BY"]);
    for publish in publishes {
        let names: Vec<String> = publish.tables.iter().map(|table| table.name.to_string()).collect();
        table.row([
            format::id_cell(publish.id),
            state(publish),
            cell(names.join(", ")),
            cell(rows(publish)),
            format::instant_cell(Some(publish.created_at)),
            cell(&publish.created_by),
        ]);
    }
    table
}

/// How far it has come; of a roll-back and of what was rolled back, the other of the two.
fn state(publish: &PublishView) -> Cell {
    let other = |word: &str, id: PublishId| {
        let id = id.to_string();
        cell(format!("{word} {id}")).brief(format!("{word} {}", format::short_id(&id)))
    };
    match (publish.rolled_back_by, publish.rolls_back) {
        (Some(by), _) => other("rolled back by", by).tone(Tone::Bad),
        (None, Some(of)) if publish.state == PublishState::Done => other("roll-back of", of),
        _ => cell(publish.state).tone(tone(publish.state)),
    }
}

/// The rows that it added, and those that were rejected; of a roll-back those that it took away, and behind them those that it put back.
fn rows(publish: &PublishView) -> String {
    let (rejected, written): (Vec<_>, Vec<_>) =
        publish.tables.iter().partition(|table| table.name.is_of_rejected());
    let sum = |tables: &[&PublishedTable]| tables.iter().map(|table| table.rows).sum::<u64>();
    let (added, rejected) = (sum(&written), sum(&rejected));
    if publish.rolls_back.is_none() {
        let rejected = if rejected == 0 { String::new() } else { format!(", {rejected} rejected") };
        return format!("{added}{rejected}");
    }
    let removed: u64 = written.iter().filter_map(|table| table.rows_removed).sum();
    format!("-{removed}") + &if added == 0 { String::new() } else { format!(" +{added}") }
}

const fn tone(state: PublishState) -> Tone {
    match state {
        PublishState::Done => Tone::Good,
        PublishState::Prepared => Tone::Active,
        PublishState::Undone => Tone::Bad,
    }
}

/// Goes back to what was before a publish.
pub async fn roll_back(id: PublishId, client: &Client, context: &Context<'_>) -> Result<ExitCode> {
    let back = client.roll_back_publish(id).await?;
    context.output.show(&back, |style| told(&back, style))?;
    Ok(ExitCode::SUCCESS)
}

fn told(back: &PublishView, style: &Style) -> String {
    let line = |table: &PublishedTable| format!("\n  {} is at version {}", table.name, table.version);
    let tables: String = back.tables.iter().map(line).collect();
    format!("{}{tables}\nPublished as {}", style.bold("Rolled back"), back.id)
}
