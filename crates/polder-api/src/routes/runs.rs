//! Runs: the list, the three views of one, abort and re-run.

use axum::Json;
use axum::extract::State;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use polder_engine::Started;
use polder_types::Code;
use polder_types::definition::did_you_mean;
use polder_types::id::RunId;
use polder_types::run::RunStatus;
use polder_types::wire::{Page, Rerun, Role, Run, RunError, RunFilter, RunResult, RunStarted, RunSummary};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, start};
use crate::audit::Deed;
use crate::extract::{OptionalJson, Path, Query};
use crate::wait::{self, Until, Wait};
use crate::{Api, Caller, Error, Result};

/// Which runs to list: the client's [`RunFilter`], but of several statuses.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    environment: Option<String>,
    team: Option<String>,
    pipeline: Option<String>,
    /// Of one of these: `?status=FAILED&status=TIMED_OUT`, or `?status=FAILED,TIMED_OUT`.
    #[serde(default, deserialize_with = "statuses")]
    #[param(required = false)]
    status: Vec<RunStatus>,
    /// Runs about this day or later: by their logical day, where they have one, else by their logical time.
    since: Option<NaiveDate>,
    /// Runs about this day or earlier.
    until: Option<NaiveDate>,
    /// Where `since` begins and `until` ends for runs that are about an instant, such as `Europe/Amsterdam`; UTC if left out.
    #[serde(default, deserialize_with = "timezone")]
    timezone: Option<String>,
    /// Text in the pipeline's name, description, owner or labels; at least four digits of the beginning of the run's id; or, among the
    /// newest 10,000 runs that fit the rest, of the id's end, or text in the run's own labels (`key=value`).
    search: Option<String>,
    cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    limit: Option<u32>,
}

impl Wanted {
    fn split(self) -> (RunFilter, Vec<RunStatus>) {
        let Self { environment, team, pipeline, status, since, until, timezone, search, cursor, limit } =
            self;
        let filter = RunFilter {
            environment,
            team,
            pipeline,
            status: None,
            since,
            until,
            timezone,
            search,
            cursor,
            limit,
        };
        (filter, status)
    }
}

/// Statuses with commas between them.
fn statuses<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<RunStatus>, D::Error> {
    let known = || RunStatus::ALL.iter().map(|status| status.as_str());
    let status = |text: &str| {
        text.parse().map_err(|_| {
            let hint = did_you_mean(text, known()).map_or_else(String::new, |hint| format!("; {hint}"));
            let known = known().collect::<Vec<_>>().join(", ");
            serde::de::Error::custom(format!("`{text}` is no status; known: {known}{hint}"))
        })
    };
    let text = String::deserialize(deserializer)?;
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(status).collect()
}

/// The name of a zone that there is.
fn timezone<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(deserializer)?;
    match name.parse::<chrono_tz::Tz>() {
        Ok(_) => Ok(Some(name)),
        Err(_) => Err(serde::de::Error::custom(format!("`{name}` is no time zone"))),
    }
}

/// Runs, newest first
#[utoipa::path(get, path = "/runs", tag = "runs", operation_id = "list_runs", params(Wanted),
    responses((status = 200, body = Page<RunSummary>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Answer<Page<RunSummary>> {
    caller.require_somewhere(Role::Viewer)?;
    let (filter, statuses) = wanted.split();
    Ok(Json(api.store().runs(&filter, &statuses, &caller.scope()).await?))
}

/// A run with its steps and attempts
///
/// Always 200. With `wait`, answers as soon as the run's status changes.
#[utoipa::path(get, path = "/runs/{id}", tag = "runs", operation_id = "get_run",
    params(("id" = RunId, Path), ("wait" = Option<u64>, Query, description = "Seconds to hold the request for; more than 50 is taken as 50")),
    responses((status = 200, body = Run)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RunId>,
    wait: Wait,
) -> Answer<Run> {
    let mut run = wait::run(&api, &caller, id, wait, Until::Changed).await?;
    run.started.retain(|started| caller.may(Role::Viewer, Some(&started.team)));
    Ok(Json(run))
}

/// A run as an operation that is under way
///
/// 202 while the run is active, then 200, 422 or 409: for clients that follow 202 and `Location` by themselves.
#[utoipa::path(get, path = "/operations/{id}", tag = "runs", operation_id = "get_operation",
    params(("id" = RunId, Path), ("wait" = Option<u64>, Query, description = "Seconds to hold the request for; more than 50 is taken as 50")),
    responses((status = 202, body = RunStarted, headers(("Location" = String), ("Retry-After" = u32))),
        (status = 200, body = RunResult, description = "SUCCEEDED"),
        (status = 422, body = Object, description = "FAILED or TIMED_OUT: `{\"error\": {\"code\", \"message\", \"run_id\", \"ui_url\"}}`"),
        (status = 409, body = Object, description = "ABORTED, or a conflict")))]
