//! Tables, publishes and branches as people look at them.

use chrono::{DateTime, Utc};
use polder_types::id::{PublishId, RunId};
use polder_types::lake::TableName;
use polder_types::wire::{BranchView, LakeTable, PublishView, PublishedTable, RunOfPublish};
use uuid::Uuid;

use super::{Place, branches, facts, name};
use crate::stored::{and, containing, number, page_size, parse};
use crate::{Error, Result, Tx};

/// What a publish is of: its columns are those of [`Origin`].
const ORIGIN: &str = "b.run_id, b.step, r.team, r.pipeline";

/// The tables of an environment in the order of their names, those after `after`; only those with `search` in their name, if given.
pub async fn tables(
    tx: &mut Tx,
    place: Place<'_>,
    search: &str,
    after: &str,
    limit: Option<u32>,
) -> Result<Vec<LakeTable>> {
    let sql = format!(
        "SELECT t.name, t.version, p.id, p.created_by, p.created_at, pt.facts, {ORIGIN}
        FROM lake_tables t JOIN publishes p ON p.id = t.publish_id JOIN lake_branches b ON b.id = p.branch_id
        LEFT JOIN runs r ON r.id = b.run_id
        LEFT JOIN publish_tables pt ON pt.publish_id = t.publish_id AND pt.name_key = t.name_key
        WHERE t.workspace_id = $1 AND t.environment = $2 AND t.name_key > $3 AND t.name_key LIKE $4 ESCAPE '\\'
        ORDER BY t.name_key LIMIT $5"
    );
    let rows: Vec<TableRow> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(place.workspace_id)
        .bind(place.environment)
        .bind(after)
        .bind(containing(search))
        .bind(page_size(limit))
        .fetch_all(c))?;
    rows.into_iter().map(LakeTable::try_from).collect()
}

/// Which publishes; all of them, if nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct PublishFilter<'a> {
    /// Those that changed this table.
    pub table: Option<&'a TableName>,
    /// Those that read this table.
    pub reads: Option<&'a TableName>,
    pub run: Option<RunId>,
    pub before: Option<PublishId>,
    pub limit: Option<u32>,
}

/// Publishes of an environment, newest first.
pub async fn publishes(tx: &mut Tx, place: Place<'_>, filter: PublishFilter<'_>) -> Result<Vec<PublishView>> {
    let sql = publishes_where(filter);
    let rows: Vec<PublishRow> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(place.workspace_id)
        .bind(place.environment)
        .bind(filter.before.map_or(Uuid::max(), |id| id.0))
        .bind(page_size(filter.limit))
        .bind(filter.table.map(TableName::key))
        .bind(filter.reads.map(TableName::key))
        .bind(filter.run.map(|run| run.0))
        .fetch_all(c))?;
    let mut views = rows.into_iter().map(PublishView::try_from).collect::<Result<Vec<_>>>()?;
    add_tables(tx, &mut views).await?;
    Ok(views)
}

fn publishes_where(filter: PublishFilter<'_>) -> String {
    let mut sql = format!(
        "SELECT p.id, p.state, p.environment, p.created_by, p.created_at, p.ended_at, {ORIGIN}
        FROM publishes p JOIN lake_branches b ON b.id = p.branch_id LEFT JOIN runs r ON r.id = b.run_id
        WHERE p.workspace_id = $1 AND p.environment = $2 AND p.id < $3"
    );
    let of = |list| format!("p.id IN (SELECT publish_id FROM {list} WHERE name_key = ?)");
    and(&mut sql, filter.table.is_some(), 5, &of("publish_tables"));
    and(&mut sql, filter.reads.is_some(), 6, &of("publish_reads"));
    and(&mut sql, filter.run.is_some(), 7, "b.run_id = ?");
    sql.push_str(" ORDER BY p.id DESC LIMIT $4");
    sql
}

/// One publish.
pub async fn publish(tx: &mut Tx, workspace_id: &str, id: PublishId) -> Result<Option<PublishView>> {
    let sql = format!(
        "SELECT p.id, p.state, p.environment, p.created_by, p.created_at, p.ended_at, {ORIGIN}
        FROM publishes p JOIN lake_branches b ON b.id = p.branch_id LEFT JOIN runs r ON r.id = b.run_id
        WHERE p.workspace_id = $1 AND p.id = $2"
    );
    let row: Option<PublishRow> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(workspace_id)
        .bind(id.0)
        .fetch_optional(c))?;
    let mut views = row.map(PublishView::try_from).transpose()?.into_iter().collect::<Vec<_>>();
    add_tables(tx, &mut views).await?;
    Ok(views.pop())
}

