//! Deploying projects: what would change, and changing it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use polder_store::projects as stored;
use polder_types::wire::{Deploy, Deployed, Page, Plan, Project, Role};
use serde_json::json;

use super::{Answer, Search};
use crate::audit::Deed;
use crate::extract::{Json as Body, Query};
use crate::{Api, Caller, Result};

/// What a deployment would change
#[utoipa::path(post, path = "/plans", tag = "deployments", operation_id = "plan", request_body = Deploy,
    responses((status = 200, body = Plan)))]
pub(crate) async fn plan(State(api): State<Api>, caller: Caller, Body(deploy): Body<Deploy>) -> Answer<Plan> {
    caller.require_somewhere(Role::Viewer)?;
    let checked = api.engine().check(&caller.workspace, deploy).await?;
    caller.require_team(Role::Viewer, checked.team())?;
    Ok(Json(api.engine().plan_checked(&checked).await?))
}

/// Deploy a project
///
/// 201 with the new revision; 200 with the present one if nothing is different.
#[utoipa::path(post, path = "/deployments", tag = "deployments", operation_id = "deploy", request_body = Deploy,
    responses((status = 201, body = Deployed), (status = 200, body = Deployed)))]
pub(crate) async fn deploy(
    State(api): State<Api>,
    caller: Caller,
    Body(deploy): Body<Deploy>,
) -> Result<Response> {
    // Whose project it is, its files say: only when they are read is it known for which team the role is needed.
    caller.require_somewhere(Role::Viewer)?;
    let checked = api.engine().check(&caller.workspace, deploy).await?;
    caller.require_team(Role::Operator, checked.team())?;
    // Whose pipelines its steps start, with their secrets: that takes the same right as starting them by hand.
    for team in checked.called_teams() {
        caller.require_team(Role::Operator, team)?;
    }
    let deployed = api.engine().deploy_checked(&checked, &caller.name).await?;
    note(&api, &caller, "project.deploy", &deployed).await?;
    Ok((created(&deployed), Json(deployed)).into_response())
}

/// Projects and the revision of each that is deployed
#[utoipa::path(get, path = "/projects", tag = "deployments", operation_id = "list_projects", params(Search),
    responses((status = 200, body = Page<Project>)))]
pub(crate) async fn projects(
    State(api): State<Api>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Answer<Page<Project>> {
    caller.require_somewhere(Role::Viewer)?;
    let mut tx = api.read().await?;
    let found = stored::list(&mut tx, &caller.workspace).await?;
    let seen =
        found.into_iter().filter(|project| !project.job && caller.may(Role::Viewer, Some(&project.team)));
    let items = seen.map(|project| Project {
        id: project.id,
        team: project.team,
        name: project.name,
        environment: project.environment,
        current_revision: project.current_revision_id,
    });
    let text = |project: &Project| format!("{}/{} {}", project.team, project.name, project.environment);
    Ok(Json(search.page(items, text)))
}

/// Writes down what was deployed, unless it was there already.
pub(super) async fn note(
    api: &Api,
    caller: &Caller,
    action: &'static str,
    deployed: &Deployed,
) -> Result<()> {
    if created(deployed) == StatusCode::OK {
        return Ok(());
    }
    let revision = &deployed.revision;
    let deed = Deed::new(action, format!("{}/{}", revision.team, revision.project));
    let detail = json!({"revision": revision.id, "number": revision.number, "rolled_back_to": revision.rolled_back_to});
    api.note(caller, deed.of(&revision.team, &revision.environment).with(detail)).await
}

/// 201 for a new revision, 200 for the present one.
pub(super) fn created(deployed: &Deployed) -> StatusCode {
    if deployed.new { StatusCode::CREATED } else { StatusCode::OK }
}
