//! `\d`: the tables, or the columns of one.

use anyhow::Result;
use polder_client::TableFilter;
use polder_types::Code;
use polder_types::definition::did_you_mean;
use polder_types::lake::ColumnFacts;
use polder_types::wire::{LakeTable, OwnTable, OwnTableFacts};

use super::ask::Asking;
use crate::failure::Failure;
use crate::output::{Table, cell, format};

/// The most tables that are known in a session.
const MOST: u32 = 500;

/// The tables of the environment.
pub async fn tables(asking: &Asking<'_>) -> Result<Vec<LakeTable>> {
    let environment = asking.environment.clone();
    let filter = TableFilter { environment, limit: Some(MOST), ..TableFilter::default() };
    Ok(asking.client.tables(&filter).await?.items)
}

/// Says which tables there are.
pub async fn list(asking: &Asking<'_>) -> Result<()> {
    let mut shown = Table::new(["TABLE", "ROWS", "SIZE"]).flexible(&["TABLE"]);
    for table in tables(asking).await? {
        let facts = table.facts.as_ref();
        let rows =
            facts.and_then(|facts| facts.rows_total).map_or_else(|| "-".to_owned(), |rows| rows.to_string());
        let size = facts.map_or_else(|| "-".to_owned(), |facts| format::bytes(facts.bytes_total));
        shown.row([cell(&table.name), cell(rows), cell(size)]);
    }
    for own in OwnTable::ALL {
        shown.row([cell(own), cell("-"), cell("-")]);
    }
    asking.output.table(shown)
}

/// Says which columns a table has.
pub async fn columns(asking: &Asking<'_>, name: &str) -> Result<()> {
    if let Some(own) = OwnTable::ALL.into_iter().find(|own| own.to_string().eq_ignore_ascii_case(name)) {
        return show(asking, &OwnTableFacts::from(own).columns);
    }
    let tables = tables(asking).await?;
    let found = tables.iter().find(|table| is_named(table, name));
    let Some(table) = found else { return Err(unknown(name, &tables)) };
    show(asking, table.facts.as_ref().map_or(&[], |facts| &facts.columns))
}

fn show(asking: &Asking<'_>, columns: &[ColumnFacts]) -> Result<()> {
    let mut shown = Table::new(["COLUMN", "TYPE", "NULL", "DESCRIPTION"]).flexible(&["DESCRIPTION"]);
    for column in columns {
        let null = if column.nullable { "yes" } else { "no" };
        let description = column.description.as_deref().unwrap_or_default();
        shown.row([cell(&column.name), cell(&column.data_type), cell(null), cell(description)]);
    }
    asking.output.table(shown)
}

/// With its schema, or without where that is enough.
fn is_named(table: &LakeTable, name: &str) -> bool {
    table.name.to_string().eq_ignore_ascii_case(name) || table.name.table().eq_ignore_ascii_case(name)
}

fn unknown(name: &str, tables: &[LakeTable]) -> anyhow::Error {
    let names: Vec<String> = tables
        .iter()
        .map(|table| table.name.to_string())
        .chain(OwnTable::ALL.map(|own| own.to_string()))
        .collect();
    let near = did_you_mean(name, names.iter().map(String::as_str));
    Failure::new(format!("there is no table {name}"))
        .code(Code::NotFound)
        .hint(near.unwrap_or_else(|| r"\d lists them.".to_owned()))
        .into()
}
