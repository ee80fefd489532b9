//! What an attempt's own work says to the server. It shows by a token that it is of that attempt, and by nothing else: people's
//! tokens count as little here as this one does elsewhere.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use polder_engine::lake::{Proof, TOKEN_PREFIX};
use polder_types::id::{PublishId, RunId};
use polder_types::wire::{AttemptKey, Checks, LakeWork, PublishRequest};
use serde_json::{Value, json};

use super::Answer;
use crate::auth::token_of;
use crate::extract::{Path, Report};
use crate::{Api, Error};

/// The token of a request; whether it is of the attempt shows later.
pub(crate) struct Token(String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let none = Error::Unauthenticated("the request does not bring the token of its attempt");
        token_of(&parts.headers).filter(|token| token.starts_with(TOKEN_PREFIX)).map(Self).ok_or(none)
    }
}

impl Token {
    fn proof(self, (run, step, epoch): (RunId, String, u32)) -> Proof {
        Proof { key: AttemptKey { run, step, epoch }, token: self.0 }
    }
}

/// Get the branch of the lake that an attempt writes to
#[utoipa::path(post, path = "/attempts/{run}/{step}/{epoch}/lake", tag = "agents", operation_id = "begin_lake_work",
    params(("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path)), responses((status = 200, body = LakeWork)))]
pub(crate) async fn begin(
    State(api): State<Api>,
    token: Token,
    Path(attempt): Path<(RunId, String, u32)>,
) -> Answer<LakeWork> {
    Ok(Json(api.engine().begin_work(&token.proof(attempt)).await?))
}

/// Decide to publish what an attempt has written
#[utoipa::path(post, path = "/attempts/{run}/{step}/{epoch}/lake/publish", tag = "agents", operation_id = "prepare_publish",
    params(("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path)),
    request_body = PublishRequest, responses((status = 200, body = Object)))]
pub(crate) async fn prepare(
    State(api): State<Api>,
    token: Token,
    Path(attempt): Path<(RunId, String, u32)>,
    Report(request): Report<PublishRequest>,
) -> Answer<Value> {
    api.engine().prepare_publish(&token.proof(attempt), request).await?;
    Ok(Json(json!({})))
}

/// Let readers see what an attempt has published
#[utoipa::path(post, path = "/attempts/{run}/{step}/{epoch}/lake/publish/{id}/done", tag = "agents", operation_id = "finish_publish",
    params(("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path), ("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(crate) async fn finish(
    State(api): State<Api>,
    token: Token,
    Path((run, step, epoch, id)): Path<(RunId, String, u32, PublishId)>,
) -> Answer<Value> {
    api.engine().finish_publish(&token.proof((run, step, epoch)), id).await?;
    Ok(Json(json!({})))
}

/// Tell what became of an attempt's models and tests so far, instead of what was told before
#[utoipa::path(post, path = "/attempts/{run}/{step}/{epoch}/lake/checks", tag = "agents", operation_id = "note_checks",
    params(("run" = RunId, Path), ("step" = String, Path), ("epoch" = u32, Path)),
    request_body = Checks, responses((status = 200, body = Object)))]
pub(crate) async fn checks(
    State(api): State<Api>,
    token: Token,
    Path(attempt): Path<(RunId, String, u32)>,
    Report(checks): Report<Checks>,
) -> Answer<Value> {
    api.engine().note_checks(&token.proof(attempt), &checks).await?;
    Ok(Json(json!({})))
}
