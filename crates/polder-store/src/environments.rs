//! In which environments there are pipelines, and of which teams.

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
