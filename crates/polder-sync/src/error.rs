use std::io;

use polder_ingest::ColumnType;
use polder_types::wire::EXIT_SYNC;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a sync failed. Nothing was published then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("what to do cannot be read from standard input: {0}")]
    Spec(#[from] serde_json::Error),
    #[error(transparent)]
    Work(#[from] polder_work::Error),
    #[error(transparent)]
    Lake(#[from] polder_lake::Error),
    #[error(transparent)]
    Files(#[from] polder_ingest::Error),
    #[error("no file is called `{path}`{hint}")]
    NoFiles { path: String, hint: &'static str },
    #[error(
        "`{path}` is in none of the folders that may be read ({allowed}). Whoever runs the agent names them in POLDER_FILES"
    )]
    NotAllowed { path: String, allowed: String },
    #[error("{message}")]
    Api { message: String },
    #[error("the template `{text}` of the connector cannot be filled in: {reason}")]
    Template { text: String, reason: String },
    #[error("`{column}` is {what}, and there is no such column: there are {columns}")]
    Column { column: String, what: &'static str, columns: String },
    #[error(
        "column {column} of {table} is {found}, and is to be {wanted}, {why}. What is there cannot become that: run the stream once with \
         `mode: full_refresh`, which replaces the table"
    )]
    Type { table: String, column: String, found: ColumnType, wanted: ColumnType, why: &'static str },
    #[error(
        "how far {table} was read cannot be understood: {reason}. It was written by a newer version of Polder, or by hand"
    )]
    State { table: String, reason: String },
    #[error("`{value}` of `{field}` is no time as `{formats}` has it")]
    Time { field: String, value: String, formats: String },
    #[error(
        "none of the {rejected} rows that came fits, so that nothing is written. The first of them: {first}"
    )]
    NothingFits { rejected: u64, first: String },
    #[error(
        "nothing of what came has a column that {table} has: it is something else, or nothing at all, and takes the place of no row. If these are \
         its columns from now on, give the stream another name"
    )]
    Stranger { table: String },
    #[error(
        "no column is called {names}. Nothing is brought in, lest something is seen that is to be hidden: mend the name, or take it out of the list"
    )]
    Unmet { names: String },
    #[error("a temporary file: {0}")]
    Io(#[from] io::Error),
    /// In which stream it happened.
    #[error("{stream}: {source}")]
    Stream {
        stream: String,
        #[source]
        source: Box<Self>,
    },
}

impl Error {
    pub(crate) fn api(message: impl Into<String>) -> Self {
        Self::Api { message: message.into() }
    }

    pub(crate) fn in_stream(stream: &str) -> impl FnOnce(Self) -> Self + '_ {
        |source| Self::Stream { stream: stream.to_owned(), source: Box::new(source) }
    }

    /// What the program exits with: whether trying again may help is worth knowing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Work(error) => error.exit_code(),
            Self::Stream { source, .. } => source.exit_code(),
            _ => EXIT_SYNC,
        }
    }
}
