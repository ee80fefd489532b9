//! Secrets: set, listed and deleted, never read.

use axum::Json;
use axum::extract::State;
use polder_store::secrets::SecretKey;
use polder_types::definition::is_name;
use polder_types::wire::{MissingSecret, Page, Role, SecretView, SetSecret};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Search};
use crate::audit::Deed;
use crate::extract::{Path, PrivateJson, Query};
use crate::{Api, Caller, Error, Result};

/// Which secrets.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    team: Option<String>,
    environment: Option<String>,
    /// Only those with this text in name, team, environment or the pipelines that ask for it.
    search: Option<String>,
}

impl Filter {
    /// Whether it asks for secrets of that place, and the caller may see them.
    fn takes(&self, caller: &Caller, team: &str, environment: &str) -> bool {
        let wanted = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        caller.may(Role::Viewer, Some(team))
            && wanted(&self.team, team)
            && wanted(&self.environment, environment)
    }
}

/// Where a secret belongs.
type Place = (String, String, String);

/// Secrets, without their values
#[utoipa::path(get, path = "/secrets", tag = "secrets", operation_id = "list_secrets", params(Filter),
    responses((status = 200, body = Page<SecretView>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Answer<Page<SecretView>> {
    caller.require_somewhere(Role::Viewer)?;
    let mut items = api.engine().secrets(&caller.workspace).await?;
    items.retain(|secret| filter.takes(&caller, &secret.team, &secret.environment));
    let text = |secret: &SecretView| {
        let SecretView { team, environment, name, used_by, .. } = secret;
        format!("{team}/{name} {environment} {}", used_by.join(" "))
    };
    Ok(Json(Search { search: filter.search }.page(items, text)))
}

/// Secrets that pipelines ask for and that are not set
#[utoipa::path(get, path = "/secrets/missing", tag = "secrets", operation_id = "missing_secrets", params(Filter),
    responses((status = 200, body = Page<MissingSecret>)))]
pub(crate) async fn missing(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Answer<Page<MissingSecret>> {
    caller.require_somewhere(Role::Viewer)?;
    let mut items = api.engine().missing_secrets(&caller.workspace).await?;
    items.retain(|secret| filter.takes(&caller, &secret.team, &secret.environment));
    let text = |secret: &MissingSecret| {
        let MissingSecret { team, environment, name, used_by } = secret;
        format!("{team}/{name} {environment} {}", used_by.join(" "))
    };
    Ok(Json(Search { search: filter.search }.page(items, text)))
}

/// Set a secret, anew or over its old value
#[utoipa::path(put, path = "/secrets/{team}/{environment}/{name}", tag = "secrets", operation_id = "set_secret",
    params(("team" = String, Path), ("environment" = String, Path), ("name" = String, Path)), request_body = SetSecret,
    responses((status = 200, body = Object)))]
pub(crate) async fn set(
    State(api): State<Api>,
    caller: Caller,
    Path(place): Path<Place>,
    PrivateJson(SetSecret { value }): PrivateJson<SetSecret>,
) -> Answer<Value> {
    let key = checked(&caller, &place)?;
    let set = api.engine().set_secret(key, &value, &caller.name).await?;
    let deed = Deed::new("secret.set", key.name).of(key.team, key.environment);
    api.note(&caller, deed.with(json!({"version": set.version}))).await?;
    Ok(Json(json!({"name": key.name, "version": set.version})))
}

/// Delete a secret
#[utoipa::path(delete, path = "/secrets/{team}/{environment}/{name}", tag = "secrets", operation_id = "delete_secret",
    params(("team" = String, Path), ("environment" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Object)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    Path(place): Path<Place>,
) -> Answer<Value> {
    let key = checked(&caller, &place)?;
    api.engine().delete_secret(key).await?;
    api.note(&caller, Deed::new("secret.delete", key.name).of(key.team, key.environment)).await?;
    Ok(Json(json!({"deleted": key.name})))
}

/// Make a new master key and wrap all secrets with it
#[utoipa::path(post, path = "/secrets/rotate-key", tag = "secrets", operation_id = "rotate_key",
    responses((status = 200, body = Object)))]
pub(crate) async fn rotate_key(State(api): State<Api>, caller: Caller) -> Answer<Value> {
    caller.require_everywhere(Role::Admin)?;
    let count = api.engine().rotate_key().await?;
    api.note(&caller, Deed::new("secret.rotate_key", "master key").with(json!({"secrets": count}))).await?;
    Ok(Json(json!({"secrets": count})))
}

/// The caller's right to the place, and that there can be such a place.
fn checked<'a>(caller: &'a Caller, (team, environment, name): &'a Place) -> Result<SecretKey<'a>> {
    caller.require(Role::Operator, team, &format!("secret {name} of {team} in {environment}"))?;
    for (what, text) in [("team", team), ("environment", environment)] {
        if !is_name(text) {
            return Err(Error::bad_request(format!("`{text}` cannot be the name of a {what}")));
        }
    }
    Ok(SecretKey { workspace_id: &caller.workspace, team, environment, name })
}
