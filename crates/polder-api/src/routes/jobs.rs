//! Jobs: scripts and commands that one request registers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use polder_types::id::PipelineId;
use polder_types::wire::{Job, RegisterJob, Role};
use serde_json::json;

use super::Answer;
use crate::audit::Deed;
use crate::extract::{Path, PrivateJson};
use crate::{Api, Caller, Result};

/// Register a script or command as a job, or change it
#[utoipa::path(post, path = "/jobs", tag = "jobs", operation_id = "register_job", request_body = RegisterJob,
    responses((status = 201, body = Job)))]
pub(crate) async fn register(
    State(api): State<Api>,
    caller: Caller,
    PrivateJson(job): PrivateJson<RegisterJob>,
) -> Result<Response> {
    caller.require_team(Role::Operator, &job.team)?;
    let secrets: Vec<String> = job.secret_values.keys().cloned().collect();
    let job = api.engine().register_job(&caller.workspace, job, &caller.name).await?;
    let deed =
        Deed::new("job.register", format!("{}/{}", job.team, job.name)).of(&job.team, &job.environment);
    let detail = json!({"job": job.id, "revision": job.revision, "secrets_set": secrets});
    api.note(&caller, deed.with(detail)).await?;
    Ok((StatusCode::CREATED, Json(job)).into_response())
}

/// A job
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", operation_id = "get_job", params(("id" = PipelineId, Path)),
    responses((status = 200, body = Job)))]
pub(crate) async fn view(State(api): State<Api>, caller: Caller, Path(id): Path<PipelineId>) -> Answer<Job> {
    super::job_of(&api, &caller, Role::Viewer, id).await?;
    Ok(Json(api.engine().job(id).await?))
}
