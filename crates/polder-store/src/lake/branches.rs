//! Branches: what a step writes before it is published.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use polder_types::id::{BranchId, RunId};
use polder_types::lake::{BranchName, BranchState, View};
use uuid::Uuid;

use super::{DOCUMENTS, Place};
use crate::stored::{from_document, page_size, parse, to_document};
use crate::{Error, Result, Tx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub id: BranchId,
    pub workspace_id: String,
    pub environment: String,
    /// One of its kind in the workspace, for ever: it names folders.
    pub name: BranchName,
    /// The run and the step that write to it; none for one that a person made.
    pub run: Option<RunId>,
    pub step: Option<String>,
    pub state: BranchState,
    /// The tables as they were when it was made.
    pub view: View,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When it was taken from readers.
    pub removed_at: Option<DateTime<Utc>>,
}

/// Stores a new branch.
pub async fn insert(tx: &mut Tx, branch: &Branch) -> Result<()> {
    let sql = "INSERT INTO lake_branches (id, workspace_id, environment, name, run_id, step, state, view, created_at, ended_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(branch.id.0)
            .bind(branch.workspace_id.as_str())
            .bind(branch.environment.as_str())
            .bind(branch.name.as_str())
            .bind(branch.run.map(|run| run.0))
            .bind(branch.step.as_deref())
            .bind(branch.state.as_str())
            .bind(to_document(DOCUMENTS, &branch.view)?)
            .bind(branch.created_at)
            .bind(branch.ended_at)
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: BranchId) -> Result<Option<Branch>> {
    let sql = "SELECT * FROM lake_branches WHERE id = $1";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c))?;
    row.map(Branch::try_from).transpose()
}

/// The branch of this name, if there is one.
pub async fn named(tx: &mut Tx, workspace_id: &str, name: &BranchName) -> Result<Option<Branch>> {
    let sql = "SELECT * FROM lake_branches WHERE workspace_id = $1 AND name = $2";
    let row: Option<Row> =
        on!(tx, |c| sqlx::query_as(sql).bind(workspace_id).bind(name.as_str()).fetch_optional(c))?;
    row.map(Branch::try_from).transpose()
}

/// The branches of a run, oldest first.
pub async fn of_run(tx: &mut Tx, run: RunId) -> Result<Vec<Branch>> {
    let sql = "SELECT * FROM lake_branches WHERE run_id = $1 ORDER BY id";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(run.0).fetch_all(c))?;
    rows.into_iter().map(Branch::try_from).collect()
}

/// The newest branches of an environment, newest first.
pub async fn list(tx: &mut Tx, place: Place<'_>, limit: Option<u32>) -> Result<Vec<Branch>> {
    let sql =
        "SELECT * FROM lake_branches WHERE workspace_id = $1 AND environment = $2 ORDER BY id DESC LIMIT $3";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(place.workspace_id)
        .bind(place.environment)
        .bind(page_size(limit))
        .fetch_all(c))?;
    rows.into_iter().map(Branch::try_from).collect()
}

/// Of these branches those that somebody may look into: of runs of these teams (all teams without them), and those of no run.
pub async fn visible(tx: &mut Tx, branches: Vec<Branch>, teams: Option<&[String]>) -> Result<Vec<Branch>> {
    let Some(teams) = teams else { return Ok(branches) };
    let of = teams_of(tx, branches.iter().filter_map(|branch| branch.run).collect()).await?;
    let is_seen = |run| of.get(&run).is_some_and(|team| teams.contains(team));
    Ok(branches.into_iter().filter(|branch| branch.run.is_none_or(is_seen)).collect())
}

async fn teams_of(tx: &mut Tx, runs: BTreeSet<RunId>) -> Result<BTreeMap<RunId, String>> {
    if runs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let places: Vec<String> = (1..=runs.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT id, team FROM runs WHERE id IN ({})", places.join(", "));
    let rows: Vec<(Uuid, String)> = on!(tx, |c| {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()));
        runs.iter().fold(query, |query, run| query.bind(run.0)).fetch_all(c)
    })?;
    Ok(rows.into_iter().map(|(run, team)| (RunId(run), team)).collect())
}

/// Ends a branch that is open; false if it is not.
pub async fn end(tx: &mut Tx, id: BranchId, state: BranchState, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE lake_branches SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'OPEN'";
    Ok(execute!(tx, sqlx::query(sql).bind(id.0).bind(state.as_str()).bind(at))? == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace_id: String,
    environment: String,
    name: String,
    run_id: Option<Uuid>,
    step: Option<String>,
    state: String,
    view: String,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Branch {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: BranchId(row.id),
            workspace_id: row.workspace_id,
            environment: row.environment,
            name: BranchName::new(row.name)
                .map_err(|error| Error::corrupt("name of a branch", error.name))?,
            run: row.run_id.map(RunId),
            step: row.step,
            state: parse("state of a branch", &row.state)?,
            view: from_document("view", DOCUMENTS, &row.view)?,
            created_at: row.created_at,
            ended_at: row.ended_at,
            removed_at: row.removed_at,
        })
    }
}
