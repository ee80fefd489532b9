//! Revisions of projects.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use polder_store::projects::{self, ProjectKey};
use polder_store::revisions::{self, RevisionFilter};
use polder_types::id::RevisionId;
use polder_types::wire::{Deployed, Page, Revision, RevisionFiles, Role};
use serde::Deserialize;

use super::{Answer, deployments};
use crate::extract::{Path, Query};
use crate::{Api, Caller, Error, Result};

/// Whose revisions; of all projects that the caller may see if none is named.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Of {
    team: Option<String>,
    project: Option<String>,
    /// If left out: `prod` where a team's project is named, else all.
    environment: Option<String>,
    /// Text in the project's name, who deployed, the note or the source. Looks through 2,000 revisions for a page; `next_cursor` goes on
    /// behind them.
    search: Option<String>,
    cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    limit: Option<u32>,
}

/// Revisions, newest first
#[utoipa::path(get, path = "/revisions", tag = "deployments", operation_id = "list_revisions", params(Of),
    responses((status = 200, body = Page<Revision>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(of): Query<Of>,
) -> Answer<Page<Revision>> {
    caller.require_somewhere(Role::Viewer)?;
    let mut environment = of.environment.as_deref();
    if let (Some(team), Some(name)) = (&of.team, &of.project) {
        environment = environment.or(Some("prod"));
        require_project(&api, &caller, environment.unwrap_or_default(), team, name).await?;
    }
    let filter = RevisionFilter {
        team: of.team.as_deref(),
        project: of.project.as_deref(),
        environment,
        search: of.search.as_deref().filter(|search| !search.trim().is_empty()),
        cursor: of.cursor.as_deref(),
        limit: of.limit,
    };
    let mut tx = api.read().await?;
    Ok(Json(revisions::list_all(&mut tx, &caller.workspace, filter, caller.teams().as_deref()).await?))
}

/// A project that is named has to be there.
async fn require_project(
    api: &Api,
    caller: &Caller,
    environment: &str,
    team: &str,
    name: &str,
) -> Result<()> {
    let what = format!("project {team}/{name} in {environment}");
    caller.require(Role::Viewer, team, &what)?;
    let key = ProjectKey { workspace_id: &caller.workspace, environment, team, name, job: false };
    let found = projects::find(&mut api.read().await?, key).await?;
    found.map(drop).ok_or_else(|| Error::not_found(what))
}

/// A revision
#[utoipa::path(get, path = "/revisions/{id}", tag = "deployments", operation_id = "get_revision", params(("id" = RevisionId, Path)),
    responses((status = 200, body = Revision)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RevisionId>,
) -> Answer<Revision> {
    Ok(Json(visible(&api, &caller, id).await?))
}

/// The files of a revision
#[utoipa::path(get, path = "/revisions/{id}/files", tag = "deployments", operation_id = "get_revision_files",
    params(("id" = RevisionId, Path)), responses((status = 200, body = RevisionFiles)))]
pub(crate) async fn files(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RevisionId>,
) -> Answer<RevisionFiles> {
    visible(&api, &caller, id).await?;
    let files = revisions::files(&mut api.read().await?, id).await?;
    Ok(Json(RevisionFiles { files }))
}

/// Go back to a revision: deploy what it had, as a new one
#[utoipa::path(post, path = "/revisions/{id}/rollback", tag = "deployments", operation_id = "roll_back",
    params(("id" = RevisionId, Path)), responses((status = 201, body = Deployed), (status = 200, body = Deployed)))]
pub(crate) async fn rollback(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RevisionId>,
) -> Result<Response> {
    let revision = visible(&api, &caller, id).await?;
    caller.require(Role::Operator, &revision.team, &format!("revision {id}"))?;
    let deployed = api.engine().roll_back(id, &caller.name).await?;
    deployments::note(&api, &caller, "project.rollback", &deployed).await?;
    Ok((deployments::created(&deployed), Json(deployed)).into_response())
}

/// A revision, for whoever may see it; agents may see all.
async fn visible(api: &Api, caller: &Caller, id: RevisionId) -> Result<Revision> {
    let what = format!("revision {id}");
    let mut tx = api.read().await?;
    let found = match revisions::get(&mut tx, id).await {
        Err(polder_store::Error::NotFound) => return Err(Error::not_found(what)),
        found => found?,
    };
    if !caller.may(Role::Agent, None) {
        caller.require(Role::Viewer, &found.team, &what)?;
    }
    Ok(found)
}
