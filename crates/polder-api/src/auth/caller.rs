//! Who a request is from, and what they may do.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use polder_store::run_views::RunScope;
use polder_types::id::TokenId;
use polder_types::wire::{Grant, Role};

use super::sessions::Session;
use crate::error::Whose;
use crate::{Error, Result};

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
    /// The session of a browser that the request came with, in place of the token.
    pub(crate) session: Option<Session>,
    /// The address that the request came from; none inside the process.
    pub address: Option<IpAddr>,
}

impl Caller {
    pub(crate) fn internal(workspace: &str, name: String, grants: Vec<Grant>) -> Self {
        Self {
            workspace: workspace.to_owned(),
            name,
            grants,
            expires_at: None,
            token: None,
            session: None,
            address: None,
        }
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
