//! The one place where errors become answers: `application/problem+json` (RFC 9457) with a stable code.
//!
//! Whatever a handler fails with becomes an [`Error`]; [`Error::problem`] says what the client is told. What went wrong
//! inside (a query, a path, an I/O error) stays inside: it is logged here, once, and the client gets a sentence without it.

mod codes;
mod engine;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use polder_types::Code;
use polder_types::wire::{Mistake, Problem, Role};
use serde_json::{Map, Value};

pub(crate) use codes::status;

/// The media type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request is not answered as it wished.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Engine(#[from] polder_engine::Error),
    #[error(transparent)]
    Store(#[from] polder_store::Error),
    #[error("{0}")]
    Unauthenticated(&'static str),
    #[error("{0}")]
    SignedOut(&'static str),
    #[error("this address has sent too many wrong tokens")]
    TooManyFailedLogins { retry_after: u64 },
    #[error("this needs the role {} {of}", role_name(*role))]
    Forbidden { role: Role, of: Whose },
    #[error("an agent's token cannot sign in: it may only claim steps and report on them")]
    AgentSignsIn,
    #[error("{0}")]
    Forged(&'static str),
    #[error("there is no {what}")]
    NotFound { what: String },
    #[error("{detail}")]
    BadRequest { detail: String, hint: Option<String> },
    #[error("a body of the type {0} is not read")]
    UnsupportedMediaType(String),
    #[error("{0} does not answer to this method")]
    MethodNotAllowed(String),
    #[error("{what} is larger than {limit} bytes")]
    TooLarge { what: &'static str, limit: usize },
    #[error("{of} has {limit} requests open already")]
    TooManyOpen { of: &'static str, limit: usize },
    #[error("the run is {0}")]
    NotReady(polder_types::run::RunStatus),
    #[error("{0}")]
    Conflict(String),
    /// A query cannot be answered.
    #[error("{0}")]
    Query(String),
    /// The lake could not be brought to do it.
    #[error("{0}")]
    Lake(String),
    #[error("the request took too long")]
    TooSlow,
    #[error("the server is stopping")]
    Stopping,
    #[error("{0}")]
    Internal(String),
}

/// For whom a role is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    Team(String),
    AllTeams,
    /// One is enough.
    AnyTeam,
}

impl std::fmt::Display for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Team(team) => write!(f, "for team {team}"),
            Self::AllTeams => f.write_str("for all teams"),
            Self::AnyTeam => f.write_str("for at least one team"),
        }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::BadRequest { detail: detail.into(), hint: None }
    }

    /// The stable name of what went wrong.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Engine(error) => error.code(),
            Self::Store(error) => engine::store_code(error),
            Self::Unauthenticated(_) | Self::SignedOut(_) => Code::Unauthenticated,
            Self::TooManyFailedLogins { .. } | Self::TooManyOpen { .. } => Code::TooManyRequests,
            Self::Forbidden { .. } | Self::AgentSignsIn => Code::Forbidden,
            Self::Forged(_) => Code::CsrfToken,
            Self::NotFound { .. } => Code::NotFound,
            Self::BadRequest { .. } => Code::BadRequest,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::UnsupportedMediaType(_) => Code::UnsupportedMediaType,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::NotReady(_) => Code::NotReady,
            Self::Conflict(_) => Code::Conflict,
            Self::Query(_) | Self::Lake(_) => Code::SqlFailed,
            Self::TooSlow | Self::Stopping => Code::Unavailable,
            Self::Internal(_) => Code::Internal,
        }
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = self.code();
        Problem {
            kind: Some(format!("/api/v1/errors/{code}")),
            code,
            title: codes::title(code).to_owned(),
            status: status(code).as_u16(),
            detail: self.detail(code),
            hint: self.hint(code),
            errors: self.mistakes(),
            more: self.more(),
        }
    }

    /// Inner errors are not for the client's eyes, except where they are about what the client sent.
    fn detail(&self, code: Code) -> String {
        match code {
            Code::Internal | Code::MasterKey => {
                "something broke inside the server; its log says what".to_owned()
            }
            Code::Unavailable if !matches!(self, Self::TooSlow | Self::Stopping) => {
                "the database or the disk cannot be reached just now".to_owned()
            }
            _ => self.to_string(),
        }
    }

    fn hint(&self, code: Code) -> Option<String> {
        match self {
            Self::BadRequest { hint, .. } => hint.clone(),
            Self::Forbidden { role, of } => Some(ask_for(*role, of)),
            Self::SignedOut(_) => Some("sign in with an API token".to_owned()),
            Self::AgentSignsIn => {
                Some("sign in with a token that has the role viewer, operator or admin".to_owned())
            }
            Self::Engine(error) => engine::hint(error).or_else(|| codes::hint(code)),
            _ => codes::hint(code),
        }
    }

    fn mistakes(&self) -> Vec<Mistake> {
        match self {
            Self::Engine(error) => engine::mistakes(error),
            _ => Vec::new(),
        }
    }

    fn more(&self) -> Map<String, Value> {
        match self {
            Self::Engine(error) => engine::more(error),
            _ => Map::new(),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyFailedLogins { retry_after } => Some(*retry_after),
            Self::TooManyOpen { .. } | Self::NotReady(_) => Some(5),
            _ => match self.code() {
                Code::IdempotencyInFlight => Some(1),
                Code::Unavailable => Some(2),
                _ => None,
            },
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        if problem.status >= 500 {
            tracing::error!(code = %problem.code, error = %chain(&self), "a request failed");
        }
        let mut response = respond(&problem);
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if problem.code == Code::Unauthenticated {
            let challenge = "Bearer realm=\"polder\", Basic realm=\"polder\"";
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// The error with what caused it, for the server's own log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Viewer => "viewer",
        Role::Operator => "operator",
        Role::Admin => "admin",
    }
}

fn ask_for(role: Role, of: &Whose) -> String {
    let role = if role == Role::Viewer {
        "viewer (to look) or operator (to change things)"
    } else {
        role_name(role)
    };
    format!("ask an admin for a token with the role {role} {of}")
}
