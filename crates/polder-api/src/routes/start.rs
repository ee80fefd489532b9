//! Starting runs: of a pipeline, of a job, by a webhook.

use axum::Json;
use axum::extract::State;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use polder_engine::{Idempotency, StartRequest, Started};
use polder_store::pipelines::Pipeline;
use polder_types::definition::Trigger;
use polder_types::id::{PipelineId, RunId};
use polder_types::wire::{Reason, Role, RunStarted, StartRun};
use serde_json::{Map, Value, json};

use super::InEnvironment;
use crate::audit::Deed;
use crate::extract::{AnyJson, OptionalJson, Path, Query};
use crate::{Api, Caller, Error, Result};

const IDEMPOTENCY_KEY: &str = "idempotency-key";
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Seconds after which a client that does not long-poll may ask how the run stands.
pub(super) const ASK_AGAIN_AFTER: u32 = 15;

/// Start a run of a pipeline
///
/// With `Idempotency-Key`, the same request again answers with the same run. With `callBackUri` in the body, the answer is
/// 200 without `Location`, and the end of the run is posted there.
#[utoipa::path(post, path = "/pipelines/{team}/{name}/runs", tag = "runs", operation_id = "start_pipeline",
    params(("team" = String, Path), ("name" = String, Path), InEnvironment,
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters")),
    request_body(content = StartRun, description = "May be left out"),
    responses((status = 202, body = RunStarted, headers(("Location" = String), ("Retry-After" = u32), ("Idempotency-Replayed" = bool))),
        (status = 200, body = RunStarted, description = "With `callBackUri`")))]
pub(crate) async fn pipeline(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(place): Query<InEnvironment>,
    headers: HeaderMap,
    OptionalJson(start): OptionalJson<StartRun>,
) -> Result<Response> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Operator, &team, &name, &place.environment).await?;
    let reason = Reason::Manual { by: caller.name.clone() };
    Call { api: &api, caller: &caller, pipeline: &pipeline, reason, payload: None }
        .start(start, &headers)
        .await
}

/// Start a run of a job
#[utoipa::path(post, path = "/jobs/{id}/runs", tag = "jobs", operation_id = "start_job",
    params(("id" = PipelineId, Path), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters")),
    request_body(content = StartRun, description = "May be left out"),
    responses((status = 202, body = RunStarted, headers(("Location" = String), ("Retry-After" = u32), ("Idempotency-Replayed" = bool))),
        (status = 200, body = RunStarted, description = "With `callBackUri`")))]
pub(crate) async fn job(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<PipelineId>,
    headers: HeaderMap,
    OptionalJson(start): OptionalJson<StartRun>,
) -> Result<Response> {
    let pipeline = super::job_of(&api, &caller, Role::Operator, id).await?;
    let reason = Reason::Manual { by: caller.name.clone() };
    Call { api: &api, caller: &caller, pipeline: &pipeline, reason, payload: None }
        .start(start, &headers)
        .await
}

/// Call the webhook of a pipeline
///
/// The body, any JSON, becomes `run.payload`; those of its fields that are parameters of the pipeline become parameters.
#[utoipa::path(post, path = "/hooks/{team}/{name}", tag = "runs", operation_id = "call_webhook",
    params(("team" = String, Path), ("name" = String, Path), InEnvironment,
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters")),
    request_body(content = Object, description = "May be left out"),
    responses((status = 202, body = RunStarted, headers(("Location" = String), ("Retry-After" = u32), ("Idempotency-Replayed" = bool)))))]
pub(crate) async fn hook(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(place): Query<InEnvironment>,
    headers: HeaderMap,
    AnyJson(payload): AnyJson,
) -> Result<Response> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Operator, &team, &name, &place.environment).await?;
    if !pipeline.definition.triggers.contains(&Trigger::Webhook) {
        return Err(Error::not_found(format!(
            "webhook of {team}/{name}; add `- webhook: {{}}` to its triggers"
        )));
    }
    let start = StartRun { parameters: parameters_in(&payload, &pipeline), ..StartRun::default() };
    let reason = Reason::Webhook { by: caller.name.clone() };
    Call { api: &api, caller: &caller, pipeline: &pipeline, reason, payload: Some(payload) }
        .start(start, &headers)
        .await
}

/// The fields of a payload that are parameters.
fn parameters_in(payload: &Value, pipeline: &Pipeline) -> Map<String, Value> {
    let names = pipeline.definition.parameters.iter().map(|parameter| &parameter.name);
    names.filter_map(|name| Some((name.clone(), payload.get(name)?.clone()))).collect()
}

/// Somebody's wish to start something.
struct Call<'a> {
    api: &'a Api,
    caller: &'a Caller,
    pipeline: &'a Pipeline,
    reason: Reason,
    payload: Option<Value>,
}

impl Call<'_> {
    async fn start(self, start: StartRun, headers: &HeaderMap) -> Result<Response> {
        let Call { api, caller, pipeline, reason, payload } = self;
        let calls_back = start.call_back_uri.is_some();
        let action = if payload.is_some() { "run.webhook" } else { "run.start" };
        let idempotency = idempotency(headers, pipeline.id.to_string())?;
        let date = start.logical_date.clone();
        let request = StartRequest { pipeline: pipeline.id, reason, start, payload, idempotency };
        let started = api.engine().start_run(request).await?;
        if !started.replayed {
            let object = format!("{}/{}", pipeline.team, pipeline.name);
            let deed = Deed::new(action, object).of(&pipeline.team, &pipeline.environment);
            api.note(caller, deed.with(about(started.run, date))).await?;
        }
        Ok(answer(api, &started, calls_back))
    }
}

/// What the audit log says of a run: which it is, and the date that it is about, where it has one.
pub(super) fn about(run: RunId, date: Option<String>) -> Value {
    match date {
        Some(date) => json!({"run": run, "date": date}),
        None => json!({"run": run}),
    }
}

/// The key of a request, if it has one. Keys of different scopes are different.
pub(super) fn idempotency(headers: &HeaderMap, scope: String) -> Result<Option<Idempotency>> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
    let key =
        key.ok_or_else(|| Error::bad_request("Idempotency-Key takes 1 to 255 printable ASCII characters"))?;
    Ok(Some(Idempotency { scope, key: key.to_owned() }))
}

/// 202 with where to follow the run; 200 without, where the caller waits to be called back.
pub(super) fn answer(api: &Api, started: &Started, calls_back: bool) -> Response {
    let body = view(api, started);
    let location = HeaderValue::from_str(&body.operation_url);
    let status = if calls_back { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        IDEMPOTENCY_REPLAYED,
        HeaderValue::from_static(if started.replayed { "true" } else { "false" }),
    );
    if let (false, Ok(location)) = (calls_back, location) {
        headers.insert(LOCATION, location);
        headers.insert(RETRY_AFTER, HeaderValue::from(ASK_AGAIN_AFTER));
    }
    response
}

pub(super) fn view(api: &Api, started: &Started) -> RunStarted {
    let id = started.run;
    let status_url = api.url(&format!("/runs/{id}"));
    RunStarted {
        id,
        status: started.status,
        terminal: started.status.is_terminal(),
        operation_url: api.url(&format!("/operations/{id}")),
        result_url: format!("{status_url}/result"),
        logs_url: format!("{status_url}/logs"),
        abort_url: format!("{status_url}/abort"),
        status_url,
        ui_url: format!("{}/runs/{id}", api.engine().public_url()),
        revision: started.revision,
    }
}
