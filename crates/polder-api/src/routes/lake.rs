//! The lake as people see it: tables, publishes, branches.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use polder_engine::lake::Sight;
use polder_store::lake::Place;
use polder_store::lake::views::{self, PublishFilter};
use polder_types::id::{PublishId, RunId};
use polder_types::lake::{InvalidName, TableName};
use polder_types::wire::{
    BranchSpec, BranchTable, BranchView, EnvironmentReset, LakeTable, Page, PublishRequest, PublishView,
    RestoreSpec, Role, VacuumReport,
};
use serde::Deserialize;
use serde_json::json;

use super::Answer;
use crate::audit::Deed;
use crate::extract::{Path, Query};
use crate::{Api, Caller, Error, Result, recovery, vacuum};

/// How long making everything ready to go back may take.
const ROLLBACK: Duration = Duration::from_secs(600);
/// How long looking through the folders of a lake may take.
const LOOK: Duration = Duration::from_secs(60);

/// Which tables.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfTables {
    #[serde(default = "super::prod")]
    #[param(required = false, default = "prod")]
    environment: String,
    /// Only those that have this text in their name, in capitals or not.
    search: Option<String>,
    cursor: Option<String>,
    /// At most this many, from 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// Which publishes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfPublishes {
    #[serde(default = "super::prod")]
    #[param(required = false, default = "prod")]
    environment: String,
    /// Only those that changed this table: `schema.table`.
    table: Option<String>,
    /// Only those that read this table.
    reads: Option<String>,
    /// Only those of this run.
    #[param(value_type = Option<String>)]
    run: Option<RunId>,
    cursor: Option<String>,
    /// At most this many, from 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// Which branches.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfBranches {
    #[serde(default = "super::prod")]
    #[param(required = false, default = "prod")]
    environment: String,
    /// Only those that this run wrote to.
    #[param(value_type = Option<String>)]
    run: Option<RunId>,
}

/// The tables of an environment
///
/// In the order of their names, each with its columns and with what made it as it is.
#[utoipa::path(get, path = "/lake/tables", tag = "lake", operation_id = "list_tables", params(OfTables),
    responses((status = 200, body = Page<LakeTable>)))]
pub(crate) async fn tables(
    State(api): State<Api>,
    caller: Caller,
    Query(asked): Query<OfTables>,
) -> Answer<Page<LakeTable>> {
    caller.require_somewhere(Role::Viewer)?;
    let environment = api.engine().environment_of_tables(&caller.workspace, &asked.environment).await?;
    let place = Place { workspace_id: &caller.workspace, environment: &environment };
    let (search, after) = (asked.search.unwrap_or_default(), asked.cursor.unwrap_or_default());
    let items = views::tables(&mut api.read().await?, place, search.trim(), &after, asked.limit).await?;
    let next_cursor = items.last().filter(|_| is_full(items.len(), asked.limit)).map(|last| last.name.key());
    Ok(Json(Page { items, next_cursor }))
}

/// What was published in an environment, newest first
#[utoipa::path(get, path = "/lake/publishes", tag = "lake", operation_id = "list_publishes", params(OfPublishes),
    responses((status = 200, body = Page<PublishView>)))]
pub(crate) async fn publishes(
    State(api): State<Api>,
    caller: Caller,
    Query(asked): Query<OfPublishes>,
) -> Answer<Page<PublishView>> {
    caller.require_somewhere(Role::Viewer)?;
    api.engine().require_environment(&caller.workspace, &asked.environment).await?;
    let place = Place { workspace_id: &caller.workspace, environment: &asked.environment };
    let wrong = |_| Error::bad_request("the cursor is not one of this list");
    let before: Option<PublishId> = asked.cursor.map(|text| text.parse().map_err(wrong)).transpose()?;
    let (table, reads) = (named(asked.table.as_deref())?, named(asked.reads.as_deref())?);
    let (table, reads) = (table.as_ref(), reads.as_ref());
    let filter = PublishFilter { table, reads, run: asked.run, before, limit: asked.limit };
    let items = views::publishes(&mut api.read().await?, place, filter).await?;
    let next_cursor =
        items.last().filter(|_| is_full(items.len(), asked.limit)).map(|last| last.id.to_string());
    Ok(Json(Page { items, next_cursor }))
}

/// One publish
#[utoipa::path(get, path = "/lake/publishes/{id}", tag = "lake", operation_id = "get_publish", params(("id" = String, Path)),
    responses((status = 200, body = PublishView)))]
pub(crate) async fn publish(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<PublishId>,
) -> Answer<PublishView> {
    caller.require_somewhere(Role::Viewer)?;
    let found = views::publish(&mut api.read().await?, &caller.workspace, id).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found(format!("publish {id}")))?))
}

/// Go back to what was before a publish: publish that, for all of its tables or none
///
/// Refused if later publishes changed one of them: those are rolled back first. A table that the publish had made has no rows then.
#[utoipa::path(post, path = "/lake/publishes/{id}/rollback", tag = "lake", operation_id = "roll_back_publish",
    params(("id" = String, Path)), responses((status = 200, body = PublishView)))]
