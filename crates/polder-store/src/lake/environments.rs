//! Environments of the lake: `prod` is the main line, every other one begins as a branch of another environment.

use chrono::{DateTime, Utc};
use polder_types::lake::{BranchName, Line, Pin};

use super::{CurrentTable, DOCUMENTS, Place, line, switch, tables};
use crate::stored::to_document;
use crate::{Error, Result, Tx};

/// Where new tables of an environment are made; none if it was never used.
pub async fn root(tx: &mut Tx, place: Place<'_>) -> Result<Option<Line>> {
    let sql = "SELECT line FROM lake_environments WHERE workspace_id = $1 AND environment = $2";
    let found: Option<String> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .fetch_optional(c))?;
    found.as_deref().map(line).transpose()
}

/// Makes the tables of an environment that was never used those of another, on a branch of each; nothing is copied. If somebody
/// else does so at the same moment, it is as they made it.
pub async fn begin(
    tx: &mut Tx,
    place: Place<'_>,
    base: &str,
    branch: &BranchName,
    at: DateTime<Utc>,
) -> Result<Line> {
    let origin = Place { environment: base, ..place };
    let root = root_of(tx, origin, branch).await?;
    let sql = "INSERT INTO lake_environments (workspace_id, environment, line, base, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    if write(tx, sql, place, base, &root, at).await? == 0 {
        return self::root(tx, place).await?.ok_or(Error::NotFound);
    }
    fork(tx, place, origin, branch).await?;
    Ok(root)
}

/// Makes the tables of an environment those of another once more; what it had before is not seen any more.
///
/// # Errors
/// [`Error::Conflict`] while something is being published in it.
pub async fn reset(
    tx: &mut Tx,
    place: Place<'_>,
    base: &str,
    branch: &BranchName,
    at: DateTime<Utc>,
) -> Result<Line> {
    refuse_while_publishing(tx, place).await?;
    let origin = Place { environment: base, ..place };
    let root = root_of(tx, origin, branch).await?;
    let sql = "INSERT INTO lake_environments (workspace_id, environment, line, base, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (workspace_id, environment)
        DO UPDATE SET line = excluded.line, base = excluded.base, created_at = excluded.created_at";
    write(tx, sql, place, base, &root, at).await?;
    fork(tx, place, origin, branch).await?;
    Ok(root)
}

async fn root_of(tx: &mut Tx, origin: Place<'_>, branch: &BranchName) -> Result<Line> {
    Ok(root(tx, origin).await?.unwrap_or_default().fork(branch.clone(), None))
}

async fn fork(tx: &mut Tx, place: Place<'_>, origin: Place<'_>, branch: &BranchName) -> Result<()> {
    let sql = "DELETE FROM lake_tables WHERE workspace_id = $1 AND environment = $2";
    execute!(tx, sqlx::query(sql).bind(place.workspace_id).bind(place.environment))?;
    for table in tables(tx, origin).await? {
        let line = table.pin.line.fork(branch.clone(), Some(table.pin.version));
        switch(tx, place, &CurrentTable { pin: Pin { line, ..table.pin }, ..table }).await?;
    }
    Ok(())
}

async fn write(
    tx: &mut Tx,
    sql: &'static str,
    place: Place<'_>,
    base: &str,
    root: &Line,
    at: DateTime<Utc>,
) -> Result<u64> {
    let line = to_document(DOCUMENTS, root)?;
    execute!(
        tx,
        sqlx::query(sql).bind(place.workspace_id).bind(place.environment).bind(line).bind(base).bind(at)
    )
}

async fn refuse_while_publishing(tx: &mut Tx, place: Place<'_>) -> Result<()> {
    let sql = "SELECT name_key FROM lake_locks WHERE workspace_id = $1 AND environment = $2 LIMIT 1";
    let held: Option<String> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .fetch_optional(c))?;
    match held {
        Some(table) => Err(Error::Conflict(format!("{table} is being published just now"))),
        None => Ok(()),
    }
}
