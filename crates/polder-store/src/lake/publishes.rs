//! Publishes: what is about to be done to tables, and what was.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use polder_types::id::{BranchId, PublishId};
use polder_types::lake::{BranchState, Intent, Pin, PublishState, Published, Staged, TableFacts, TableName};
use uuid::Uuid;

use super::{CurrentTable, DOCUMENTS, Place, branches, stored_number, switch, table};
use crate::stored::{from_document, page_size, parse, to_document};
use crate::{Error, Result, Tx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    pub id: PublishId,
    pub workspace_id: String,
    pub environment: String,
    pub branch: BranchId,
    pub state: PublishState,
    pub intent: Intent,
    /// The publish that this one takes back, if it is a roll-back.
    pub rolls_back: Option<PublishId>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Publish {
    /// What it did to a table.
    #[must_use]
    pub fn of(&self, table: &TableName) -> Option<&Staged> {
        self.intent.tables.iter().find(|staged| staged.table == *table)
    }

    fn place(&self) -> Place<'_> {
        Place { workspace_id: &self.workspace_id, environment: &self.environment }
    }
}

/// Why a table cannot be published now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Another publish of it is being completed.
    Busy { table: String, publish: PublishId },
    /// Readers see another version than the one it was made from; none if they see no such table.
    Moved { table: String, expected: Option<u64>, found: Option<u64> },
}

/// Records a publish, and makes its tables belong to it; or says for each table why not, and changes nothing.
///
/// # Errors
/// When the branch is not open; when the database fails.
pub async fn prepare(tx: &mut Tx, publish: &Publish) -> Result<Vec<Obstacle>> {
    let mut tables: Vec<&Staged> = publish.intent.tables.iter().collect();
    // In the order of names, so that two publishes never wait for each other.
    tables.sort_by_key(|staged| staged.table.key());
    let mut obstacles = Vec::new();
    for staged in &tables {
        obstacles.extend(obstacle(tx, publish, staged).await?);
    }
    if obstacles.is_empty() {
        insert(tx, publish).await?;
        for staged in tables {
            claim(tx, publish, staged).await?;
        }
    }
    Ok(obstacles)
}

async fn obstacle(tx: &mut Tx, publish: &Publish, staged: &Staged) -> Result<Option<Obstacle>> {
    let sql =
        "SELECT publish_id FROM lake_locks WHERE workspace_id = $1 AND environment = $2 AND name_key = $3";
    let holder: Option<Uuid> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(publish.workspace_id.as_str())
        .bind(publish.environment.as_str())
        .bind(staged.table.key())
        .fetch_optional(c))?;
    if let Some(holder) = holder {
        return Ok(Some(Obstacle::Busy { table: staged.table.to_string(), publish: PublishId(holder) }));
    }
    let found = table(tx, publish.place(), &staged.table).await?.map(|current| current.pin);
    if found == staged.pin_before() {
        return Ok(None);
    }
    let (expected, found) = (staged.before, found.map(|pin| pin.version));
    Ok(Some(Obstacle::Moved { table: staged.table.to_string(), expected, found }))
}

async fn insert(tx: &mut Tx, publish: &Publish) -> Result<()> {
    let sql = "INSERT INTO publishes (id, workspace_id, environment, branch_id, state, intent, created_by, created_at, rolls_back)
        VALUES ($1, $2, $3, $4, 'PREPARED', $5, $6, $7, $8)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(publish.id.0)
            .bind(publish.workspace_id.as_str())
            .bind(publish.environment.as_str())
            .bind(publish.branch.0)
            .bind(to_document(DOCUMENTS, &publish.intent)?)
            .bind(publish.created_by.as_str())
            .bind(publish.created_at)
            .bind(publish.rolls_back.map(|of| of.0))
    )?;
    Ok(())
}

