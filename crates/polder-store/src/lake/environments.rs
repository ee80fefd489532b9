//! Environments of the lake: `prod` is the main line, every other one begins as a branch of another environment.

use chrono::{DateTime, Utc};
use polder_types::id::BranchId;
use polder_types::lake::{BranchName, BranchState, Line, Pin};

use super::branches::{self, Branch};
use super::{CurrentTable, DOCUMENTS, Place, line, switch, tables, view};
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

/// Makes the tables of an environment those of another once more. What it had before becomes a branch that has ended, which can be looked
/// into for as long as one that failed; none if the environment was never used.
///
/// # Errors
/// [`Error::Conflict`] while somebody writes in it.
pub async fn reset(
    tx: &mut Tx,
    place: Place<'_>,
    base: &str,
    branch: &BranchName,
    at: DateTime<Utc>,
) -> Result<Option<Branch>> {
    refuse_while_written(tx, place).await?;
    let Some(before) = before(tx, place, at).await? else { return Ok(None) };
    branches::insert(tx, &before).await?;
    let origin = Place { environment: base, ..place };
    let root = root_of(tx, origin, branch).await?;
    let sql = "INSERT INTO lake_environments (workspace_id, environment, line, base, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (workspace_id, environment)
        DO UPDATE SET line = excluded.line, base = excluded.base, created_at = excluded.created_at";
    write(tx, sql, place, base, &root, at).await?;
    fork(tx, place, origin, branch).await?;
    Ok(Some(before))
}

/// All that readers of an environment see, as a branch. Its name is that of the line that its tables are on.
async fn before(tx: &mut Tx, place: Place<'_>, at: DateTime<Utc>) -> Result<Option<Branch>> {
    let sql = "SELECT line, created_at FROM lake_environments WHERE workspace_id = $1 AND environment = $2";
    let found: Option<(String, DateTime<Utc>)> =
        on!(tx, |c| sqlx::query_as(sql).bind(place.workspace_id).bind(place.environment).fetch_optional(c))?;
    let Some((root, created_at)) = found else { return Ok(None) };
    let root = line(&root)?;
    let fork =
        root.forks().last().ok_or_else(|| Error::corrupt("line of an environment", root.to_string()))?;
    Ok(Some(Branch {
        id: BranchId::new(at),
        workspace_id: place.workspace_id.to_owned(),
        environment: place.environment.to_owned(),
        name: fork.branch.clone(),
        run: None,
        step: None,
        state: BranchState::Failed,
        view: view(tx, place).await?,
        created_at,
        ended_at: Some(at),
        removed_at: None,
    }))
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

/// Whoever writes has an open branch, until what is decided about it is done.
async fn refuse_while_written(tx: &mut Tx, place: Place<'_>) -> Result<()> {
    let sql = "SELECT name FROM lake_branches
        WHERE state = 'OPEN' AND workspace_id = $1 AND environment = $2 ORDER BY created_at LIMIT 1";
    let open: Option<String> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .fetch_optional(c))?;
    match open {
        Some(branch) => Err(Error::Conflict(format!(
            "somebody writes to tables of {} just now, on the branch {branch}",
            place.environment
        ))),
        None => Ok(()),
    }
}
