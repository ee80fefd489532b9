//! Queries of the lake.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use polder_types::wire::{OwnTable, OwnTableFacts, QueryFormat, Role, SqlAnswer, SqlRequest};

use super::{Answer, prod};
use crate::extract::Json;
use crate::questions::{Asker, Sees};
use crate::{Api, Caller, Error, Result};

/// Rows of an answer in JSON, if nothing is said: browsers show them.
const ROWS: u64 = 10_000;
const TIME: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(600);

/// Ask the lake a query
///
/// Queries only: nothing that writes, changes settings or reads files is understood. All tables are as they were at one moment, but for
/// `polder.runs`, `polder.steps` and `polder.events`, which show what is now, and of that what the caller may see. The answer comes as it
/// is computed, in JSON, or as `text/csv` or `application/vnd.apache.arrow.stream` if that is accepted; one that breaks off is not complete.
/// Closing the connection ends the query.
#[utoipa::path(post, path = "/sql", tag = "lake", operation_id = "query", request_body = SqlRequest,
    responses((status = 200, content((SqlAnswer = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.apache.arrow.stream")))))]
pub(crate) async fn query(
    State(api): State<Api>,
    caller: Caller,
    headers: HeaderMap,
    Json(request): Json<SqlRequest>,
) -> Result<Response> {
    caller.require_somewhere(Role::Viewer)?;
    let sees = match request.branch.clone() {
        Some(branch) => Sees::Branch(branch),
        None => Sees::Environment(request.environment.clone().unwrap_or_else(prod)),
    };
    let asker = Asker { api: api.clone(), caller, sees };
    let sight = asker.sight().await?;
    let format = format(&headers)?;
    let rows = request.max_rows.unwrap_or(if format == QueryFormat::Json { ROWS } else { u64::MAX });
    let time = request.timeout_seconds.map_or(TIME, Duration::from_secs).min(LONGEST);
    // What it reads is kept for so long.
    let time = time.min(api.engine().lake_retention().longest_read().to_std().unwrap_or_default());
    let lake = api.engine().lake_url()?;
    let spec = api.queries().spec(lake, sight, request, format, rows);
    let body = api.queries().ask(asker, spec, time).await?;
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, media_type(format));
    Ok(response)
}

/// Polder's own tables
///
/// What queries can ask of Polder's own state, beside the tables of the lake.
#[utoipa::path(get, path = "/sql/tables", tag = "lake", operation_id = "list_own_tables",
    responses((status = 200, body = Vec<OwnTableFacts>)))]
pub(crate) async fn tables(caller: Caller) -> Answer<Vec<OwnTableFacts>> {
    caller.require_somewhere(Role::Viewer)?;
    Ok(axum::Json(OwnTable::ALL.map(OwnTableFacts::from).to_vec()))
}

/// What the caller accepts, JSON if anything.
fn format(headers: &HeaderMap) -> Result<QueryFormat> {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let mut kinds = accepted.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kinds
        .find_map(|kind| match kind {
            "application/json" | "application/*" | "*/*" => Some(QueryFormat::Json),
            "text/csv" | "text/*" => Some(QueryFormat::Csv),
            "application/vnd.apache.arrow.stream" => Some(QueryFormat::Arrow),
            _ => None,
        })
        .ok_or_else(|| Error::BadRequest {
            detail: format!("`{accepted}` is nothing that a query is answered in"),
            hint: Some("accept application/json, text/csv or application/vnd.apache.arrow.stream".to_owned()),
        })
}

fn media_type(format: QueryFormat) -> HeaderValue {
    HeaderValue::from_static(match format {
        QueryFormat::Json => "application/json",
        QueryFormat::Csv => "text/csv; charset=utf-8",
        QueryFormat::Arrow => "application/vnd.apache.arrow.stream",
    })
}
