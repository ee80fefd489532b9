//! What became of the models and tests of a step.

use axum::Json;
use axum::extract::State;
use polder_types::id::RunId;
use polder_types::wire::StepChecks;
use serde::Deserialize;

use super::Answer;
use crate::extract::{Path, Query};
use crate::{Api, Caller, wait};

/// Of which attempt.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Of {
    /// What was known after this attempt, from 1; after all of them if left out.
    epoch: Option<u32>,
}

/// The models and tests of a step, with the rows that the tests found
///
/// In the order in which they ended; while the step runs, those that have ended. Empty for a step that is not of models.
#[utoipa::path(get, path = "/runs/{id}/steps/{step}/checks", tag = "runs", operation_id = "get_checks",
    params(("id" = RunId, Path), ("step" = String, Path), Of), responses((status = 200, body = StepChecks)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Path((id, step)): Path<(RunId, String)>,
    Query(of): Query<Of>,
) -> Answer<StepChecks> {
    wait::visible(&api, &caller, id).await?;
    Ok(Json(api.engine().checks(id, &step, of.epoch).await?))
}
