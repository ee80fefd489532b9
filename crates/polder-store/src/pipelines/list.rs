//! Pages of deployed pipelines, by team, name and environment.

use polder_types::wire::{Page, PipelineFilter};
use sqlx::AssertSqlSafe;

use super::{Pipeline, Row, select_where};
use crate::stored::{and, containing, from_cursor, page_size, to_cursor};
use crate::{Result, Tx};

/// The last pipeline of a page.
type Position = (String, String, String);

/// The pipelines that match; `teams` are those that the caller may see, `None` all.
pub async fn list(
    tx: &mut Tx,
    workspace_id: &str,
    filter: &PipelineFilter,
    teams: Option<&[String]>,
) -> Result<Page<Pipeline>> {
    page(tx, workspace_id, filter, teams, false).await
}

/// Those of them that are jobs.
pub async fn list_jobs(
    tx: &mut Tx,
    workspace_id: &str,
    filter: &PipelineFilter,
    teams: Option<&[String]>,
) -> Result<Page<Pipeline>> {
    page(tx, workspace_id, filter, teams, true).await
}

async fn page(
    tx: &mut Tx,
    workspace_id: &str,
    filter: &PipelineFilter,
    teams: Option<&[String]>,
    only_jobs: bool,
) -> Result<Page<Pipeline>> {
    let after: Option<Position> = from_cursor(filter.cursor.as_deref())?;
    let size = page_size(filter.limit);
    let sql = statement(filter, teams, only_jobs);
    let (team, name, environment) = after.unwrap_or_default();
    let rows: Vec<Row> = on!(tx, |c| {
        let query = sqlx::query_as(AssertSqlSafe(sql.as_str()))
            .bind(workspace_id)
            .bind(filter.environment.as_deref())
            .bind(filter.team.as_deref())
            .bind(filter.paused)
            .bind(filter.search.as_deref().map(containing))
            .bind(&team)
            .bind(&name)
            .bind(&environment)
            .bind(size);
        teams.unwrap_or_default().iter().fold(query, |query, team| query.bind(team)).fetch_all(c)
    })?;
    let items = rows.into_iter().map(Pipeline::try_from).collect::<Result<Vec<_>>>()?;
    let full = i64::try_from(items.len()) == Ok(size);
    let position = |last: &Pipeline| to_cursor(&(&last.team, &last.name, &last.environment));
    let next_cursor = items.last().filter(|_| full).map(position).transpose()?;
    Ok(Page { items, next_cursor })
}

fn statement(filter: &PipelineFilter, teams: Option<&[String]>, only_jobs: bool) -> String {
    let mut sql = select_where!("i.workspace_id = $1 AND i.archived_at IS NULL").to_owned();
    and(&mut sql, filter.environment.is_some(), 2, "i.environment = ?");
    and(&mut sql, filter.team.is_some(), 3, "i.team = ?");
    and(&mut sql, filter.paused.is_some(), 4, "i.paused = ?");
    and(&mut sql, filter.search.is_some(), 5, "i.search LIKE ? ESCAPE '\\'");
    if only_jobs {
        sql.push_str(" AND i.job");
    }
    // Without a cursor the three are empty, and come before every name.
    sql.push_str(" AND (i.team, i.name, i.environment) > ($6, $7, $8)");
    match teams.map(<[String]>::len) {
        None => {}
        Some(0) => sql.push_str(" AND FALSE"),
        Some(count) => {
            let places: Vec<String> = (0..count).map(|index| format!("${}", index + 10)).collect();
            sql.push_str(&format!(" AND i.team IN ({})", places.join(", ")));
        }
    }
    sql.push_str(" ORDER BY i.team, i.name, i.environment LIMIT $9");
    sql
}
