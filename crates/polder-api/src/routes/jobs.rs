//! Jobs: scripts and commands that one request registers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use polder_store::pipelines::{self, Asked, Pipeline, PipelineKey};
use polder_store::revisions;
use polder_types::id::{PipelineId, RevisionId};
use polder_types::wire::{Job, JobView, Page, PipelineFilter, RegisterJob, Role};
use serde_json::json;

use super::Answer;
use crate::audit::Deed;
use crate::extract::{Path, PrivateJson, Query};
use crate::{Api, Caller, Error, Result};

/// Jobs, by team and name
#[utoipa::path(get, path = "/jobs", tag = "jobs", operation_id = "list_jobs", params(PipelineFilter),
    responses((status = 200, body = Page<Job>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<PipelineFilter>,
) -> Answer<Page<Job>> {
    caller.require_somewhere(Role::Viewer)?;
    let mut tx = api.read().await?;
    let teams = caller.teams();
    let since = api.engine().failures_count_since();
    let asked = Asked { workspace_id: &caller.workspace, filter: &filter, teams: teams.as_deref(), since };
    let page = pipelines::list_jobs(&mut tx, asked).await?;
    let items = page.items.into_iter().map(|pipeline| job(&api, pipeline)).collect();
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// Register a script or command as a job, or change it
///
/// 201 with a new revision; 200 if nothing is different. Values of secrets are set in either case.
#[utoipa::path(post, path = "/jobs", tag = "jobs", operation_id = "register_job", request_body = RegisterJob,
    responses((status = 201, body = Job), (status = 200, body = Job)))]
pub(crate) async fn register(
    State(api): State<Api>,
    caller: Caller,
    PrivateJson(job): PrivateJson<RegisterJob>,
) -> Result<Response> {
    caller.require_team(Role::Operator, &job.team)?;
    let before = revision_of(&api, &caller, &job).await?;
    let secrets: Vec<String> = job.secret_values.keys().cloned().collect();
    let job = api.engine().register_job(&caller.workspace, job, &caller.name).await?;
    let same = before == Some(job.revision);
    if !same || !secrets.is_empty() {
        let deed =
            Deed::new("job.register", format!("{}/{}", job.team, job.name)).of(&job.team, &job.environment);
        let detail = json!({"job": job.id, "revision": job.revision, "secrets_set": secrets});
        api.note(&caller, deed.with(detail)).await?;
    }
    let status = if same { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(job)).into_response())
}

/// A job with what it does
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", operation_id = "get_job", params(("id" = PipelineId, Path)),
    responses((status = 200, body = JobView)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<PipelineId>,
) -> Answer<JobView> {
    let pipeline = super::job_of(&api, &caller, Role::Viewer, id).await?;
    let definition =
        serde_json::to_value(&pipeline.definition).map_err(|error| Error::Internal(error.to_string()))?;
    let files = revisions::files(&mut api.read().await?, pipeline.revision_id).await?;
    Ok(Json(JobView { paused: pipeline.paused, job: job(&api, pipeline), definition, files }))
}

/// The revision that the job of this name has now.
async fn revision_of(api: &Api, caller: &Caller, job: &RegisterJob) -> Result<Option<RevisionId>> {
    let RegisterJob { environment, team, name, .. } = job;
    let key = PipelineKey { workspace_id: &caller.workspace, environment, team, name };
    let found = pipelines::find(&mut api.read().await?, key).await?;
    Ok(found.filter(|found| found.archived_at.is_none()).map(|found| found.revision_id))
}

fn job(api: &Api, pipeline: Pipeline) -> Job {
    let Pipeline { id, team, name, environment, revision_id, .. } = pipeline;
    Job {
        id,
        team,
        name,
        environment,
        start_url: api.url(&format!("/jobs/{id}/runs")),
        revision: revision_id,
    }
}
