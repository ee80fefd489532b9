//! Contents of files, by the SHA-256 of their bytes.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use polder_store::{blobs, revisions};
use polder_types::wire::Role;
use serde_json::{Value, json};

use super::Answer;
use crate::extract::{Path, Raw};
use crate::{Api, Caller, Error, Result};

/// Upload the content of a file
#[utoipa::path(put, path = "/blobs/{sha256}", tag = "deployments", operation_id = "upload_blob",
    params(("sha256" = String, Path, description = "64 hexadecimal digits in lower case")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Object)))]
pub(crate) async fn upload(
    State(api): State<Api>,
    caller: Caller,
    Path(sha256): Path<String>,
    Raw(body): Raw,
) -> Answer<Value> {
    caller.require_somewhere(Role::Operator)?;
    let size = body.len();
    if blobs::hash_of(&body) != sha256 {
        return Err(Error::bad_request("the content does not have the SHA-256 that the path says"));
    }
    if blobs::missing(&mut api.read().await?, std::slice::from_ref(&sha256)).await?.is_empty() {
        return Ok(Json(json!({"sha256": sha256, "size": size})));
    }
    let mut tx = api.store().begin().await?;
    blobs::insert(&mut tx, body.into(), api.now()).await?;
    // Not in the audit log: it changes nothing until a deployment names it, and that is written down.
    tx.commit().await?;
    Ok(Json(json!({"sha256": sha256, "size": size})))
}

/// The content of a file
///
/// For agents, and for whoever may see a project that has it in one of its newest 100 revisions.
#[utoipa::path(get, path = "/blobs/{sha256}", tag = "deployments", operation_id = "download_blob",
    params(("sha256" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn download(
    State(api): State<Api>,
    caller: Caller,
    Path(sha256): Path<String>,
) -> Result<Response> {
    require_sight(&api, &caller, &sha256).await?;
    let content = match blobs::get(&mut api.read().await?, &sha256).await {
        Err(polder_store::Error::NotFound) => return Err(Error::not_found(format!("content {sha256}"))),
        content => content?,
    };
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    // What users wrote is never to be run by a browser.
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    Ok(response)
}

/// Other teams' files are not there for a caller, also if they know a hash.
async fn require_sight(api: &Api, caller: &Caller, sha256: &str) -> Result<()> {
    if caller.may(Role::Agent, None) {
        return Ok(());
    }
    caller.require_somewhere(Role::Viewer)?;
    let Some(teams) = caller.teams() else { return Ok(()) };
    let mut tx = api.read().await?;
    if revisions::has_file(&mut tx, &caller.workspace, &teams, sha256).await? {
        return Ok(());
    }
    Err(Error::not_found(format!("content {sha256}")))
}
