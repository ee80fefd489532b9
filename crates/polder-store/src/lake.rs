//! Which version of which table readers of an environment see; branches; publishes.
//!
//! The tables themselves are elsewhere, and this crate never opens one. A publish is recorded as PREPARED, with all that it takes to
//! complete it, before it writes to any table; [`publishes::finish`] then switches all of its tables for all readers at once. While it
//! is prepared its tables belong to it: another publish of one of them is refused.

pub mod branches;
pub mod checks;
pub mod environments;
pub mod kept;
pub mod publishes;
pub mod retention;
pub mod turns;
pub mod views;

use polder_types::id::PublishId;
use polder_types::lake::{Line, Pin, TableFacts, TableName, View};
use uuid::Uuid;

use crate::stored::{from_document, number, to_document};
use crate::{Error, Result, Tx};

/// The newest version of a stored line, view and intent.
const DOCUMENTS: u32 = 1;

/// Whose tables: names mean something in one environment of one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    pub workspace_id: &'a str,
    pub environment: &'a str,
}

/// A table as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentTable {
    pub name: TableName,
    pub pin: Pin,
    /// What made it so.
    pub publish: PublishId,
}

/// All tables of an environment, in the order of their names.
pub async fn tables(tx: &mut Tx, place: Place<'_>) -> Result<Vec<CurrentTable>> {
    let sql = "SELECT name, line, version, publish_id FROM lake_tables WHERE workspace_id = $1 AND environment = $2 ORDER BY name_key";
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sql).bind(place.workspace_id).bind(place.environment).fetch_all(c))?;
    rows.into_iter().map(CurrentTable::try_from).collect()
}

/// What a reader who begins now sees for as long as it reads.
pub async fn view(tx: &mut Tx, place: Place<'_>) -> Result<View> {
    Ok(tables(tx, place).await?.into_iter().map(|table| (table.name, table.pin)).collect())
}

/// The table of this name, in whatever case.
pub async fn table(tx: &mut Tx, place: Place<'_>, name: &TableName) -> Result<Option<CurrentTable>> {
    let sql = "SELECT name, line, version, publish_id FROM lake_tables WHERE workspace_id = $1 AND environment = $2 AND name_key = $3";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .bind(name.key())
        .fetch_optional(c))?;
    row.map(CurrentTable::try_from).transpose()
}

/// Lets readers who begin from now on see this.
async fn switch(tx: &mut Tx, place: Place<'_>, table: &CurrentTable) -> Result<()> {
    let sql = "INSERT INTO lake_tables (workspace_id, environment, name_key, name, line, version, publish_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, environment, name_key)
        DO UPDATE SET line = excluded.line, version = excluded.version, publish_id = excluded.publish_id";
    let version = stored_number(table.pin.version)?;
    execute!(
        tx,
        sqlx::query(sql)
            .bind(place.workspace_id)
            .bind(place.environment)
            .bind(table.name.key())
            .bind(table.name.to_string())
            .bind(to_document(DOCUMENTS, &table.pin.line)?)
            .bind(version)
            .bind(table.publish.0)
    )?;
    Ok(())
}

/// A version or a count as both databases hold it.
fn stored_number(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::corrupt("number", number.to_string()))
}

fn name(text: &str) -> Result<TableName> {
    text.parse().map_err(|_| Error::corrupt("name of a table", text))
}

fn facts(text: &str) -> Result<TableFacts> {
    from_document("facts of a table", DOCUMENTS, text)
}

fn line(text: &str) -> Result<Line> {
    from_document("line", DOCUMENTS, text)
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    line: String,
    version: i64,
    publish_id: Uuid,
}

impl TryFrom<Row> for CurrentTable {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let pin = Pin { line: line(&row.line)?, version: number("version of a table", row.version)? };
        Ok(Self { name: name(&row.name)?, pin, publish: PublishId(row.publish_id) })
    }
}
