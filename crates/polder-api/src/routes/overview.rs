//! What is broken, late, running and next.

use axum::Json;
use axum::extract::State;
use polder_store::sight::Sight;
use polder_types::wire::{Overview, OverviewFilter, Role};

use super::{Answer, prod};
use crate::extract::Query;
use crate::{Api, Caller};

/// How an environment stands: what is broken, late, running and next
///
/// Of the teams that the caller may see.
#[utoipa::path(get, path = "/overview", tag = "pipelines", operation_id = "get_overview", params(OverviewFilter),
    responses((status = 200, body = Overview)))]
pub(crate) async fn view(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<OverviewFilter>,
) -> Answer<Overview> {
    caller.require_somewhere(Role::Viewer)?;
    let environment = filter.environment.unwrap_or_else(prod);
    let sight = Sight::new(caller.scope(), &environment).of_team(filter.team.as_deref());
    Ok(Json(api.engine().overview(&sight).await?))
}
