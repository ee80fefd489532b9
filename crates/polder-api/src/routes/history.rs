//! The runs of a pipeline as a grid.

use axum::Json;
use axum::extract::State;
use polder_types::wire::{PipelineHistory, Role};
use serde::Deserialize;

use super::Answer;
use crate::extract::{Path, Query};
use crate::{Api, Caller};

/// Which runs.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[serde(default = "super::prod")]
    #[param(required = false, default = "prod")]
    environment: String,
    cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    limit: Option<u32>,
}

/// The runs of a pipeline with the durations of their steps, newest first
#[utoipa::path(get, path = "/pipelines/{team}/{name}/history", tag = "pipelines", operation_id = "get_pipeline_history",
    params(("team" = String, Path), ("name" = String, Path), Asked), responses((status = 200, body = PipelineHistory)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Path((team, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<PipelineHistory> {
    let pipeline =
        super::pipeline_named(&api, &caller, Role::Viewer, &team, &name, &asked.environment).await?;
    Ok(Json(api.store().history(&pipeline, asked.cursor.as_deref(), asked.limit).await?))
}
