//! The audit log: who did what to what, when and from where. It is only ever added to; the database refuses anything else.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use polder_types::id::AuditId;
use polder_types::wire::{AuditEntry, AuditFilter, Page};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::stored::{and, containing, from_cursor, page_size, to_cursor};
use crate::{JsonText, Result, Tx};

/// A search for text looks through this many entries for one page; the cursor goes on behind them.
const SEARCHED: i64 = 20_000;
/// Later than every entry; both databases can hold it.
const END_OF_TIME: DateTime<Utc> =
    DateTime::from_timestamp(253_402_300_799, 0).expect("the year 9999 is a time");

pub async fn insert(tx: &mut Tx, workspace_id: &str, entry: &AuditEntry) -> Result<()> {
    let sql = "INSERT INTO audit
        (id, workspace_id, at, actor, address, action, object, team, environment, detail, search)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(entry.id.0)
            .bind(workspace_id)
            .bind(entry.at)
            .bind(&entry.actor)
            .bind(&entry.address)
            .bind(&entry.action)
            .bind(&entry.object)
            .bind(&entry.team)
            .bind(&entry.environment)
            .bind(JsonText(&entry.detail))
            .bind(search_text(entry))
    )?;
    Ok(())
}

/// The entries that match, newest first.
pub async fn list(tx: &mut Tx, workspace_id: &str, filter: &AuditFilter) -> Result<Page<AuditEntry>> {
    let (before_at, before_id) = from_cursor(filter.cursor.as_deref())?.unwrap_or((END_OF_TIME, Uuid::max()));
    let size = page_size(filter.limit);
    let window = if filter.search.is_some() { SEARCHED } else { size };
    let sql = statement(filter);
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(AssertSqlSafe(sql.as_str()))
        .bind(workspace_id)
        .bind(before_at)
        .bind(before_id)
        .bind(filter.actor.as_deref())
        .bind(filter.action.as_deref())
        .bind(filter.object.as_deref())
        .bind(filter.since)
        .bind(filter.until)
        .bind(filter.search.as_deref().map(containing))
        .bind(window)
        .fetch_all(c))?;
    page(rows, size, window)
}

/// The innermost rows are a window over one index; searching is done inside it, so that it never runs through the whole log.
fn statement(filter: &AuditFilter) -> String {
    let mut window = String::from("SELECT * FROM audit WHERE workspace_id = $1 AND (at, id) < ($2, $3)");
    and(&mut window, filter.actor.is_some(), 4, "actor = ?");
    and(&mut window, filter.action.is_some(), 5, "action = ?");
    and(&mut window, filter.object.is_some(), 6, "object = ?");
    and(&mut window, filter.since.is_some(), 7, "at >= ?");
    and(&mut window, filter.until.is_some(), 8, "at < ?");
    window.push_str(" ORDER BY at DESC, id DESC LIMIT $10");
    let matches = if filter.search.is_some() { "search LIKE $9 ESCAPE '\\'" } else { "$9 IS NULL" };
    let mut sql = String::from("SELECT id, at, actor, address, action, object, team, environment, detail, ");
    let _ = write!(sql, "{matches} AS matches FROM ({window}) AS recent ORDER BY at DESC, id DESC");
    sql
}

fn page(rows: Vec<Row>, size: i64, window: i64) -> Result<Page<AuditEntry>> {
    let looked_at_all = i64::try_from(rows.len()).is_ok_and(|count| count < window);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let mut items = Vec::new();
    let mut last = None;
    for row in rows {
        if items.len() == size {
            return Ok(Page { items, next_cursor: last.as_ref().map(to_cursor).transpose()? });
        }
        last = Some((row.at, row.id));
        if row.matches {
            items.push(row.into());
        }
    }
    let next_cursor = last.filter(|_| !looked_at_all).as_ref().map(to_cursor).transpose()?;
    Ok(Page { items, next_cursor })
}

fn search_text(entry: &AuditEntry) -> String {
    let parts = [Some(&entry.actor), entry.address.as_ref(), Some(&entry.action), Some(&entry.object)];
    let mut text: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    text.extend(entry.team.as_deref());
    text.extend(entry.environment.as_deref());
    let detail = entry.detail.to_string();
    text.push(&detail);
    text.join("\n").to_lowercase()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    actor: String,
    address: Option<String>,
    action: String,
    object: String,
    team: Option<String>,
    environment: Option<String>,
    detail: JsonText<Value>,
    matches: bool,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        Self {
            id: AuditId(row.id),
            at: row.at,
            actor: row.actor,
            address: row.address,
            action: row.action,
            object: row.object,
            team: row.team,
            environment: row.environment,
            detail: row.detail.0,
        }
    }
}
