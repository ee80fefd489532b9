//! What can go wrong with the store, by what a caller can do about it.

use std::io;

use sqlx::error::{DatabaseError, ErrorKind};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The one row that was asked for is not there.
    #[error("not found")]
    NotFound,
    /// A unique, foreign key or check constraint refused the change; the text names it.
    #[error("the change conflicts with what is stored: {0}")]
    Conflict(String),
    /// Another transaction was in the way (lock, deadlock, serialization): the same transaction may succeed if it is tried again.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// The database cannot be reached, or has no connection left.
    #[error("the database cannot be reached")]
    Unavailable(#[source] sqlx::Error),
    /// A stored value that this version does not understand.
    #[error("stored {what} is not valid: {found}")]
    Corrupt { what: &'static str, found: String },
    /// The database was written by a newer version, or its migrations are not those of this program.
    #[error("the database's schema does not fit this version of polder: {0}")]
    Schema(String),
    /// A cursor that this server did not give out.
    #[error("the cursor is not valid")]
    Cursor,
    #[error("{0} is not the address of a database: expected sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    #[error("backup: {0}")]
    Backup(String),
    /// No space is left where the database or the logs are.
    #[error("no space left on the disk")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Io(io::Error),
    #[error("database: {0}")]
    Sqlx(#[source] sqlx::Error),
}

impl Error {
    /// True if the whole transaction may be tried again as it was.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    pub(crate) fn corrupt(what: &'static str, found: impl Into<String>) -> Self {
        Self::Corrupt { what, found: found.into() }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(reason) => match class(&**reason) {
                Class::Conflict => Self::Conflict(constraint(&**reason)),
                Class::Busy => Self::Busy(error),
                Class::Unavailable => Self::Unavailable(error),
                Class::DiskFull => Self::DiskFull(Box::new(error)),
                Class::Other => Self::Sqlx(error),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Sqlx(error),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(Box::new(error)),
            _ => Self::Io(error),
        }
    }
}

enum Class {
    Conflict,
    Busy,
    Unavailable,
    DiskFull,
    Other,
}

/// Sorts by SQLSTATE (five characters) or by SQLite's result code (a number whose low byte is the primary code).
fn class(error: &dyn DatabaseError) -> Class {
    if !matches!(error.kind(), ErrorKind::Other | ErrorKind::NotNullViolation) {
        return Class::Conflict;
    }
    let code = error.code().unwrap_or_default();
    match &*code {
        "40001" | "40P01" | "55P03" => Class::Busy,
        "53100" => Class::DiskFull,
        state
            if state.len() == 5
                && (state.starts_with("08") || state.starts_with("57P") || state.starts_with("53")) =>
        {
            Class::Unavailable
        }
        state if state.len() == 5 => Class::Other,
        number => match number.parse::<u32>().map(|code| code & 0xff) {
            Ok(5 | 6) => Class::Busy,
            Ok(13) => Class::DiskFull,
            Ok(14) => Class::Unavailable,
            _ => Class::Other,
        },
    }
}

fn constraint(error: &dyn DatabaseError) -> String {
    error.constraint().unwrap_or(error.message()).to_owned()
}