/// If two prepare a publish of one table at the same moment, the second runs into the lock's key: a [`Error::Conflict`].
async fn claim(tx: &mut Tx, publish: &Publish, staged: &Staged) -> Result<()> {
    let sql =
        "INSERT INTO lake_locks (workspace_id, environment, name_key, publish_id) VALUES ($1, $2, $3, $4)";
    let key = staged.table.key();
    execute!(
        tx,
        sqlx::query(sql)
            .bind(publish.workspace_id.as_str())
            .bind(publish.environment.as_str())
            .bind(key.as_str())
            .bind(publish.id.0)
    )?;
    let sql = "INSERT INTO publish_tables (publish_id, name_key, name, version_before, version, row_count, byte_count)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(publish.id.0)
            .bind(key)
            .bind(staged.table.to_string())
            .bind(staged.before.map(stored_number).transpose()?)
            .bind(stored_number(staged.version)?)
            .bind(stored_number(staged.rows)?)
            .bind(stored_number(staged.bytes)?)
    )?;
    Ok(())
}

/// Switches all readers who begin from now on to all that the publish was decided to be; false if that was done before.
///
/// # Errors
/// [`Error::NotFound`] when there is no such publish; [`Error::Conflict`] when it was undone.
pub async fn finish(tx: &mut Tx, id: PublishId, at: DateTime<Utc>) -> Result<bool> {
    let publish = find(tx, id).await?.ok_or(Error::NotFound)?;
    match publish.state {
        PublishState::Done => return Ok(false),
        PublishState::Undone => return Err(Error::Conflict("the publish was undone".to_owned())),
        PublishState::Prepared => {}
    }
    for staged in &publish.intent.tables {
        let pin = staged.pin_after().ok_or_else(|| Error::corrupt("intent of a publish", id.to_string()))?;
        let current = CurrentTable { name: staged.table.clone(), pin, publish: id };
        switch(tx, publish.place(), &current).await?;
    }
    end(tx, id, PublishState::Done, at).await?;
    branches::end(tx, publish.branch, BranchState::Published, at).await?;
    Ok(true)
}

/// Gives up a publish of which readers have seen nothing. Tables whose logs went on nevertheless are read at these versions from now
/// on, which say what was seen before; otherwise whoever publishes them next would be told of a conflict.
pub async fn undo(tx: &mut Tx, id: PublishId, restored: &[Published], at: DateTime<Utc>) -> Result<()> {
    let publish = find(tx, id).await?.ok_or(Error::NotFound)?;
    end(tx, id, PublishState::Undone, at).await?;
    for Published { table, line, version } in restored {
        let pin = Pin { line: line.clone(), version: *version };
        switch(tx, publish.place(), &CurrentTable { name: table.clone(), pin, publish: id }).await?;
    }
    branches::end(tx, publish.branch, BranchState::Failed, at).await?;
    Ok(())
}

async fn end(tx: &mut Tx, id: PublishId, state: PublishState, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE publishes SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'PREPARED'";
    if execute!(tx, sqlx::query(sql).bind(id.0).bind(state.as_str()).bind(at))? == 0 {
        return Err(Error::Conflict("the publish has ended".to_owned()));
    }
    execute!(tx, sqlx::query("DELETE FROM lake_locks WHERE publish_id = $1").bind(id.0))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: PublishId) -> Result<Option<Publish>> {
    let sql = "SELECT * FROM publishes WHERE id = $1";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c))?;
    row.map(Publish::try_from).transpose()
}

/// The publish of a branch that was not undone, if there is one.
pub async fn of_branch(tx: &mut Tx, branch: BranchId) -> Result<Option<Publish>> {
    let sql = "SELECT * FROM publishes WHERE branch_id = $1 AND state <> 'UNDONE' ORDER BY id DESC LIMIT 1";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql).bind(branch.0).fetch_optional(c))?;
    row.map(Publish::try_from).transpose()
}

/// The publish that took this one back, if one did, and was not taken back itself.
pub async fn rolled_back_by(tx: &mut Tx, id: PublishId) -> Result<Option<PublishId>> {
    let first = newest_roll_back(tx, id).await?;
    let (mut last, mut counts) = (first, false);
    while let Some(back) = last {
        counts = !counts;
        last = newest_roll_back(tx, back).await?;
    }
    Ok(first.filter(|_| counts))
}