/// The newest branches of an environment, or those of a run; newest first.
pub async fn branches_of(tx: &mut Tx, place: Place<'_>, run: Option<RunId>) -> Result<Vec<BranchView>> {
    let found = match run {
        Some(run) => branches::of_run(tx, run).await?.into_iter().rev().collect(),
        None => branches::list(tx, place, Some(500)).await?,
    };
    let is_here = |branch: &branches::Branch| branch.workspace_id == place.workspace_id;
    Ok(found.into_iter().filter(is_here).map(branch_view).collect())
}

fn branch_view(branch: branches::Branch) -> BranchView {
    let branches::Branch { id, name, environment, state, run, step, .. } = branch;
    let branches::Branch { created_at, ended_at, removed_at, .. } = branch;
    BranchView { id, name, environment, state, run, step, created_at, ended_at, removed_at }
}

/// What publishes did to which tables, and what they read: asked once for all of them.
async fn add_tables(tx: &mut Tx, views: &mut [PublishView]) -> Result<()> {
    if views.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = views.iter().map(|view| view.id.0).collect();
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let of = |what, list| {
        let places = places.join(", ");
        format!(
            "SELECT publish_id, name{what} FROM {list} WHERE publish_id IN ({places}) ORDER BY publish_id, name_key"
        )
    };
    let sql = of(", version_before, version, row_count, byte_count", "publish_tables");
    let tables: Vec<PublishedRow> = on!(tx, |c| {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()));
        ids.iter().fold(query, |query, id| query.bind(id)).fetch_all(c)
    })?;
    let sql = of("", "publish_reads");
    let reads: Vec<(Uuid, String)> = on!(tx, |c| {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()));
        ids.iter().fold(query, |query, id| query.bind(id)).fetch_all(c)
    })?;
    for view in views {
        let own = tables.iter().filter(|row| row.publish_id == view.id.0);
        view.tables = own.map(PublishedTable::try_from).collect::<Result<_>>()?;
        let own = reads.iter().filter(|(id, _)| *id == view.id.0);
        view.reads = own.map(|(_, text)| name(text)).collect::<Result<_>>()?;
    }
    Ok(())
}

/// The run and the step that a branch was made for.
#[derive(sqlx::FromRow)]
struct Origin {
    run_id: Option<Uuid>,
    step: Option<String>,
    team: Option<String>,
    pipeline: Option<String>,
}

impl Origin {
    fn run(self) -> Option<RunOfPublish> {
        let (id, step) = (RunId(self.run_id?), self.step?);
        Some(RunOfPublish { id, team: self.team?, pipeline: self.pipeline?, step })
    }
}

#[derive(sqlx::FromRow)]
struct TableRow {
    name: String,
    version: i64,
    id: Uuid,
    created_by: String,
    created_at: DateTime<Utc>,
    facts: Option<String>,
    #[sqlx(flatten)]
    origin: Origin,
}

impl TryFrom<TableRow> for LakeTable {
    type Error = Error;

    fn try_from(row: TableRow) -> Result<Self> {
        Ok(Self {
            name: name(&row.name)?,
            version: number("version of a table", row.version)?,
            publish: PublishId(row.id),
            published_at: row.created_at,
            created_by: row.created_by,
            run: row.origin.run(),
            facts: row.facts.as_deref().map(facts).transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct PublishRow {
    id: Uuid,
    state: String,
    environment: String,
    created_by: String,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    #[sqlx(flatten)]
    origin: Origin,
}

impl TryFrom<PublishRow> for PublishView {
    type Error = Error;

    fn try_from(row: PublishRow) -> Result<Self> {
        Ok(Self {
            id: PublishId(row.id),
            state: parse("state of a publish", &row.state)?,
            environment: row.environment,
            run: row.origin.run(),
            created_by: row.created_by,
            created_at: row.created_at,
            ended_at: row.ended_at,
            tables: Vec::new(),
            reads: Vec::new(),
        })
    }
}

#[derive(sqlx::FromRow)]
struct PublishedRow {
    publish_id: Uuid,
    name: String,
    version_before: Option<i64>,
    version: i64,
    row_count: i64,
    byte_count: i64,
}

impl TryFrom<&PublishedRow> for PublishedTable {
    type Error = Error;

    fn try_from(row: &PublishedRow) -> Result<Self> {
        Ok(Self {
            name: name(&row.name)?,
            version_before: row.version_before.map(|before| number("version", before)).transpose()?,
            version: number("version", row.version)?,
            rows: number("count", row.row_count)?,
            bytes: number("count", row.byte_count)?,
        })
    }
}
