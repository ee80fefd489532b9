//! Projects in their environments, and which revision of each is the current one. A job is a project of one pipeline.

use chrono::{DateTime, Utc};
use polder_types::id::{ProjectId, RevisionId};
use uuid::Uuid;

use crate::{Result, Tx};

/// What identifies a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectKey<'a> {
    pub workspace_id: &'a str,
    pub environment: &'a str,
    pub team: &'a str,
    pub name: &'a str,
    pub job: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub workspace_id: String,
    pub environment: String,
    pub team: String,
    pub name: String,
    pub job: bool,
    pub current_revision_id: Option<RevisionId>,
}

/// Finds the project, or makes it; and keeps other deployments of it waiting until this transaction ends.
pub async fn find_or_create(tx: &mut Tx, key: ProjectKey<'_>, now: DateTime<Utc>) -> Result<Project> {
    let ProjectKey { workspace_id, environment, team, name, job } = key;
    tx.lock("project", format!("{workspace_id} {environment} {team} {name} {job}")).await?;
    let sql = "INSERT INTO projects (id, workspace_id, environment, team, name, job, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let id = ProjectId::new(now).0;
    execute!(
        tx,
        sqlx::query(sql)
            .bind(id)
            .bind(workspace_id)
            .bind(environment)
            .bind(team)
            .bind(name)
            .bind(job)
            .bind(now)
    )?;
    find(tx, key).await?.ok_or(crate::Error::NotFound)
}

pub async fn find(tx: &mut Tx, key: ProjectKey<'_>) -> Result<Option<Project>> {
    let sql = "SELECT * FROM projects
        WHERE workspace_id = $1 AND environment = $2 AND team = $3 AND name = $4 AND job = $5";
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(key.workspace_id)
        .bind(key.environment)
        .bind(key.team)
        .bind(key.name)
        .bind(key.job)
        .fetch_optional(c))?;
    Ok(row.map(Project::from))
}

pub async fn get(tx: &mut Tx, id: ProjectId) -> Result<Project> {
    let sql = "SELECT * FROM projects WHERE id = $1";
    let row: Row = on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_one(c))?;
    Ok(row.into())
}

/// All projects and jobs of a workspace.
pub async fn list(tx: &mut Tx, workspace_id: &str) -> Result<Vec<Project>> {
    let sql = "SELECT * FROM projects WHERE workspace_id = $1 ORDER BY environment, team, name, job";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(workspace_id).fetch_all(c))?;
    Ok(rows.into_iter().map(Project::from).collect())
}

/// From now on, new runs of the project's pipelines use this revision.
pub async fn set_current(tx: &mut Tx, id: ProjectId, revision: RevisionId) -> Result<()> {
    let sql = "UPDATE projects SET current_revision_id = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id.0).bind(revision.0))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    workspace_id: String,
    environment: String,
    team: String,
    name: String,
    job: bool,
    current_revision_id: Option<Uuid>,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            id: ProjectId(row.id),
            workspace_id: row.workspace_id,
            environment: row.environment,
            team: row.team,
            name: row.name,
            job: row.job,
            current_revision_id: row.current_revision_id.map(RevisionId),
        }
    }
}
