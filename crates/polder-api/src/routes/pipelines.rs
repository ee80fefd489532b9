//! Pipelines as they are deployed.

mod summary;

use axum::Json;
use axum::extract::State;
use polder_store::pipelines::{self as stored, Asked, Pipeline};
use polder_types::wire::{PipelineFilter, PipelinePage, PipelineView, Role, Why};
use serde_json::{Value, json};

use self::summary::summaries;
use super::{Answer, InEnvironment};
use crate::audit::Deed;
use crate::extract::{Path, Query};
use crate::{Api, Caller, Error};

/// How many of the newest runs stand in a list, and in a view.
const RUNS_IN_LIST: u32 = 10;
const RUNS_IN_VIEW: u32 = 50;

/// Pipelines, by team and name
#[utoipa::path(get, path = "/pipelines", tag = "pipelines", operation_id = "list_pipelines", params(PipelineFilter),
    responses((status = 200, body = PipelinePage)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<PipelineFilter>,
) -> Answer<PipelinePage> {
    caller.require_somewhere(Role::Viewer)?;
    let mut tx = api.read().await?;
    let teams = caller.teams();
    let since = api.engine().failures_count_since();
    let asked = Asked { workspace_id: &caller.workspace, filter: &filter, teams: teams.as_deref(), since };
    let page = stored::list(&mut tx, asked).await?;
    let total = match (&filter.cursor, &page.next_cursor) {
        (Some(_), _) => None,
        // A search reads all texts: not twice where it has found them all.
        (None, None) => Some(page.items.len() as u64),
        (None, Some(_)) => Some(stored::count(&mut tx, asked).await?),
    };
    let items = summaries(&api, &mut tx, page.items, RUNS_IN_LIST).await?;
    Ok(Json(PipelinePage { items, next_cursor: page.next_cursor, total }))
}

/// A pipeline with its definition, triggers and last runs
#[utoipa::path(get, path = "/pipelines/{team}/{name}", tag = "pipelines", operation_id = "get_pipeline",
    params(("team" = String, Path), ("name" = String, Path), InEnvironment), responses((status = 200, body = PipelineView)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(place): Query<InEnvironment>,
) -> Answer<PipelineView> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Viewer, &team, &name, &place.environment).await?;
    let definition =
        serde_json::to_value(&pipeline.definition).map_err(|error| Error::Internal(error.to_string()))?;
    let triggers = api.engine().trigger_views(&pipeline).await?;
    let start_url = start_url(&api, &pipeline);
    let mut summaries = summaries(&api, &mut api.read().await?, vec![pipeline], RUNS_IN_VIEW).await?;
    let summary = summaries.pop().ok_or_else(|| Error::Internal("a pipeline got lost".to_owned()))?;
    Ok(Json(PipelineView { summary, definition, triggers, start_url }))
}

/// What the triggers of a pipeline wait for, and why it ran last
#[utoipa::path(get, path = "/pipelines/{team}/{name}/why", tag = "pipelines", operation_id = "explain_pipeline",
    params(("team" = String, Path), ("name" = String, Path), InEnvironment), responses((status = 200, body = Why)))]
pub(crate) async fn why(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(place): Query<InEnvironment>,
) -> Answer<Why> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Viewer, &team, &name, &place.environment).await?;
    Ok(Json(api.engine().why(pipeline.id).await?))
}

/// Pause a pipeline: nothing starts it until it is resumed
#[utoipa::path(post, path = "/pipelines/{team}/{name}/pause", tag = "pipelines", operation_id = "pause_pipeline",
    params(("team" = String, Path), ("name" = String, Path), InEnvironment), responses((status = 200, body = Object)))]
pub(crate) async fn pause(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(place): Query<InEnvironment>,
) -> Answer<Value> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Operator, &team, &name, &place.environment).await?;
    set_paused(&api, &caller, &pipeline, true).await
}

/// Resume a paused pipeline
#[utoipa::path(post, path = "/pipelines/{team}/{name}/resume", tag = "pipelines", operation_id = "resume_pipeline",
    params(("team" = String, Path), ("name" = String, Path), InEnvironment), responses((status = 200, body = Object)))]
pub(crate) async fn resume(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(place): Query<InEnvironment>,
) -> Answer<Value> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Operator, &team, &name, &place.environment).await?;
    set_paused(&api, &caller, &pipeline, false).await
}

async fn set_paused(api: &Api, caller: &Caller, pipeline: &Pipeline, paused: bool) -> Answer<Value> {
    api.engine().pause(pipeline.id, paused, &caller.name).await?;
    if pipeline.paused != paused {
        let action = if paused { "pipeline.pause" } else { "pipeline.resume" };
        let object = format!("{}/{}", pipeline.team, pipeline.name);
        api.note(caller, Deed::new(action, object).of(&pipeline.team, &pipeline.environment)).await?;
    }
    Ok(Json(json!({"paused": paused})))
}

fn start_url(api: &Api, pipeline: &Pipeline) -> String {
    let Pipeline { team, name, environment, .. } = pipeline;
    let query = if environment == "prod" { String::new() } else { format!("?environment={environment}") };
    api.url(&format!("/pipelines/{team}/{name}/runs{query}"))
}
