//! Pages of the revisions of many projects, newest first.

use polder_types::wire::{Page, Revision};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Row, select_where};
use crate::stored::{and, from_cursor, page_size, to_cursor};
use crate::{Result, Tx};

/// A search for text looks through this many revisions for one page; the cursor goes on behind them.
const SEARCHED: i64 = 2_000;

/// Which revisions.
#[derive(Debug, Clone, Copy, Default)]
pub struct RevisionFilter<'a> {
    pub team: Option<&'a str>,
    pub project: Option<&'a str>,
    pub environment: Option<&'a str>,
    /// Text in the project's name, who deployed, the note or the source.
    pub search: Option<&'a str>,
    pub cursor: Option<&'a str>,
    pub limit: Option<u32>,
}

/// The revisions that match; `teams` are those that the caller may see, `None` all. Jobs' are not among them.
pub async fn list_all(
    tx: &mut Tx,
    workspace_id: &str,
    filter: RevisionFilter<'_>,
    teams: Option<&[String]>,
) -> Result<Page<Revision>> {
    let before: Uuid = from_cursor(filter.cursor)?.unwrap_or(Uuid::max());
    let size = page_size(filter.limit);
    let window = if filter.search.is_some() { SEARCHED } else { size };
    let sql = statement(filter, teams);
    let rows: Vec<Row> = on!(tx, |c| {
        let query = sqlx::query_as(AssertSqlSafe(sql.as_str()))
            .bind(workspace_id)
            .bind(before)
            .bind(filter.team)
            .bind(filter.project)
            .bind(filter.environment)
            .bind(window);
        teams.unwrap_or_default().iter().fold(query, |query, team| query.bind(team)).fetch_all(c)
    })?;
    let full = i64::try_from(rows.len()) == Ok(window);
    page(rows, filter.search, usize::try_from(size).unwrap_or(usize::MAX), full)
}

fn statement(filter: RevisionFilter<'_>, teams: Option<&[String]>) -> String {
    let mut sql = select_where!("p.workspace_id = $1 AND r.id < $2 AND NOT p.job").to_owned();
    and(&mut sql, filter.team.is_some(), 3, "p.team = ?");
    and(&mut sql, filter.project.is_some(), 4, "p.name = ?");
    and(&mut sql, filter.environment.is_some(), 5, "p.environment = ?");
    if let Some(teams) = teams {
        let places: Vec<String> = (0..teams.len()).map(|index| format!("${}", index + 7)).collect();
        let places = if places.is_empty() { "NULL".to_owned() } else { places.join(", ") };
        sql.push_str(&format!(" AND p.team IN ({places})"));
    }
    sql.push_str(" ORDER BY r.id DESC LIMIT $6");
    sql
}

fn page(rows: Vec<Row>, search: Option<&str>, size: usize, full: bool) -> Result<Page<Revision>> {
    let wanted = search.map(str::to_lowercase);
    let mut items = Vec::new();
    let mut last = None;
    for row in rows {
        last = Some(row.id);
        if wanted.as_ref().is_none_or(|wanted| row.search_text().contains(wanted)) {
            items.push(Revision::try_from(row)?);
        }
        if items.len() == size {
            return Ok(Page { items, next_cursor: last.as_ref().map(to_cursor).transpose()? });
        }
    }
    let next_cursor = last.filter(|_| full).as_ref().map(to_cursor).transpose()?;
    Ok(Page { items, next_cursor })
}

impl Row {
    fn search_text(&self) -> String {
        let source: Vec<&str> =
            self.source.0.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]).collect();
        let note = self.note.as_deref().unwrap_or_default();
        format!("{}/{}\n{}\n{note}\n{}", self.team, self.project, self.created_by, source.join("\n"))
            .to_lowercase()
    }
}
