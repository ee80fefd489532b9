//! Tokens, secrets, the audit log, and what the server says of itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::{AuditId, TokenId};

/// What a token may do. Each includes the ones below; `agent` stands apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Claims and reports attempts.
    Agent,
    Viewer,
    Operator,
    Admin,
}

/// A role, for one team or for all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub role: Role,
    /// Absent: for all teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// Makes a token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    pub name: String,
    pub grants: Vec<Grant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A new token; the only time that its text is shown.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    pub token: String,
    #[serde(flatten)]
    pub view: TokenView,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CreatedToken({:?})", self.view)
    }
}

/// A token as it is listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    pub id: TokenId,
    pub name: String,
    pub grants: Vec<Grant>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Begins a session in a browser.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// An API token of a person; what is around it is left out.
    pub token: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(…)")
    }
}

/// Who is signed in. What makes it a session is in a cookie that no script can read.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The token's name.
    pub name: String,
    pub workspace: String,
    pub grants: Vec<Grant>,
    /// When the session ends, if it is not used until then; a request that somebody makes before puts it off.
    pub expires_at: DateTime<Utc>,
    /// When it ends in any case, because its token does.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// What requests that change something bring in the header `X-CSRF-Token`.
    pub csrf: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({}, until {})", self.name, self.expires_at)
    }
}

/// A session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedOut {
    /// False if there was none any more.
    pub ended: bool,
}

/// Who the caller is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhoAmI {
    pub name: String,
    pub grants: Vec<Grant>,
    pub expires_at: Option<DateTime<Utc>>,
    pub workspace: String,
}

/// Sets a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSecret {
    pub value: String,
}

impl std::fmt::Debug for SetSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetSecret(…)")
    }
}

/// A secret as it is listed: everything but its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SecretView {
    pub team: String,
    pub environment: String,
    pub name: String,
    pub version: u32,
    pub updated_at: DateTime<Utc>,
    pub updated_by: String,
    /// Full names of the pipelines that ask for it.
    pub used_by: Vec<String>,
}

/// A secret that pipelines ask for and that nobody has set: their runs will fail for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingSecret {
    pub team: String,
    pub environment: String,
    pub name: String,
    /// Full names of the pipelines that ask for it.
    pub used_by: Vec<String>,
}

/// Somebody did something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    /// The token's name, or `system`.
    pub actor: String,
    /// The address that the request came from.
    pub address: Option<String>,
    /// Such as `run.start`, `secret.set`.
    pub action: String,
    /// What it was done to, such as `weather/hourly` or a run's id.
    pub object: String,
    pub team: Option<String>,
    pub environment: Option<String>,
    /// More, never a secret.
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// Which entries of the audit log to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub object: Option<String>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// Text in any part of an entry. Looks through 20,000 entries for a page; `next_cursor` goes on behind them.
    pub search: Option<String>,
    pub cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    pub limit: Option<u32>,
}

/// An agent as it is listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentView {
    pub name: String,
    pub executors: Vec<String>,
    pub slots: u32,
    pub running: u32,
    pub last_seen_at: DateTime<Utc>,
    pub alive: bool,
}

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct About {
    pub version: String,
    pub database: String,
    pub started_at: DateTime<Utc>,
    pub public_url: String,
}
