//! Tables, publishes and branches as people look at them.

mod rows;

use polder_types::id::{PublishId, RunId};
use polder_types::lake::TableName;
use polder_types::wire::{BranchView, LakeTable, PublishView, PublishedTable};
use uuid::Uuid;

use self::rows::{PublishRow, PublishedRow, TableRow};
use super::{Place, branches, name, publishes};
use crate::stored::{and, containing, page_size};
use crate::{Result, Tx};

/// What a publish is of: its columns are those of [`Origin`](rows::Origin).
const ORIGIN: &str = "b.run_id, b.step, r.team, r.pipeline, r.logical_at, r.logical_day, r.reason";

/// Publishes as [`PublishRow`] has them.
fn publishes_with_origin() -> String {
    format!(
        "SELECT p.id, p.state, p.environment, p.created_by, p.created_at, p.ended_at, p.rolls_back, {ORIGIN},
            (SELECT back.id FROM publishes back WHERE back.rolls_back = p.id AND back.state = 'DONE'
                ORDER BY back.id DESC LIMIT 1) AS rolled_back_by
        FROM publishes p JOIN lake_branches b ON b.id = p.branch_id LEFT JOIN runs r ON r.id = b.run_id"
    )
}

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
    without_those_taken_back(tx, &mut views).await?;
    add_tables(tx, &mut views).await?;
    Ok(views)
}

fn publishes_where(filter: PublishFilter<'_>) -> String {
    let mut sql = publishes_with_origin();
    sql.push_str(" WHERE p.workspace_id = $1 AND p.environment = $2 AND p.id < $3");
    let of = |list| format!("p.id IN (SELECT publish_id FROM {list} WHERE name_key = ?)");
    and(&mut sql, filter.table.is_some(), 5, &of("publish_tables"));
    and(&mut sql, filter.reads.is_some(), 6, &of("publish_reads"));
    and(&mut sql, filter.run.is_some(), 7, "b.run_id = ?");
    sql.push_str(" ORDER BY p.id DESC LIMIT $4");
    sql
}

/// One publish.
pub async fn publish(tx: &mut Tx, workspace_id: &str, id: PublishId) -> Result<Option<PublishView>> {
    let sql = publishes_with_origin() + " WHERE p.workspace_id = $1 AND p.id = $2";
    let row: Option<PublishRow> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(workspace_id)
        .bind(id.0)
        .fetch_optional(c))?;
    let mut views = row.map(PublishView::try_from).transpose()?.into_iter().collect::<Vec<_>>();
    without_those_taken_back(tx, &mut views).await?;
    add_tables(tx, &mut views).await?;
    Ok(views.pop())
}

/// The newest branches of an environment, or those of a run; newest first. Of runs of these teams, if not of all.
pub async fn branches_of(
    tx: &mut Tx,
    place: Place<'_>,
    teams: Option<&[String]>,
    run: Option<RunId>,
) -> Result<Vec<BranchView>> {
    let found = match run {
        Some(run) => branches::of_run(tx, run).await?.into_iter().rev().collect(),
        None => branches::list(tx, place, Some(500)).await?,
    };
    let is_here = |branch: &branches::Branch| branch.workspace_id == place.workspace_id;
    let found = branches::visible(tx, found, teams).await?;
    Ok(found.into_iter().filter(is_here).map(branch_view).collect())
}

fn branch_view(branch: branches::Branch) -> BranchView {
    let branches::Branch { id, name, environment, state, run, step, .. } = branch;
    let branches::Branch { created_at, ended_at, removed_at, .. } = branch;
    BranchView { id, name, environment, state, run, step, created_at, ended_at, removed_at }
}

/// A roll-back that was rolled back itself counts no more. There are few of them, so each is asked for.
async fn without_those_taken_back(tx: &mut Tx, views: &mut [PublishView]) -> Result<()> {
    for view in views.iter_mut().filter(|view| view.rolled_back_by.is_some()) {
        view.rolled_back_by = publishes::rolled_back_by(tx, view.id).await?;
    }
    Ok(())
}

/// What publishes did to which tables, and what they read: asked once for all of them.
async fn add_tables(tx: &mut Tx, views: &mut [PublishView]) -> Result<()> {
    if views.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = views.iter().map(|view| view.id.0).collect();
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    // What a roll-back took away is what the publish that it takes back had added.
    let sql = format!(
        "SELECT t.publish_id, t.name, t.version_before, t.version, t.row_count, t.byte_count, was.row_count AS removed
        FROM publish_tables t JOIN publishes p ON p.id = t.publish_id
        LEFT JOIN publish_tables was ON was.publish_id = p.rolls_back AND was.name_key = t.name_key
        WHERE t.publish_id IN ({places}) ORDER BY t.publish_id, t.name_key"
    );
    let tables: Vec<PublishedRow> = on!(tx, |c| {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()));
        ids.iter().fold(query, |query, id| query.bind(id)).fetch_all(c)
    })?;
    let sql = format!(
        "SELECT publish_id, name FROM publish_reads WHERE publish_id IN ({places}) ORDER BY publish_id, name_key"
    );
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
