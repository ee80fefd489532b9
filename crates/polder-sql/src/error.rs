use std::io;

use polder_lake::{Error as Lake, Mistake};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a program could not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("what to do cannot be read from standard input: {0}")]
    Spec(#[from] serde_json::Error),
    #[error("what to do cannot be learnt from the server: {0}")]
    Server(io::Error),
    #[error(transparent)]
    Lake(#[from] Lake),
    #[error("{whose}, {}{}", .mistakes.first().map(ToString::to_string).unwrap_or_default(), more(.mistakes))]
    Mistakes { whose: String, mistakes: Vec<Mistake> },
    #[error(transparent)]
    Work(#[from] polder_work::Error),
    #[error("the server's answer makes no sense: {0}")]
    Answer(String),
    #[error("the answer cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(
        "column {column} has {value}, which cannot be written as text: make it a number or leave it out, or ask for Parquet or Arrow"
    )]
    NoText { column: String, value: String },
    #[error("the answer cannot be written as {format}: {reason}")]
    Format { format: &'static str, reason: String },
}

impl Error {
    /// What the program exits with: whether trying again may help is worth knowing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Work(error) => error.exit_code(),
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
