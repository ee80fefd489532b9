//! Handlers by resource. Each unwraps a request, checks the caller's right, calls engine or store, and wraps the answer.

pub(crate) mod access;
pub(crate) mod agents;
pub(crate) mod attempts;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod blobs;
pub(crate) mod changes;
pub(crate) mod checks;
pub(crate) mod deployments;
pub(crate) mod graph;
pub(crate) mod history;
pub(crate) mod jobs;
pub(crate) mod lake;
pub(crate) mod logs;
pub(crate) mod overview;
pub(crate) mod pipelines;
pub(crate) mod revisions;
pub(crate) mod runs;
pub(crate) mod secrets;
pub(crate) mod server;
pub(crate) mod session;
pub(crate) mod sql;
pub(crate) mod start;

use axum::Json;
use polder_store::pipelines::{Pipeline, PipelineKey};
use polder_types::id::PipelineId;
use polder_types::wire::{Page, Role};
use serde::Deserialize;

use crate::{Api, Caller, Error, Result};

/// An answer in JSON.
type Answer<T> = Result<Json<T>>;

/// The environment that a route is about; `prod` if nothing is said.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InEnvironment {
    #[serde(default = "prod")]
    #[param(required = false, default = "prod")]
    pub environment: String,
}

/// A text to look for in a list that comes whole.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// Only what has this text in it, in capitals or not.
    search: Option<String>,
}

impl Search {
    /// The items in whose text it is.
    fn page<T>(&self, items: impl IntoIterator<Item = T>, text: impl Fn(&T) -> String) -> Page<T> {
        let wanted = self.search.as_deref().unwrap_or_default().trim().to_lowercase();
        let fits = |item: &T| wanted.is_empty() || text(item).to_lowercase().contains(&wanted);
        Page { items: items.into_iter().filter(fits).collect(), next_cursor: None }
    }
}

/// The environment that is meant if nothing is said.
pub(crate) const PROD: &str = "prod";

pub(crate) fn prod() -> String {
    PROD.to_owned()
}

/// A deployed pipeline by its name, for somebody with a right to it.
async fn pipeline_named(
    api: &Api,
    caller: &Caller,
    role: Role,
    team: &str,
    name: &str,
    environment: &str,
) -> Result<Pipeline> {
    let what = format!("pipeline {team}/{name} in {environment}");
    caller.require(role, team, &what)?;
    let mut tx = api.read().await?;
    let key = PipelineKey { workspace_id: &caller.workspace, environment, team, name };
    polder_store::pipelines::find(&mut tx, key).await?.ok_or_else(|| Error::not_found(what))
}

/// A registered job, for somebody with a right to it.
async fn job_of(api: &Api, caller: &Caller, role: Role, id: PipelineId) -> Result<Pipeline> {
    let what = format!("job {id}");
    let mut tx = api.read().await?;
    let found = match polder_store::pipelines::get(&mut tx, id).await {
        Ok(found) if found.job && found.archived_at.is_none() && found.workspace_id == caller.workspace => {
            found
        }
        Ok(_) | Err(polder_store::Error::NotFound) => return Err(Error::not_found(what)),
        Err(error) => return Err(error.into()),
    };
    caller.require(role, &found.team, &what)?;
    Ok(found)
}
