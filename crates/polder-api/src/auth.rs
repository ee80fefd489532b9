//! Who a request is from, and what they may do.
//!
//! A layer in front of the routes ([`authenticate`]) finds the [`Caller`] of the token and puts it into the request;
//! handlers take it from there and ask it for the right that they need. A right that is missing is 403; but what a
//! caller may not even see is 404, so that names of other teams' things are not told.

mod credentials;
mod first;
mod known;
mod throttle;

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Utc};
use polder_store::run_views::RunScope;
use polder_types::id::TokenId;
use polder_types::wire::{Grant, Role};

pub(crate) use credentials::hash as hash_of;
pub use credentials::new_token;
pub use first::{first_admin_token, insert_token};
pub(crate) use known::Known;
pub(crate) use throttle::Throttle;

use crate::error::Whose;
use crate::{Api, Error, Result};

/// Who a request is from.
#[derive(Debug, Clone)]
pub struct Caller {
    pub workspace: String,
    /// The token's name.
    pub name: String,
    pub grants: Vec<Grant>,
    pub expires_at: Option<DateTime<Utc>>,
    /// The token itself; none for those of the server's own parts.
    pub token: Option<TokenId>,
    /// The address that the request came from; none inside the process.
    pub address: Option<IpAddr>,
}

impl Caller {
    pub(crate) fn internal(workspace: &str, name: String, grants: Vec<Grant>) -> Self {
        Self { workspace: workspace.to_owned(), name, grants, expires_at: None, token: None, address: None }
    }

    /// Whether the caller has this role, or one that includes it, for a team; without a team: for all teams.
    #[must_use]
    pub fn may(&self, role: Role, team: Option<&str>) -> bool {
        self.grants.iter().any(|grant| includes(grant.role, role) && covers(grant, team))
    }

    /// Whether the caller has this role for at least one team.
    #[must_use]
    pub fn may_somewhere(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| includes(grant.role, role))
    }

    /// The caller's right to something of a team.
    ///
    /// # Errors
    /// 404 where the caller may not even see it, else 403.
    pub fn require(&self, role: Role, team: &str, what: &str) -> Result<()> {
        if self.may(role, Some(team)) {
            return Ok(());
        }
        if role != Role::Agent && !self.may(Role::Viewer, Some(team)) {
            return Err(Error::not_found(what));
        }
        Err(Error::Forbidden { role, of: Whose::Team(team.to_owned()) })
    }

    /// The caller's right to do something in the name of a team that they named themselves: nothing is told by a 403.
    ///
    /// # Errors
    /// 403.
    pub fn require_team(&self, role: Role, team: &str) -> Result<()> {
        if self.may(role, Some(team)) {
            Ok(())
        } else {
            Err(Error::Forbidden { role, of: Whose::Team(team.to_owned()) })
        }
    }

    /// The caller's right to something that concerns all teams.
    ///
    /// # Errors
    /// 403.
    pub fn require_everywhere(&self, role: Role) -> Result<()> {
        if self.may(role, None) { Ok(()) } else { Err(Error::Forbidden { role, of: Whose::AllTeams }) }
    }

    /// The caller's right to something of any team; what of it they see is filtered further on.
    ///
    /// # Errors
    /// 403.
    pub fn require_somewhere(&self, role: Role) -> Result<()> {
        if self.may_somewhere(role) { Ok(()) } else { Err(Error::Forbidden { role, of: Whose::AnyTeam }) }
    }

    /// The teams that the caller may look at; `None` for all.
    #[must_use]
    pub fn teams(&self) -> Option<Vec<String>> {
        if self.may(Role::Viewer, None) {
            return None;
        }
        let viewing = self.grants.iter().filter(|grant| includes(grant.role, Role::Viewer));
        let mut teams: Vec<String> = viewing.filter_map(|grant| grant.team.clone()).collect();
        teams.sort();
        teams.dedup();
        Some(teams)
    }

    /// What the caller sees in lists.
    #[must_use]
    pub fn scope(&self) -> RunScope {
        RunScope { workspace: self.workspace.clone(), teams: self.teams() }
    }
}

/// `agent` stands apart; each of the others includes those below it.
fn includes(has: Role, wanted: Role) -> bool {
    has == wanted || (wanted != Role::Agent && has > wanted)
}

fn covers(grant: &Grant, team: Option<&str>) -> bool {
    grant.team.is_none() || grant.team.as_deref() == team
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let missing = || {
            Error::Internal("a route that needs a caller stands in front of the authentication".to_owned())
        };
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// The layer in front of every route that needs a token.
pub(crate) async fn authenticate(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    let caller = caller(&api, request.headers(), request.extensions()).await?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Who a request is from.
pub(crate) async fn caller(api: &Api, headers: &HeaderMap, extensions: &Extensions) -> Result<Caller> {
    let address = address_of(extensions);
    let token = credentials::token(headers).ok_or(Error::Unauthenticated("the request brings no token"))?;
    let caller = find(api, &token, address).await?;
    Ok(Caller { address, ..caller })
}

/// Who sent the token. Wrong ones are counted, and an address with too many is not listened to for a while.
async fn find(api: &Api, token: &str, address: Option<IpAddr>) -> Result<Caller> {
    let (hash, now) = (hash_of(token), api.now());
    if let Some(caller) = api.internal().get(&hash).or(api.known().get(&hash, now).as_ref()) {
        return Ok(caller.clone());
    }
    // A right token passes whatever others at the same address have tried: it cannot be found by trying.
    if let Some(found) = known::load(api, token, hash, now).await? {
        return Ok(found);
    }
    if let Some(address) = address {
        if let Some(retry_after) = api.throttle().wait_of(address, api.limits().failed_logins, now) {
            return Err(Error::TooManyFailedLogins { retry_after });
        }
        api.throttle().failed(address, now);
    }
    Err(Error::Unauthenticated("the token is not known, has expired or was revoked"))
}

fn address_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(grants: &[(Role, Option<&str>)]) -> Caller {
        let grants = grants.iter().map(|(role, team)| Grant { role: *role, team: team.map(str::to_owned) });
        Caller::internal("default", "x".into(), grants.collect())
    }

    #[test]
    fn roles_include_the_ones_below_but_never_the_agents() {
        let admin = caller(&[(Role::Admin, None)]);
        assert!(admin.may(Role::Viewer, Some("a")) && admin.may(Role::Operator, None));
        assert!(!admin.may(Role::Agent, None));
        let agent = caller(&[(Role::Agent, None)]);
        assert!(agent.may(Role::Agent, None) && !agent.may(Role::Viewer, Some("a")));
    }

    #[test]
    fn what_may_not_be_seen_is_not_found() {
        let operator = caller(&[(Role::Operator, Some("a")), (Role::Viewer, Some("b"))]);
        assert!(operator.require(Role::Operator, "a", "run").is_ok());
        assert!(matches!(operator.require(Role::Operator, "b", "run"), Err(Error::Forbidden { .. })));
        assert!(matches!(operator.require(Role::Viewer, "c", "run"), Err(Error::NotFound { .. })));
        assert!(operator.require_everywhere(Role::Viewer).is_err());
        assert_eq!(operator.teams(), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(caller(&[(Role::Viewer, None)]).teams(), None);
        assert_eq!(caller(&[(Role::Agent, None)]).teams(), Some(vec![]));
    }
}
