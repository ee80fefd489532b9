//! What can go wrong, by what a caller can do about it.

use chrono::{DateTime, Utc};
use polder_types::Code;
use polder_types::id::RunId;
use polder_types::wire::Mistake;

use crate::vault::Error as Vault;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{what} is not there")]
    NotFound { what: String },
    /// With what may be meant.
    #[error("there is no environment `{environment}`")]
    UnknownEnvironment { environment: String, hint: String },
    #[error("the pipeline is paused")]
    Paused,
    #[error("the pipeline runs already as often as it may: run {run}")]
    AlreadyRunning { run: RunId },
    #[error("the parameters do not fit the pipeline's")]
    InvalidParameters(Vec<Mistake>),
    #[error("the definitions have mistakes")]
    InvalidDefinition(Vec<Mistake>),
    #[error("{} files have not been uploaded", .0.len())]
    MissingFiles(Vec<String>),
    #[error("the idempotency key was used for a different request")]
    IdempotencyMismatch,
    #[error("the first request with this idempotency key is still being answered")]
    IdempotencyInFlight,
    #[error("the attempt is no longer this agent's to report about")]
    Fenced,
    #[error("{detail}")]
    Conflict { detail: String },
    #[error("{}", .0.join("; "))]
    PublishConflict(Vec<String>),
    /// Retention has taken it away.
    #[error(
        "{what} is not kept any more: it ended at {}, and the lake keeps what has ended for {kept}",
        ended_at.format("%Y-%m-%d %H:%M UTC")
    )]
    RetentionOver { what: String, ended_at: DateTime<Utc>, kept: String },
    #[error("{detail}")]
    BadRequest { detail: String, hint: Option<String> },
    #[error("{detail}")]
    TooLarge { detail: String },
    #[error(transparent)]
    Vault(#[from] Vault),
    #[error(transparent)]
    Store(polder_store::Error),
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// The stable name of what went wrong.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } => Code::NotFound,
            Self::UnknownEnvironment { .. } => Code::UnknownEnvironment,
            Self::Paused => Code::Paused,
            Self::AlreadyRunning { .. } => Code::AlreadyRunning,
            Self::InvalidParameters(_) => Code::InvalidParameters,
            Self::InvalidDefinition(_) => Code::InvalidDefinition,
            Self::MissingFiles(_) => Code::MissingFiles,
            Self::IdempotencyMismatch => Code::IdempotencyMismatch,
            Self::IdempotencyInFlight => Code::IdempotencyInFlight,
            Self::Fenced => Code::Fenced,
            Self::Conflict { .. } => Code::Conflict,
            Self::PublishConflict(_) => Code::PublishConflict,
            Self::RetentionOver { .. } => Code::RetentionOver,
            Self::BadRequest { .. } => Code::BadRequest,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::Vault(Vault::Unreadable(_) | Vault::NotAFile) => Code::Conflict,
            Self::Vault(_) => Code::MasterKey,
            Self::Store(error) => store_code(error),
            Self::Internal(_) => Code::Internal,
        }
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }
}

impl From<polder_store::Error> for Error {
    fn from(error: polder_store::Error) -> Self {
        match error {
            polder_store::Error::NotFound => Self::not_found("it"),
            other => Self::Store(other),
        }
    }
}

const fn store_code(error: &polder_store::Error) -> Code {
    use polder_store::Error as Store;
    match error {
        Store::NotFound => Code::NotFound,
        Store::Conflict(_) => Code::Conflict,
        Store::Busy(_) | Store::Unavailable(_) | Store::DiskFull(_) => Code::Unavailable,
        _ => Code::Internal,
    }
}