async fn newest_roll_back(tx: &mut Tx, id: PublishId) -> Result<Option<PublishId>> {
    let sql = "SELECT id FROM publishes WHERE rolls_back = $1 AND state = 'DONE' ORDER BY id DESC LIMIT 1";
    let found: Option<Uuid> = on!(tx, |c| sqlx::query_scalar(sql).bind(id.0).fetch_optional(c))?;
    Ok(found.map(PublishId))
}

/// The publish by which a table became what it is at this place; none if it was not a publish.
pub async fn by_which(
    tx: &mut Tx,
    place: Place<'_>,
    table: &TableName,
    pin: &Pin,
) -> Result<Option<Publish>> {
    let sql = "SELECT p.* FROM publish_tables t JOIN publishes p ON p.id = t.publish_id
        WHERE p.workspace_id = $1 AND p.environment = $2 AND t.name_key = $3 AND t.version = $4 AND p.state = 'DONE'";
    let version = stored_number(pin.version)?;
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .bind(table.key())
        .bind(version)
        .fetch_all(c))?;
    let mut found = rows.into_iter().map(Publish::try_from).collect::<Result<Vec<_>>>()?;
    // The same version may have been of another line, before the environment was reset.
    found.retain(|publish| publish.of(table).and_then(Staged::pin_after).as_ref() == Some(pin));
    Ok(found.pop())
}

/// Notes which tables were read for what a publish brings. Telling it twice changes nothing.
pub async fn note_reads(tx: &mut Tx, id: PublishId, tables: &[TableName]) -> Result<()> {
    let sql =
        "INSERT INTO publish_reads (publish_id, name_key, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    for table in tables {
        execute!(tx, sqlx::query(sql).bind(id.0).bind(table.key()).bind(table.to_string()))?;
    }
    Ok(())
}

/// Notes what the tables of a publish are like then. Telling it twice changes nothing.
pub async fn note_facts(tx: &mut Tx, id: PublishId, facts: &BTreeMap<TableName, TableFacts>) -> Result<()> {
    let sql = "UPDATE publish_tables SET facts = $3 WHERE publish_id = $1 AND name_key = $2";
    for (table, facts) in facts {
        let facts = to_document(DOCUMENTS, facts)?;
        execute!(tx, sqlx::query(sql).bind(id.0).bind(table.key()).bind(facts))?;
    }
    Ok(())
}

/// The tables that were read for what a publish brought, in the order of their names.
pub async fn reads(tx: &mut Tx, id: PublishId) -> Result<Vec<TableName>> {
    let sql = "SELECT name FROM publish_reads WHERE publish_id = $1 ORDER BY name_key";
    let names: Vec<String> = on!(tx, |c| sqlx::query_scalar(sql).bind(id.0).fetch_all(c))?;
    names.iter().map(|text| super::name(text)).collect()
}

/// Those that a crash may have left between their decision and their end, oldest first.
pub async fn prepared(tx: &mut Tx) -> Result<Vec<Publish>> {
    let sql = "SELECT * FROM publishes WHERE state = 'PREPARED' ORDER BY id";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c))?;
    rows.into_iter().map(Publish::try_from).collect()
}

/// Publishes of an environment, newest first; those before `before`, if it is given.
pub async fn list(
    tx: &mut Tx,
    place: Place<'_>,
    before: Option<PublishId>,
    limit: Option<u32>,
) -> Result<Vec<Publish>> {
    let sql = "SELECT * FROM publishes WHERE workspace_id = $1 AND environment = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .bind(before.map_or(Uuid::max(), |id| id.0))
        .bind(page_size(limit))
        .fetch_all(c))?;
    rows.into_iter().map(Publish::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace_id: String,
    environment: String,
    branch_id: Uuid,
    state: String,
    intent: String,
    created_by: String,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    rolls_back: Option<Uuid>,
}

impl TryFrom<Row> for Publish {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PublishId(row.id),
            workspace_id: row.workspace_id,
            environment: row.environment,
            branch: BranchId(row.branch_id),
            state: parse("state of a publish", &row.state)?,
            intent: from_document("intent of a publish", DOCUMENTS, &row.intent)?,
            rolls_back: row.rolls_back.map(PublishId),
            created_by: row.created_by,
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}
