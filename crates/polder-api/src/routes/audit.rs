//! Who did what.

use axum::Json;
use axum::extract::State;
use polder_types::wire::{AuditEntry, AuditFilter, Page, Role};

use super::Answer;
use crate::extract::Query;
use crate::{Api, Caller};

/// Who did what, when and from where; newest first
#[utoipa::path(get, path = "/audit", tag = "access", operation_id = "list_audit", params(AuditFilter),
    responses((status = 200, body = Page<AuditEntry>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<AuditFilter>,
) -> Answer<Page<AuditEntry>> {
    caller.require_everywhere(Role::Admin)?;
    let mut tx = api.read().await?;
    Ok(Json(polder_store::audit::list(&mut tx, &caller.workspace, &filter).await?))
}
