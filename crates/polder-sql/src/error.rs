use std::io;

use polder_lake::Error as Lake;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a program could not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("what to do cannot be read from standard input: {0}")]
    Spec(#[from] serde_json::Error),
    #[error(transparent)]
    Lake(#[from] Lake),
    #[error("the answer cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error("the answer cannot be written as {format}: {reason}")]
    Format { format: &'static str, reason: String },
}
