//! A backup of the database, while the server runs.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use polder_types::wire::Role;

use crate::audit::Deed;
use crate::{Api, Caller, Result};

/// A backup of the database, as it is made
///
/// All but the logs and the master key. It is complete only if its last line says how many rows there are; restoring checks that.
#[utoipa::path(post, path = "/backup", tag = "server", operation_id = "backup",
    responses((status = 200, body = Vec<u8>, content_type = "application/zstd")))]
pub(crate) async fn backup(State(api): State<Api>, caller: Caller) -> Result<Response> {
    caller.require_everywhere(Role::Admin)?;
    api.note(&caller, Deed::new("server.backup", "database")).await?;
    let (pieces, _) = polder_store::backup::stream(api.store().clone(), api.now());
    let pieces =
        stream::unfold(pieces, |mut pieces| async { pieces.recv().await.map(|piece| (piece, pieces)) });
    let mut response = Body::from_stream(pieces).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/zstd"));
    let name = HeaderValue::from_static("attachment; filename=\"polder-backup.jsonl.zst\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, name);
    Ok(response)
}
