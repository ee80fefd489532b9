//! Which environments there are; in which there are pipelines, and of which teams.

use std::collections::BTreeSet;

use polder_types::wire::{EnvironmentTeam, EnvironmentView};

use crate::run_views::RunScope;
use crate::statement::{Statement, text};
use crate::stored::number;
use crate::{Result, Tx};

/// The environments with pipelines of teams that are seen, by name.
pub async fn of_pipelines(tx: &mut Tx, scope: &RunScope) -> Result<Vec<EnvironmentView>> {
    let statement =
        Statement::new("SELECT p.environment, p.team, count(*) FROM pipelines p WHERE p.archived_at IS NULL")
            .with("AND p.workspace_id = ?", text(&scope.workspace));
    let statement = match &scope.teams {
        None => statement,
        Some(teams) => statement.any("AND p.team", teams.iter().map(|team| text(team))),
    };
    let rows: Vec<(String, String, i64)> =
        statement.and("GROUP BY p.environment, p.team ORDER BY p.environment, p.team").all(tx).await?;
    let mut environments: Vec<EnvironmentView> = Vec::new();
    for (name, team, count) in rows {
        let pipelines = number("count", count)?;
        if environments.last().is_none_or(|last| last.name != name) {
            environments.push(EnvironmentView { name, pipelines: 0, teams: Vec::new() });
        }
        if let Some(last) = environments.last_mut() {
            last.pipelines += pipelines;
            last.teams.push(EnvironmentTeam { name: team, pipelines });
        }
    }
    Ok(environments)
}

/// Whether something was deployed to an environment, or a step has written in it.
pub async fn is_used(tx: &mut Tx, workspace: &str, environment: &str) -> Result<bool> {
    let sql = "SELECT environment FROM projects WHERE workspace_id = $1 AND environment = $2
        UNION ALL SELECT environment FROM lake_environments WHERE workspace_id = $1 AND environment = $2 LIMIT 1";
    let found: Option<(String,)> =
        on!(tx, |c| sqlx::query_as(sql).bind(workspace).bind(environment).fetch_optional(c))?;
    Ok(found.is_some())
}

/// All that are used, and those that projects declare as they are deployed now. Reads their definitions.
pub async fn known(tx: &mut Tx, workspace: &str) -> Result<BTreeSet<String>> {
    let used = "SELECT environment FROM projects WHERE workspace_id = $1
        UNION SELECT environment FROM lake_environments WHERE workspace_id = $1";
    let declared = if tx.is_postgres() { DECLARED_POSTGRES } else { DECLARED_SQLITE };
    let mut known = BTreeSet::new();
    for sql in [used, declared] {
        let found: Vec<(String,)> = on!(tx, |c| sqlx::query_as(sql).bind(workspace).fetch_all(c))?;
        known.extend(found.into_iter().map(|(name,)| name));
    }
    Ok(known)
}

/// Documents of each version have the names there, as keys.
const DECLARED_SQLITE: &str = "SELECT DISTINCT declared.key FROM projects p
    JOIN revisions r ON r.id = p.current_revision_id, json_each(r.definition, '$.content.environments') declared
    WHERE p.workspace_id = $1 AND NOT p.job";
const DECLARED_POSTGRES: &str = "SELECT DISTINCT declared.name FROM projects p
    JOIN revisions r ON r.id = p.current_revision_id
    CROSS JOIN LATERAL json_object_keys(r.definition::json #> '{content,environments}') AS declared (name)
    WHERE p.workspace_id = $1 AND NOT p.job";
