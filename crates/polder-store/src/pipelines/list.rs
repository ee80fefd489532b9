//! Pages of deployed pipelines, by team, name and environment.

use chrono::{DateTime, Utc};
use polder_types::wire::{Page, PipelineFilter, PipelineState};

use super::{Pipeline, Row, select_where};
use crate::overview::broken::counts;
use crate::statement::{Statement, Value, text};
use crate::stored::{containing, from_cursor, number, page_size, to_cursor};
use crate::{Result, Tx};

/// The last pipeline of a page.
type Position = (String, String, String);

/// Which pipelines somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub workspace_id: &'a str,
    pub filter: &'a PipelineFilter,
    /// Those that the caller may see, `None`: all.
    pub teams: Option<&'a [String]>,
    /// Since when a failure counts that is not the newest run.
    pub since: DateTime<Utc>,
}

/// The pipelines that match.
pub async fn list(tx: &mut Tx, asked: Asked<'_>) -> Result<Page<Pipeline>> {
    page(tx, asked, "").await
}

/// Those of them that are jobs.
pub async fn list_jobs(tx: &mut Tx, asked: Asked<'_>) -> Result<Page<Pipeline>> {
    page(tx, asked, "AND i.job").await
}

/// How many match, on all pages.
pub async fn count(tx: &mut Tx, asked: Asked<'_>) -> Result<u64> {
    let sql = "SELECT count(*) FROM pipelines i WHERE i.archived_at IS NULL";
    let rows: Vec<(i64,)> = conditions(Statement::new(sql), asked).all(tx).await?;
    number("count", rows.first().map_or(0, |(count,)| *count))
}

async fn page(tx: &mut Tx, asked: Asked<'_>, only: &str) -> Result<Page<Pipeline>> {
    let after: Option<Position> = from_cursor(asked.filter.cursor.as_deref())?;
    let size = page_size(asked.filter.limit);
    let mut statement = conditions(Statement::new(select_where!("i.archived_at IS NULL")), asked).and(only);
    if let Some((team, name, environment)) = after {
        statement = statement
            .with("AND (i.team, i.name, i.environment) > (?,", Value::Text(team))
            .with("?,", Value::Text(name))
            .with("?)", Value::Text(environment));
    }
    let statement = statement.with("ORDER BY i.team, i.name, i.environment LIMIT ?", Value::Number(size));
    let rows: Vec<Row> = statement.all(tx).await?;
    let items = rows.into_iter().map(Pipeline::try_from).collect::<Result<Vec<_>>>()?;
    let full = i64::try_from(items.len()) == Ok(size);
    let position = |last: &Pipeline| to_cursor(&(&last.team, &last.name, &last.environment));
    let next_cursor = items.last().filter(|_| full).map(position).transpose()?;
    Ok(Page { items, next_cursor })
}

/// Only what is asked for stands in the statement, so that a planner sees nothing else.
fn conditions(statement: Statement, asked: Asked<'_>) -> Statement {
    let filter = asked.filter;
    let mut statement = statement.with("AND i.workspace_id = ?", text(asked.workspace_id));
    for (condition, value) in
        [("AND i.environment = ?", &filter.environment), ("AND i.team = ?", &filter.team)]
    {
        if let Some(value) = value {
            statement = statement.with(condition, text(value));
        }
    }
    if let Some(paused) = filter.paused {
        statement = statement.and(if paused { "AND i.paused" } else { "AND NOT i.paused" });
    }
    if let Some(search) = &filter.search {
        statement = statement.with("AND i.search LIKE ? ESCAPE '\\'", Value::Text(containing(search)));
    }
    if let Some(teams) = asked.teams {
        statement = statement.any("AND i.team", teams.iter().map(|team| text(team)));
    }
    match filter.state {
        Some(state) => standing(statement, state, asked),
        None => statement,
    }
}

fn standing(statement: Statement, state: PipelineState, asked: Asked<'_>) -> Statement {
    let running = |statement: Statement, is: &str| {
        let sql = format!(
            "AND i.id {is} (SELECT r.pipeline_id FROM runs r WHERE r.status IN ('QUEUED', 'RUNNING') AND r.workspace_id = ?)"
        );
        statement.with(&sql, text(asked.workspace_id))
    };
    let broken = |statement: Statement, is: &str| {
        let sql =
            format!("AND i.id {is} (SELECT u.pipeline_id FROM unmended_runs u WHERE u.workspace_id = ?");
        statement
            .with(&sql, text(asked.workspace_id))
            .with(&format!("AND {})", counts("u", "?")), Value::Time(asked.since))
    };
    match state {
        PipelineState::Broken => broken(statement, "IN"),
        PipelineState::Running => running(statement, "IN"),
        PipelineState::Paused => statement.and("AND i.paused"),
        PipelineState::Ok => running(broken(statement.and("AND NOT i.paused"), "NOT IN"), "NOT IN"),
    }
}