pub(crate) async fn rollback(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<PublishId>,
) -> Answer<PublishView> {
    let what = format!("publish {id}");
    caller.require_somewhere(Role::Viewer)?;
    let found = views::publish(&mut api.read().await?, &caller.workspace, id).await?;
    let found = found.ok_or_else(|| Error::not_found(&what))?;
    match &found.run {
        Some(run) => caller.require(Role::Operator, &run.team, &what)?,
        None => caller.require_everywhere(Role::Operator)?,
    }
    let spec = api.engine().begin_rollback(&caller.workspace, id).await?;
    let programs = api.queries().programs();
    let request = match make_ready(&api, &caller, id, &spec).await {
        Ok(request) => request,
        Err(error) => {
            api.engine().give_up_rollback(&caller.workspace, &spec.branch).await?;
            return Err(error);
        }
    };
    api.note(&caller, Deed::new("lake.rollback", what).with(json!({"publish": spec.publish}))).await?;
    recovery::complete(api.engine(), &programs, &request.intent).await?;
    let done = views::publish(&mut api.read().await?, &caller.workspace, spec.publish).await?;
    Ok(Json(done.ok_or_else(|| Error::not_found(format!("publish {}", spec.publish)))?))
}

/// Has the tables made what they were, and decides that this is published.
async fn make_ready(api: &Api, caller: &Caller, of: PublishId, spec: &RestoreSpec) -> Result<PublishRequest> {
    // Longer, and what it goes back to may be gone.
    let kept = api.engine().lake_retention().longest_read().to_std().unwrap_or_default();
    let request = api.queries().programs().ask("restore", spec, ROLLBACK.min(kept)).await?;
    api.engine().decide_rollback(&caller.workspace, &spec.branch, &request, &caller.name, of).await?;
    Ok(request)
}

/// Branches: what steps write before it is published, or never was
#[utoipa::path(get, path = "/lake/branches", tag = "lake", operation_id = "list_branches", params(OfBranches),
    responses((status = 200, body = Page<BranchView>)))]
pub(crate) async fn branches(
    State(api): State<Api>,
    caller: Caller,
    Query(asked): Query<OfBranches>,
) -> Answer<Page<BranchView>> {
    caller.require_somewhere(Role::Viewer)?;
    api.engine().require_environment(&caller.workspace, &asked.environment).await?;
    let place = Place { workspace_id: &caller.workspace, environment: &asked.environment };
    let items =
        views::branches_of(&mut api.read().await?, place, caller.teams().as_deref(), asked.run).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// The tables that were written on a branch
///
/// `name` is that of a branch, or the id of a run: then it is the newest branch of that run.
#[utoipa::path(get, path = "/lake/branches/{name}/tables", tag = "lake", operation_id = "list_branch_tables",
    params(("name" = String, Path)), responses((status = 200, body = Page<BranchTable>)))]
pub(crate) async fn branch_tables(
    State(api): State<Api>,
    caller: Caller,
    Path(name): Path<String>,
) -> Answer<Page<BranchTable>> {
    caller.require_somewhere(Role::Viewer)?;
    let Sight { view, branch } = api.engine().branch_view(&caller.scope(), &name).await?;
    let branch = branch.ok_or_else(|| Error::not_found(format!("the branch {name}")))?;
    let spec = BranchSpec { lake: api.engine().lake_url()?, view, branch };
    let items = api.queries().programs().ask("branch", &spec, LOOK).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Make the tables of an environment those of `prod` once more, without copying any
///
/// What it had can be looked into as a branch for as long as the lake keeps it. Refused for `prod`, and while somebody writes in it.
#[utoipa::path(post, path = "/environments/{name}/reset", tag = "lake", operation_id = "reset_environment",
    params(("name" = String, Path)), responses((status = 200, body = EnvironmentReset)))]
pub(crate) async fn reset(
    State(api): State<Api>,
    caller: Caller,
    Path(name): Path<String>,
) -> Answer<EnvironmentReset> {
    caller.require_everywhere(Role::Operator)?;
    let reset = api.engine().reset_environment(&caller.workspace, &name).await?;
    let deed = Deed::new("environment.reset", format!("environment {name}"));
    api.note(&caller, deed.with(json!({"before": reset.before}))).await?;
    Ok(Json(reset))
}

/// How to clean up.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfVacuum {
    /// Only tell what would be done.
    #[serde(default)]
    #[param(required = false, default = false)]
    dry_run: bool,
}

/// Clean up the lake: delete what nobody needs any more
///
/// The server does so by itself once a day. Branches that have ended longer ago than the lake keeps them are shown to nobody any more, and
/// deleted when nobody can still be reading them; so are data files that no version needs which readers saw within that time.
#[utoipa::path(post, path = "/lake/vacuum", tag = "lake", operation_id = "vacuum", params(OfVacuum),
    responses((status = 200, body = VacuumReport)))]
pub(crate) async fn vacuum(
    State(api): State<Api>,
    caller: Caller,
    Query(asked): Query<OfVacuum>,
) -> Answer<VacuumReport> {
    caller.require_everywhere(Role::Admin)?;
    let programs = api.queries().programs();
    if asked.dry_run {
        return Ok(Json(vacuum::preview(api.engine(), &programs).await?));
    }
    let report = vacuum::now(api.engine(), &programs, api.metrics()).await?;
    let VacuumReport { branches_removed, files, bytes, .. } = report;
    let detail = json!({"branches_removed": branches_removed, "files": files, "bytes": bytes});
    api.note(&caller, Deed::new("lake.vacuum", "the lake").with(detail)).await?;
    Ok(Json(report))
}

fn named(table: Option<&str>) -> Result<Option<TableName>> {
    let wrong = |error: InvalidName| Error::bad_request(error.to_string());
    table.map(|name| name.parse().map_err(wrong)).transpose()
}

/// Whether there may be more: the page has as many as were asked for.
fn is_full(count: usize, limit: Option<u32>) -> bool {
    count >= usize::try_from(limit.unwrap_or(50).clamp(1, 500)).unwrap_or(usize::MAX)
}