pub(crate) async fn operation(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RunId>,
    wait: Wait,
) -> Result<Response> {
    let run = wait::run(&api, &caller, id, wait, Until::Changed).await?;
    let status = match run.summary.status {
        RunStatus::Queued | RunStatus::Running => return Ok(under_way(&api, &run)),
        RunStatus::Succeeded => return Ok(Json(result_of(run)).into_response()),
        RunStatus::Failed | RunStatus::TimedOut => StatusCode::UNPROCESSABLE_ENTITY,
        RunStatus::Aborted => StatusCode::CONFLICT,
    };
    Ok((status, Json(failure(&api, &run))).into_response())
}

/// The result of a run
///
/// 404 `NOT_READY` until the run has ended, then 200 whatever its end was: for clients that repeat on 404 only.
#[utoipa::path(get, path = "/runs/{id}/result", tag = "runs", operation_id = "get_result",
    params(("id" = RunId, Path), ("wait" = Option<u64>, Query, description = "Seconds to hold the request for; more than 50 is taken as 50")),
    responses((status = 200, body = RunResult)))]
pub(crate) async fn result(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RunId>,
    wait: Wait,
) -> Answer<RunResult> {
    let run = wait::run(&api, &caller, id, wait, Until::Ended).await?;
    if !run.summary.terminal {
        return Err(Error::NotReady(run.summary.status));
    }
    Ok(Json(result_of(run)))
}

/// End a run
///
/// As often as you like: a run that has ended stays as it is.
#[utoipa::path(post, path = "/runs/{id}/abort", tag = "runs", operation_id = "abort_run", params(("id" = RunId, Path)),
    responses((status = 202, body = RunSummary)))]
pub(crate) async fn abort(State(api): State<Api>, caller: Caller, Path(id): Path<RunId>) -> Result<Response> {
    let run = operated(&api, &caller, id).await?;
    let summary = api.engine().abort(id, &caller.name).await?;
    if !run.summary.terminal {
        api.note(&caller, deed("run.abort", &run)).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(summary)).into_response())
}

/// Repeat a run, as a new one
///
/// With `Idempotency-Key`, the same request again answers with the same run.
#[utoipa::path(post, path = "/runs/{id}/rerun", tag = "runs", operation_id = "rerun_run",
    params(("id" = RunId, Path), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters")),
    request_body(content = Rerun, description = "May be left out"),
    responses((status = 202, body = RunStarted, headers(("Location" = String), ("Retry-After" = u32), ("Idempotency-Replayed" = bool)))))]
pub(crate) async fn rerun(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RunId>,
    headers: HeaderMap,
    OptionalJson(rerun): OptionalJson<Rerun>,
) -> Result<Response> {
    let run = operated(&api, &caller, id).await?;
    let detail = json!({"from": rerun.from, "revision": rerun.revision});
    let key = start::idempotency(&headers, format!("rerun {id}"))?;
    let started = api.engine().rerun(id, rerun, &caller.name, key.as_ref()).await?;
    if !started.replayed {
        let mut about = start::about(started.run, date_of(&run));
        about["of"] = json!(id);
        about["asked"] = detail;
        api.note(&caller, deed("run.rerun", &run).with(about)).await?;
    }
    Ok(start::answer(&api, &started, false))
}

/// A run that the caller may act upon.
async fn operated(api: &Api, caller: &Caller, id: RunId) -> Result<Run> {
    let run = wait::visible(api, caller, id).await?;
    caller.require(Role::Operator, &run.summary.team, &format!("run {id}"))?;
    Ok(run)
}

fn deed<'a>(action: &'static str, run: &'a Run) -> Deed<'a> {
    let object = format!("{}/{}", run.summary.team, run.summary.pipeline);
    Deed::new(action, object)
        .of(&run.summary.team, &run.summary.environment)
        .with(start::about(run.summary.id, date_of(run)))
}

fn date_of(run: &Run) -> Option<String> {
    run.summary.logical_day.map(|day| day.to_string())
}

fn under_way(api: &Api, run: &Run) -> Response {
    let (id, status, revision) = (run.summary.id, run.summary.status, run.summary.revision);
    let body = start::view(api, &Started { run: id, status, revision, replayed: false });
    let location = HeaderValue::from_str(&body.operation_url);
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    response.headers_mut().extend(location.ok().map(|location| (LOCATION, location)));
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(start::ASK_AGAIN_AFTER));
    response
}

fn result_of(run: Run) -> RunResult {
    let outputs = run.steps.into_iter().filter(|step| !step.outputs.is_empty());
    RunResult {
        run_id: run.summary.id,
        status: run.summary.status,
        succeeded: run.summary.succeeded,
        output: outputs.map(|step| (step.name, Value::Object(step.outputs))).collect(),
        error: run.summary.error,
    }
}

fn failure(api: &Api, run: &Run) -> Value {
    let (id, status) = (run.summary.id, run.summary.status);
    let unsaid = || RunError { code: code_of(status), message: format!("the run is {status}") };
    let error = run.summary.error.clone().unwrap_or_else(unsaid);
    let ui_url = format!("{}/runs/{id}", api.engine().public_url());
    json!({"error": {"code": error.code, "message": error.message, "run_id": id, "ui_url": ui_url, "status": status}})
}

fn code_of(status: RunStatus) -> Code {
    match status {
        RunStatus::TimedOut => Code::TimedOut,
        RunStatus::Aborted => Code::Aborted,
        _ => Code::StepFailed,
    }
}
