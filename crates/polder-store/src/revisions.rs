//! Revisions: immutable deployments of a project, with its definition and the list of its files.

mod list;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use polder_types::definition;
use polder_types::id::{ProjectId, RevisionId};
use polder_types::wire::{Page, ProjectFile, Revision};
use uuid::Uuid;

pub use self::list::{RevisionFilter, list_all};
use crate::stored::{from_cursor, from_document, number, page_size, to_cursor, to_document};
use crate::{JsonText, Result, Tx};

/// Version of the stored list of files.
const FILES_VERSION: u32 = 1;

macro_rules! select_where {
    ($condition:literal) => {
        concat!(
            "SELECT r.id, p.name AS project, p.team, p.environment, r.number, r.created_at, r.created_by, r.note, r.source,
                r.rolled_back_to, p.current_revision_id
            FROM revisions r JOIN projects p ON p.id = r.project_id WHERE ",
            $condition
        )
    };
}
use select_where;

#[derive(Debug, Clone, Copy)]
pub struct NewRevision<'a> {
    pub id: RevisionId,
    pub project_id: ProjectId,
    pub created_at: DateTime<Utc>,
    pub created_by: &'a str,
    pub note: Option<&'a str>,
    pub source: &'a BTreeMap<String, String>,
    pub rolled_back_to: Option<RevisionId>,
    pub definition: &'a definition::Project,
    pub files: &'a [ProjectFile],
}

/// Stores a revision and answers its number. The project must be locked, see [`crate::projects::find_or_create`].
pub async fn insert(tx: &mut Tx, new: NewRevision<'_>) -> Result<u32> {
    let sql = "INSERT INTO revisions
        (id, project_id, created_at, created_by, note, source, rolled_back_to, definition, files, number)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
            (SELECT COALESCE(MAX(number), 0) + 1 FROM revisions WHERE project_id = $2))
        RETURNING number";
    let definition = to_document(definition::VERSION, new.definition)?;
    let files = to_document(FILES_VERSION, &new.files)?;
    let count: i64 = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(new.id.0)
        .bind(new.project_id.0)
        .bind(new.created_at)
        .bind(new.created_by)
        .bind(new.note)
        .bind(JsonText(new.source))
        .bind(new.rolled_back_to.map(|id| id.0))
        .bind(definition)
        .bind(files)
        .fetch_one(c))?;
    number("revision number", count)
}

pub async fn get(tx: &mut Tx, id: RevisionId) -> Result<Revision> {
    let sql = select_where!("r.id = $1");
    let row: Row = on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_one(c))?;
    row.try_into()
}

/// The revisions of a project, newest first.
pub async fn list(
    tx: &mut Tx,
    project: ProjectId,
    cursor: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Revision>> {
    let sql = select_where!("r.project_id = $1 AND r.number < $2 ORDER BY r.number DESC LIMIT $3");
    let before = from_cursor(cursor)?.unwrap_or(i64::MAX);
    let size = page_size(limit);
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sql).bind(project.0).bind(before).bind(size).fetch_all(c))?;
    let full = i64::try_from(rows.len()) == Ok(size);
    let next_cursor = rows.last().filter(|_| full).map(|row| to_cursor(&row.number)).transpose()?;
    let items = rows.into_iter().map(Revision::try_from).collect::<Result<_>>()?;
    Ok(Page { items, next_cursor })
}

/// What was deployed, as the engine uses it.
pub async fn definition(tx: &mut Tx, id: RevisionId) -> Result<definition::Project> {
    let sql = "SELECT definition FROM revisions WHERE id = $1";
    let text: String = on!(tx, |c| sqlx::query_scalar(sql).bind(id.0).fetch_one(c))?;
    from_document("definition of a revision", definition::VERSION, &text)
}

pub async fn files(tx: &mut Tx, id: RevisionId) -> Result<Vec<ProjectFile>> {
    let sql = "SELECT files FROM revisions WHERE id = $1";
    let text: String = on!(tx, |c| sqlx::query_scalar(sql).bind(id.0).fetch_one(c))?;
    from_document("files of a revision", FILES_VERSION, &text)
}

/// How many revisions of a project are looked through for a file.
const LOOKED_THROUGH: i64 = 100;

/// Whether one of these teams has deployed a file with this content, in one of the newest revisions of a project.
pub async fn has_file(tx: &mut Tx, workspace_id: &str, teams: &[String], sha256: &str) -> Result<bool> {
    let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let sql = "SELECT r.number FROM projects p JOIN revisions r ON r.project_id = p.id
        JOIN revisions newest ON newest.id = p.current_revision_id AND r.number > newest.number - $4
        WHERE p.workspace_id = $1 AND p.team = $2 AND r.files LIKE $3 LIMIT 1";
    for team in teams.iter().filter(|_| is_hash) {
        let found: Option<i64> = on!(tx, |c| sqlx::query_scalar(sql)
            .bind(workspace_id)
            .bind(team)
            .bind(format!("%\"{sha256}\"%"))
            .bind(LOOKED_THROUGH)
            .fetch_optional(c))?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

pub async fn project_of(tx: &mut Tx, id: RevisionId) -> Result<ProjectId> {
    let sql = "SELECT project_id FROM revisions WHERE id = $1";
    on!(tx, |c| sqlx::query_scalar(sql).bind(id.0).fetch_one(c)).map(ProjectId)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    project: String,
    team: String,
    environment: String,
    number: i64,
    created_at: DateTime<Utc>,
    created_by: String,
    note: Option<String>,
    source: JsonText<BTreeMap<String, String>>,
    rolled_back_to: Option<Uuid>,
    current_revision_id: Option<Uuid>,
}

impl TryFrom<Row> for Revision {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: RevisionId(row.id),
            project: row.project,
            team: row.team,
            environment: row.environment,
            number: number("revision number", row.number)?,
            created_at: row.created_at,
            created_by: row.created_by,
            note: row.note,
            source: row.source.0,
            current: row.current_revision_id == Some(row.id),
            rolled_back_to: row.rolled_back_to.map(RevisionId),
        })
    }
}
