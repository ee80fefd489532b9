//! Pipelines as they are deployed.

use axum::Json;
use axum::extract::State;
use polder_store::pipelines::{self as stored, Pipeline};
use polder_types::wire::{Page, PipelineFilter, PipelineSummary, PipelineView, Role, Why};
use serde_json::{Value, json};

use super::{Answer, InEnvironment};
use crate::audit::Deed;
use crate::extract::{Path, Query};
use crate::{Api, Caller, Error, Result};

/// How many of the newest runs stand in a list, and in a view.
const RUNS_IN_LIST: u32 = 10;
const RUNS_IN_VIEW: u32 = 50;

/// Pipelines, by team and name
#[utoipa::path(get, path = "/pipelines", tag = "pipelines", operation_id = "list_pipelines", params(PipelineFilter),
    responses((status = 200, body = Page<PipelineSummary>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<PipelineFilter>,
) -> Answer<Page<PipelineSummary>> {
    caller.require_somewhere(Role::Viewer)?;
    let mut tx = api.read().await?;
    let page = stored::list(&mut tx, &caller.workspace, &filter, caller.teams().as_deref()).await?;
    drop(tx);
    let mut items = Vec::with_capacity(page.items.len());
    for pipeline in page.items {
        items.push(summary(&api, pipeline, RUNS_IN_LIST).await?);
    }
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
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
    let summary = summary(&api, pipeline, RUNS_IN_VIEW).await?;
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

async fn summary(api: &Api, pipeline: Pipeline, runs: u32) -> Result<PipelineSummary> {
    let last_runs = api.store().last_runs(pipeline.id, runs).await?;
    let triggers = api.store().triggers_of(pipeline.id).await?;
    let next_at = triggers.iter().filter_map(|trigger| trigger.next_at).min().filter(|_| !pipeline.paused);
    Ok(PipelineSummary {
        id: pipeline.id,
        team: pipeline.team,
        name: pipeline.name,
        environment: pipeline.environment,
        project: Some(pipeline.project).filter(|_| !pipeline.job),
        job: pipeline.job,
        description: pipeline.definition.description,
        owner: pipeline.definition.owner,
        labels: pipeline.definition.labels,
        paused: pipeline.paused,
        revision: Some(pipeline.revision_id),
        next_at,
        last_runs,
    })
}

fn start_url(api: &Api, pipeline: &Pipeline) -> String {
    let Pipeline { team, name, environment, .. } = pipeline;
    let query = if environment == "prod" { String::new() } else { format!("?environment={environment}") };
    api.url(&format!("/pipelines/{team}/{name}/runs{query}"))
}
