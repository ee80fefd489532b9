//! Pipelines as they are deployed now: one row each, over all revisions. What is no longer deployed is archived, not deleted,
//! and comes back under its old id. A job is the one pipeline of a project of its own.

mod list;
mod standing;
mod uses;

use chrono::{DateTime, Utc};
use polder_types::definition;
use polder_types::id::{PipelineId, ProjectId, RevisionId};
use uuid::Uuid;

pub use self::list::{Asked, count, list, list_jobs};
pub use self::standing::{Standings, standings};
use self::uses::{set_calls, set_secrets};
use crate::stored::{from_document, to_document};
use crate::{Error, Result, Tx};

macro_rules! select_where {
    ($condition:literal) => {
        concat!(
            "SELECT i.id, i.workspace_id, i.environment, i.team, i.name, i.project_id, o.name AS project, i.revision_id,
                i.job, i.definition, i.paused, i.created_at, i.updated_at, i.archived_at
            FROM pipelines i JOIN projects o ON o.id = i.project_id WHERE ",
            $condition
        )
    };
}
pub(crate) use select_where;

/// What identifies a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipelineKey<'a> {
    pub workspace_id: &'a str,
    pub environment: &'a str,
    pub team: &'a str,
    pub name: &'a str,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub id: PipelineId,
    pub workspace_id: String,
    pub environment: String,
    pub team: String,
    pub name: String,
    pub project_id: ProjectId,
    /// The project's name; a job's own for a job.
    pub project: String,
    pub revision_id: RevisionId,
    pub job: bool,
    pub definition: definition::Pipeline,
    pub paused: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Since when it is no longer deployed.
    pub archived_at: Option<DateTime<Utc>>,
}

/// A pipeline as a deployment brings it.
#[derive(Debug, Clone, Copy)]
pub struct Deployed<'a> {
    pub workspace_id: &'a str,
    pub environment: &'a str,
    pub team: &'a str,
    pub project_id: ProjectId,
    pub revision_id: RevisionId,
    pub job: bool,
    pub definition: &'a definition::Pipeline,
    pub at: DateTime<Utc>,
}

/// Adds or changes a pipeline; answers its id. It is a [`Error::Conflict`] if another project has one of this name.
pub async fn upsert(tx: &mut Tx, new: Deployed<'_>) -> Result<PipelineId> {
    let sql = "INSERT INTO pipelines (id, workspace_id, environment, team, name, project_id, revision_id, job, definition,
            search, paused, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
        ON CONFLICT (workspace_id, environment, team, name) DO UPDATE SET project_id = excluded.project_id,
            revision_id = excluded.revision_id, job = excluded.job, definition = excluded.definition,
            search = excluded.search, updated_at = excluded.updated_at, archived_at = NULL
        WHERE pipelines.project_id = excluded.project_id OR pipelines.archived_at IS NOT NULL
        RETURNING id";
    let definition = to_document(definition::VERSION, new.definition)?;
    let id: Option<Uuid> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(PipelineId::new(new.at).0)
        .bind(new.workspace_id)
        .bind(new.environment)
        .bind(new.team)
        .bind(&new.definition.name)
        .bind(new.project_id.0)
        .bind(new.revision_id.0)
        .bind(new.job)
        .bind(&definition)
        .bind(search_text(new.team, new.definition))
        .bind(false)
        .bind(new.at)
        .fetch_optional(c))?;
    let id = id.ok_or_else(|| taken(new.team, &new.definition.name))?;
    set_secrets(tx, PipelineId(id), new.definition).await?;
    set_calls(tx, PipelineId(id), new.definition).await?;
    Ok(PipelineId(id))
}

/// Archives the project's pipelines that are not among `kept`; answers which.
pub async fn archive_others(
    tx: &mut Tx,
    project: ProjectId,
    kept: &[PipelineId],
    at: DateTime<Utc>,
) -> Result<Vec<PipelineId>> {
    let mut archived = Vec::new();
    for pipeline in of_project(tx, project).await? {
        if !kept.contains(&pipeline.id) {
            let sql = "UPDATE pipelines SET archived_at = $2, updated_at = $2 WHERE id = $1";
            execute!(tx, sqlx::query(sql).bind(pipeline.id.0).bind(at))?;
            archived.push(pipeline.id);
        }
    }
    Ok(archived)
}

/// The pipeline, also if it is archived.
pub async fn get(tx: &mut Tx, id: PipelineId) -> Result<Pipeline> {
    let sql = select_where!("i.id = $1");
    let row: Row = on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_one(c))?;
    row.try_into()
}

/// The deployed pipeline of this name.
pub async fn find(tx: &mut Tx, key: PipelineKey<'_>) -> Result<Option<Pipeline>> {
    let sql = select_where!(
        "i.workspace_id = $1 AND i.environment = $2 AND i.team = $3 AND i.name = $4 AND i.archived_at IS NULL"
    );
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(key.workspace_id)
        .bind(key.environment)
        .bind(key.team)
        .bind(key.name)
        .fetch_optional(c))?;
    row.map(Pipeline::try_from).transpose()
}

/// The deployed pipelines of a project, by name.
pub async fn of_project(tx: &mut Tx, project: ProjectId) -> Result<Vec<Pipeline>> {
    let sql = select_where!("i.project_id = $1 AND i.archived_at IS NULL ORDER BY i.name");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(project.0).fetch_all(c))?;
    rows.into_iter().map(Pipeline::try_from).collect()
}

/// Team and name of every pipeline that is deployed to an environment, sorted.
pub async fn names(tx: &mut Tx, workspace_id: &str, environment: &str) -> Result<Vec<(String, String)>> {
    let sql = "SELECT team, name FROM pipelines
        WHERE workspace_id = $1 AND environment = $2 AND archived_at IS NULL ORDER BY team, name";
    on!(tx, |c| sqlx::query_as(sql).bind(workspace_id).bind(environment).fetch_all(c))
}

/// Pauses or resumes; false if nothing changed.
pub async fn set_paused(tx: &mut Tx, id: PipelineId, paused: bool, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE pipelines SET paused = $2, updated_at = $3 WHERE id = $1 AND paused <> $2";
    Ok(execute!(tx, sqlx::query(sql).bind(id.0).bind(paused).bind(at))? == 1)
}

/// What a search looks through: name, description, owner and labels, in lower case.
fn search_text(team: &str, definition: &definition::Pipeline) -> String {
    let mut text = format!("{team}/{}", definition.name);
    let labels = definition.labels.iter().map(|(name, value)| format!("{name}={value}"));
    for part in definition.description.iter().chain(&definition.owner).cloned().chain(labels) {
        text.push('\n');
        text.push_str(&part);
    }
    text.to_lowercase()
}

fn taken(team: &str, name: &str) -> Error {
    Error::Conflict(format!("the pipeline {team}/{name} belongs to another project"))
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    workspace_id: String,
    environment: String,
    team: String,
    name: String,
    project_id: Uuid,
    project: String,
    revision_id: Uuid,
    job: bool,
    definition: String,
    paused: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    archived_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Pipeline {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PipelineId(row.id),
            workspace_id: row.workspace_id,
            environment: row.environment,
            team: row.team,
            name: row.name,
            project_id: ProjectId(row.project_id),
            project: row.project,
            revision_id: RevisionId(row.revision_id),
            job: row.job,
            definition: from_document("definition of a pipeline", definition::VERSION, &row.definition)?,
            paused: row.paused,
            created_at: row.created_at,
            updated_at: row.updated_at,
            archived_at: row.archived_at,
        })
    }
}
