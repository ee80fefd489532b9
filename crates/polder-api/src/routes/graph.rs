//! Which pipelines depend on which, and in which environments there are any.

use axum::Json;
use axum::extract::State;
use polder_store::environments;
use polder_store::sight::Sight;
use polder_types::wire::{EnvironmentView, Graph, Page, Role};

use super::{Answer, InEnvironment};
use crate::extract::Query;
use crate::{Api, Caller};

/// All pipelines of an environment, and which depend on which
///
/// Of the teams that the caller may see, and the names that these refer to.
#[utoipa::path(get, path = "/graph", tag = "pipelines", operation_id = "get_graph", params(InEnvironment),
    responses((status = 200, body = Graph)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Query(place): Query<InEnvironment>,
) -> Answer<Graph> {
    caller.require_somewhere(Role::Viewer)?;
    let sight = Sight::new(caller.scope(), &place.environment);
    Ok(Json(api.engine().graph(&sight).await?))
}

/// The environments that have pipelines, with their teams
#[utoipa::path(get, path = "/environments", tag = "pipelines", operation_id = "list_environments",
    responses((status = 200, body = Page<EnvironmentView>)))]
pub(crate) async fn environments(State(api): State<Api>, caller: Caller) -> Answer<Page<EnvironmentView>> {
    caller.require_somewhere(Role::Viewer)?;
    let items = environments::of_pipelines(&mut api.read().await?, &caller.scope()).await?;
    Ok(Json(Page { items, next_cursor: None }))
}
