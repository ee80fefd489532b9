//! Which files of the lake must stay, as far as is known without opening it.
//!
//! Everything is read in one transaction, in pages: a lake may have published tens of thousands of times within its retention.

use chrono::{DateTime, Utc};
use polder_types::lake::{BranchName, Kept, Pin, Retention, Staged};
use uuid::Uuid;

use super::{DOCUMENTS, line, name, publishes};
use crate::stored::{from_document, number};
use crate::{Error, Result, Tx};

const PAGE: i64 = 1000;

/// What must stay, if nothing but what is in this transaction is known.
pub async fn find(tx: &mut Tx, retention: Retention, now: DateTime<Utc>) -> Result<Kept> {
    let mut kept = Kept::since(retention.files_since(now, oldest_open(tx).await?));
    keep_current(tx, &mut kept).await?;
    keep_environments(tx, &mut kept).await?;
    keep_published(tx, &mut kept, retention.versions_since(now)).await?;
    keep_branches(tx, &mut kept, retention, now).await?;
    Ok(kept)
}

async fn oldest_open(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT created_at FROM lake_branches WHERE state = 'OPEN' ORDER BY created_at LIMIT 1";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_optional(c))
}

/// What readers of all environments see now.
async fn keep_current(tx: &mut Tx, kept: &mut Kept) -> Result<()> {
    let sql = "SELECT workspace_id, environment, name_key, name, line, version FROM lake_tables
        WHERE (workspace_id, environment, name_key) > ($1, $2, $3) ORDER BY workspace_id, environment, name_key LIMIT $4";
    let mut last = (String::new(), String::new(), String::new());
    loop {
        let page: Vec<TableRow> = on!(tx, |c| sqlx::query_as(sql)
            .bind(&last.0)
            .bind(&last.1)
            .bind(&last.2)
            .bind(PAGE)
            .fetch_all(c))?;
        for row in &page {
            let version = number("version of a table", row.version)?;
            kept.keep(&name(&row.name)?, &Pin { line: line(&row.line)?, version });
        }
        let Some(row) = page.into_iter().next_back() else { return Ok(()) };
        last = (row.workspace_id, row.environment, row.name_key);
    }
}

/// Where new tables of environments are made.
async fn keep_environments(tx: &mut Tx, kept: &mut Kept) -> Result<()> {
    let lines: Vec<String> =
        on!(tx, |c| sqlx::query_scalar("SELECT line FROM lake_environments").fetch_all(c))?;
    lines.iter().try_for_each(|text| {
        kept.keep_line(&line(text)?);
        Ok(())
    })
}

/// What publishes that ended since have changed, before and after; and those that have not ended.
async fn keep_published(tx: &mut Tx, kept: &mut Kept, since: DateTime<Utc>) -> Result<()> {
    for publish in publishes::prepared(tx).await? {
        publish.intent.tables.iter().for_each(|staged| keep_staged(kept, staged));
    }
    let sql = "SELECT id, ended_at, intent FROM publishes
        WHERE ended_at IS NOT NULL AND (ended_at, id) > ($1, $2) ORDER BY ended_at, id LIMIT $3";
    let mut last = (since, Uuid::nil());
    loop {
        let page: Vec<(Uuid, DateTime<Utc>, String)> =
            on!(tx, |c| sqlx::query_as(sql).bind(last.0).bind(last.1).bind(PAGE).fetch_all(c))?;
        let Some((id, ended_at, _)) = page.last() else { return Ok(()) };
        last = (*ended_at, *id);
        for (_, _, intent) in &page {
            let intent: polder_types::lake::Intent = from_document("intent of a publish", DOCUMENTS, intent)?;
            intent.tables.iter().for_each(|staged| keep_staged(kept, staged));
        }
    }
}

/// What was before is enough: all later versions of the line stay with it. Afterwards comes into it only if nothing was.
fn keep_staged(kept: &mut Kept, staged: &Staged) {
    if let Some(pin) = staged.pin_before() {
        kept.keep(&staged.table, &pin);
    }
}

/// Branches that somebody writes to or may look into, and the tables that they were made from. A view that is younger than the oldest
/// version that stays anyway adds nothing, so only those of older branches are read; and those that stand for more than one run.
async fn keep_branches(tx: &mut Tx, kept: &mut Kept, retention: Retention, now: DateTime<Utc>) -> Result<()> {
    let old = retention.versions_since(now);
    let (mut after, mut seen) = (Uuid::nil(), true);
    while seen {
        let page = branches(tx, after, old).await?;
        seen = !page.is_empty();
        after = page.last().map_or(after, |row| row.id);
        page.iter().try_for_each(|row| keep_branch(kept, row))?;
    }
    let removed = removed_since(tx, retention.read_since(now), old).await?;
    removed.iter().try_for_each(|row| keep_branch(kept, row))
}

async fn branches(tx: &mut Tx, after: Uuid, old: DateTime<Utc>) -> Result<Vec<BranchRow>> {
    let sql = "SELECT id, name, CASE WHEN created_at < $2 OR run_id IS NULL THEN view END AS view FROM lake_branches
        WHERE state <> 'REMOVED' AND id > $1 ORDER BY id LIMIT $3";
    on!(tx, |c| sqlx::query_as(sql).bind(after).bind(old).bind(PAGE).fetch_all(c))
}

/// Those that somebody may still be reading.
async fn removed_since(tx: &mut Tx, since: DateTime<Utc>, old: DateTime<Utc>) -> Result<Vec<BranchRow>> {
    let sql = "SELECT id, name, CASE WHEN created_at < $2 OR run_id IS NULL THEN view END AS view FROM lake_branches
        WHERE removed_at IS NOT NULL AND removed_at >= $1";
    on!(tx, |c| sqlx::query_as(sql).bind(since).bind(old).fetch_all(c))
}

fn keep_branch(kept: &mut Kept, row: &BranchRow) -> Result<()> {
    let name =
        BranchName::new(row.name.as_str()).map_err(|error| Error::corrupt("name of a branch", error.name))?;
    kept.branches.insert(name);
    if let Some(view) = &row.view {
        kept.keep_view(&from_document("view", DOCUMENTS, view)?);
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct TableRow {
    workspace_id: String,
    environment: String,
    name_key: String,
    name: String,
    line: String,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct BranchRow {
    id: Uuid,
    name: String,
    view: Option<String>,
}
