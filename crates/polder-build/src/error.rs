use std::io;

use polder_lake::Error as Lake;
use polder_types::wire::EXIT_TESTS;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why models could not be built, or what they held was not published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("what to do cannot be read from standard input: {0}")]
    Spec(#[from] serde_json::Error),
    #[error("the project cannot be read: {file}: {source}")]
    Project { file: String, source: io::Error },
    /// They stand in the log, each with its place.
    #[error("{}", mistakes(*.0))]
    Mistakes(usize),
    #[error("{0}")]
    Selection(String),
    #[error(transparent)]
    Lake(#[from] Lake),
    #[error(transparent)]
    Seed(#[from] polder_ingest::Error),
    #[error("{count} of its rows do not fit: {first}")]
    SeedRows { count: u64, first: String },
    /// Of what is brought in before.
    #[error(transparent)]
    Sync(#[from] polder_sync::Error),
    #[error(transparent)]
    Work(#[from] polder_work::Error),
    #[error("the log or the outputs cannot be written: {0}")]
    Output(#[from] io::Error),
    /// Nothing of it is published.
    #[error("{0}; nothing of this was published")]
    Tests(String),
    /// The same, where a model itself could not be built.
    #[error("{0}; nothing of this was published")]
    Models(String),
    /// What is wrong with one of them.
    #[error("{0}")]
    Model(String),
}

impl Error {
    /// What the program exits with: what kind of failure it was is worth knowing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Tests(_) => EXIT_TESTS,
            Self::Sync(error) => error.exit_code(),
            Self::Work(error) => error.exit_code(),
            _ => 1,
        }
    }
}

fn mistakes(count: usize) -> String {
    match count {
        1 => "the models have a mistake, which is told above".to_owned(),
        count => format!("the models have {count} mistakes, which are told above"),
    }
}
