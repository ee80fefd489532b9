//! The server itself: alive, ready, what it is, its figures, its document.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{Extensions, HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use polder_types::Code;
use polder_types::wire::{About, Role};
use serde_json::{Value, json};

use super::Answer;
use crate::extract::Path;
use crate::metrics::Format;
use crate::{Api, Error, Result, auth};

/// Whether the server is alive
#[utoipa::path(get, path = "/health", tag = "server", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn health() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

/// Whether the server can work: its database answers
#[utoipa::path(get, path = "/ready", tag = "server", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn ready(State(api): State<Api>) -> Answer<Value> {
    if api.shutdown().is_cancelled() {
        return Err(Error::Stopping);
    }
    api.store().ping().await?;
    Ok(Json(json!({"status": "ready"})))
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "server", security(()), responses((status = 200, body = Object)))]
pub(crate) async fn openapi() -> Json<&'static utoipa::openapi::OpenApi> {
    Json(crate::document())
}

/// The page about an error code, in Markdown
#[utoipa::path(get, path = "/errors/{code}", tag = "server", operation_id = "explain", security(()), params(("code" = Code, Path)),
    responses((status = 200, body = String, content_type = "text/markdown")))]
pub(crate) async fn explain(Path(code): Path<String>) -> Result<Response> {
    let known: Code = code.parse().map_err(|_| Error::not_found(format!("error code {code}")))?;
    let kind = HeaderValue::from_static("text/markdown; charset=utf-8");
    Ok(([(CONTENT_TYPE, kind)], known.page()).into_response())
}

/// What the server is
#[utoipa::path(get, path = "/about", tag = "server", responses((status = 200, body = About)))]
pub(crate) async fn about(State(api): State<Api>) -> Json<About> {
    Json(About {
        version: api.version().to_owned(),
        database: if api.store().is_postgres() { "PostgreSQL" } else { "SQLite" }.to_owned(),
        started_at: api.started_at(),
        public_url: api.engine().public_url().to_owned(),
    })
}

/// Figures for Prometheus. Outside of the API's own path, so the token is looked at here.
pub(crate) async fn metrics(
    State(api): State<Api>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response> {
    if !api.open_metrics() {
        let caller = auth::caller(&api, &headers, &extensions).await?;
        // The figures are of all teams.
        caller.require_everywhere(Role::Viewer)?;
    }
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let format = Format::accepted_by(accept);
    let text = api.figures(format).await?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(format.media_type()))], text).into_response())
}
