pub(crate) mod engine;

use deltalake::DeltaTableError;
use deltalake::datafusion::error::DataFusionError;

use crate::{BranchName, InvalidName, Line, TableName};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with tables.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(transparent)]
    Name(#[from] InvalidName),
    #[error("`{url}` is not where a lake can be: {reason}")]
    Location { url: String, reason: String },
    #[error("there is no table {table} on {line}")]
    NoTable { table: TableName, line: Line },
    #[error("table {table} has no version {version} on {line}")]
    NoVersion { table: TableName, line: Line, version: u64 },
    #[error("version {version} of table {table} is not kept any more: its file {file} is gone")]
    Gone { table: TableName, version: u64, file: String },
    #[error("there was no table {table} yet at {}", at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))]
    NotYet { table: TableName, at: chrono::DateTime<chrono::Utc> },
    #[error(
        "`{text}` is no version of table {table}: write `VERSION AS OF 3`, or a time, as in `TIMESTAMP AS OF '2026-11-20 06:00'`"
    )]
    Version { table: TableName, text: String },
    #[error("table {table} is seen at version {newest}; it has no version {version} yet")]
    TooNew { table: TableName, newest: u64, version: u64 },
    #[error("table {table} is there already on {line}")]
    TableExists { table: TableName, line: Line },
    /// The main line, or the line that a branch was made from, got changes of its own since.
    #[error(
        "table {table} was changed by others since this branch was made (it was {ours}, and is version {theirs} now)"
    )]
    Conflict { table: TableName, ours: Position, theirs: u64 },
    #[error("version {version} of table {table} was not written by this publish")]
    Foreign { table: TableName, version: u64 },
    #[error("column {column} of table {table}: {reason}")]
    Column { table: TableName, column: String, reason: String },
    #[error(
        "column {column} is part of the key of table {table}, and is null in {rows} of the rows to write"
    )]
    NullKey { table: TableName, column: String, rows: u64 },
    #[error(
        "`{predicate}` is to be replaced in table {table}, and is not true for {rows} of the rows to write"
    )]
    Outside { table: TableName, predicate: String, rows: u64 },
    /// Another writer made use of what Delta offers and Polder cannot rewrite.
    #[error("table {table} has {what}, which Polder does not rewrite")]
    Unsupported { table: TableName, what: &'static str },
    /// Somebody tried the same before, and stopped halfway.
    #[error("branch {branch} of table {table} was written to before; begin anew on a branch of another name")]
    BranchUsed { table: TableName, branch: BranchName },
    /// What was done since would not be known.
    #[error("something before was not done to its end; begin anew on a branch of another name")]
    Unfinished,
    /// Whoever gives the rows knows why.
    #[error("{0}")]
    Source(String),
    #[error("the planner of SQL did not come to an end: {0}")]
    Planner(String),
    /// Where in a script it happened.
    #[error("line {line}: {source}")]
    Statement { line: u64, column: u64, source: Box<Self> },
    #[error("the log of table {table} cannot be read: {reason}")]
    Log { table: TableName, reason: String },
    #[error("table {table}: {source}")]
    Delta {
        table: TableName,
        #[source]
        source: Box<DeltaTableError>,
    },
    #[error("{}", engine::words(.0))]
    Query(#[source] Box<DataFusionError>),
    /// What is wrong with a query, before it is run.
    #[error("{0}")]
    Sql(String),
    #[error("the lake's files cannot be reached: {0}")]
    Store(#[source] object_store::Error),
    #[error(
        "the disk of the lake is full: make room, or let `polder vacuum` delete what nobody needs any more, and try again"
    )]
    Full,
}

/// A version, or that there was none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position(pub Option<u64>);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(version) => write!(f, "version {version}"),
            None => f.write_str("not there"),
        }
    }
}

impl Error {
    pub(crate) fn delta(table: &TableName) -> impl Fn(DeltaTableError) -> Self + '_ {
        |source| match is_full(&source) {
            true => Self::Full,
            false => Self::Delta { table: table.clone(), source: Box::new(source) },
        }
    }

    /// A column that does not fit; `*` for all of them together.
    pub(crate) fn column(table: &TableName, column: &str, reason: impl Into<String>) -> Self {
        Self::Column { table: table.clone(), column: column.to_owned(), reason: reason.into() }
    }

    /// What a query's stream fails with.
    #[must_use]
    pub fn query(error: DataFusionError) -> Self {
        if is_full(&error) { Self::Full } else { Self::Query(Box::new(error)) }
    }

    pub(crate) fn log(table: &TableName, reason: impl std::fmt::Display) -> Self {
        Self::Log { table: table.clone(), reason: reason.to_string() }
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Store(error) }
    }
}

/// Whatever was done, what kept it from being done was a full disk.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let full = |io: &std::io::Error| io.kind() == std::io::ErrorKind::StorageFull;
    causes.filter_map(|cause| cause.downcast_ref()).any(full)
}
