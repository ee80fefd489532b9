use std::io;

use polder_lake::{Error as Lake, Mistake};
use polder_types::Code;
use polder_types::wire::EXIT_CONFLICT;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a program could not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("what to do cannot be read from standard input: {0}")]
    Spec(#[from] serde_json::Error),
    #[error(transparent)]
    Lake(#[from] Lake),
    #[error("{whose}, {}{}", .mistakes.first().map(ToString::to_string).unwrap_or_default(), more(.mistakes))]
    Mistakes { whose: String, mistakes: Vec<Mistake> },
    #[error("{}", told(.0))]
    Server(#[from] polder_client::Error),
    #[error("the server's answer makes no sense: {0}")]
    Answer(String),
    #[error("the answer cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error("the answer cannot be written as {format}: {reason}")]
    Format { format: &'static str, reason: String },
}

impl Error {
    /// What the program exits with: whether trying again may help is worth knowing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Lake(Lake::Conflict { .. }) => EXIT_CONFLICT,
            Self::Server(error) if error.code() == Some(Code::PublishConflict) => EXIT_CONFLICT,
            _ => 1,
        }
    }
}

fn more(mistakes: &[Mistake]) -> String {
    match mistakes.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more, see above)", count - 1),
    }
}

/// With what went wrong below it.
fn told(error: &polder_client::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
