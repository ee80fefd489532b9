//! Who the caller is, and tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use polder_store::tokens as stored;
use polder_types::id::TokenId;
use polder_types::wire::{CreateToken, Grant, Page, Role, TokenView, WhoAmI};
use serde_json::{Value, json};

use super::{Answer, Search};
use crate::audit::Deed;
use crate::extract::{Json as Body, Path, Query};
use crate::{Api, Caller, Error, Result, auth};

const LONGEST_NAME: usize = 100;

/// Who the caller is
#[utoipa::path(get, path = "/whoami", tag = "access", operation_id = "whoami", responses((status = 200, body = WhoAmI)))]
pub(crate) async fn whoami(caller: Caller) -> Json<WhoAmI> {
    let Caller { workspace, name, grants, expires_at, .. } = caller;
    Json(WhoAmI { name, grants, expires_at, workspace })
}

/// Tokens, oldest first; an admin of a team sees those that are for that team only
#[utoipa::path(get, path = "/tokens", tag = "access", operation_id = "list_tokens", params(Search),
    responses((status = 200, body = Page<TokenView>)))]
pub(crate) async fn tokens(
    State(api): State<Api>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Answer<Page<TokenView>> {
    caller.require_somewhere(Role::Admin)?;
    let found = stored::list(&mut api.read().await?, &caller.workspace).await?;
    let items = found.into_iter().map(|token| token.view).filter(|token| governs(&caller, &token.grants));
    Ok(Json(search.page(items, text_of)))
}

/// Make a token; this answer is the only one that shows it
#[utoipa::path(post, path = "/tokens", tag = "access", operation_id = "create_token", request_body = CreateToken,
    responses((status = 201, body = polder_types::wire::CreatedToken)))]
pub(crate) async fn create_token(
    State(api): State<Api>,
    caller: Caller,
    Body(create): Body<CreateToken>,
) -> Result<Response> {
    caller.require_somewhere(Role::Admin)?;
    check(&api, &create)?;
    for grant in &create.grants {
        match &grant.team {
            Some(team) => caller.require_team(Role::Admin, team)?,
            None => caller.require_everywhere(Role::Admin)?,
        }
    }
    let mut tx = api.store().begin().await?;
    tx.lock("token names", &caller.workspace).await?;
    let others = stored::list(&mut tx, &caller.workspace).await?;
    if others.iter().any(|other| other.is_valid(api.now()) && other.view.name == create.name) {
        return Err(Error::Conflict(format!("there is a token named {} already", create.name)));
    }
    let created = auth::insert_token(&mut tx, &caller.workspace, &create, &caller.name, api.now()).await?;
    let detail =
        json!({"id": created.view.id, "grants": created.view.grants, "expires_at": created.view.expires_at});
    api.note_in(&mut tx, &caller, Deed::new("token.create", create.name.as_str()).with(detail)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(created)).into_response())
}

/// Revoke a token, at once
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", operation_id = "revoke_token", params(("id" = TokenId, Path)),
    responses((status = 200, body = Object)))]
pub(crate) async fn revoke_token(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<TokenId>,
) -> Answer<Value> {
    caller.require_somewhere(Role::Admin)?;
    let mut tx = api.store().begin().await?;
    let token = match stored::get(&mut tx, &caller.workspace, id).await {
        Ok(token) if governs(&caller, &token.view.grants) => token,
        Ok(_) | Err(polder_store::Error::NotFound) => return Err(Error::not_found(format!("token {id}"))),
        Err(error) => return Err(error.into()),
    };
    let revoked = stored::revoke(&mut tx, &caller.workspace, id, api.now()).await?;
    if revoked {
        polder_store::sessions::delete_of_token(&mut tx, id).await?;
        let deed = Deed::new("token.revoke", token.view.name.as_str()).with(json!({"id": id}));
        api.note_in(&mut tx, &caller, deed).await?;
    }
    tx.commit().await?;
    api.known().forget(id);
    Ok(Json(json!({"revoked": id})))
}

fn text_of(token: &TokenView) -> String {
    let grants = token.grants.iter().map(|grant| {
        let role = serde_json::to_value(grant.role).unwrap_or_default();
        format!("{} {}", role.as_str().unwrap_or_default(), grant.team.as_deref().unwrap_or_default())
    });
    format!("{} {} {}", token.name, token.created_by, grants.collect::<Vec<_>>().join(" "))
}

/// Whether the caller is an admin of all that these grants give.
fn governs(caller: &Caller, grants: &[Grant]) -> bool {
    grants.iter().all(|grant| caller.may(Role::Admin, grant.team.as_deref()))
}

fn check(api: &Api, create: &CreateToken) -> Result<()> {
    let name = &create.name;
    if name.trim().is_empty()
        || name.len() > LONGEST_NAME
        || name.chars().any(char::is_control)
        || name == "system"
        || name.starts_with("agent ")
    {
        return Err(Error::bad_request(format!(
            "a token's name has 1 to {LONGEST_NAME} characters; `system` and `agent …` are the server's own"
        )));
    }
    if create.grants.is_empty() {
        return Err(Error::bad_request("a token needs at least one role"));
    }
    if create.grants.iter().any(|grant| grant.role == Role::Agent && grant.team.is_some()) {
        return Err(Error::bad_request("an agent works for all teams: leave `team` out"));
    }
    if create.expires_at.is_some_and(|end| end <= api.now()) {
        return Err(Error::bad_request("the token would have expired already"));
    }
    Ok(())
}
