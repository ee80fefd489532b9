use crate::{ColumnType, UnknownType};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why files cannot be read. Rows that do not fit are no error: they come out as rejected rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("`{location}` is not where files can be: {reason}")]
    Location { location: String, reason: String },
    #[error("`{path}` is outside of {root}: files are read from there only. Copy it there, or name a bucket")]
    Outside { path: String, root: String },
    #[error("{file} has changed since it was listed. Read it again when it is complete")]
    Changed { file: String },
    #[error("{file} cannot be reached: {source}")]
    Store {
        file: String,
        #[source]
        source: Box<object_store::Error>,
    },
    #[error(
        "of which format {file} is cannot be told by its name: set `format` to csv, jsonl, json or parquet"
    )]
    UnknownFormat { file: String },
    /// What was read before it came out already.
    #[error(
        "{file} ends too early, in or after line {line}: {reason}. It may still be being written, or be cut off"
    )]
    Truncated { file: String, line: u64, reason: String },
    #[error("{file}{}: {reason}", at(*.line))]
    Corrupt { file: String, line: u64, reason: String },
    #[error(
        "{file}, line {line}: there are new columns ({columns}), and `on_schema_change` is `fail`. Set it to `evolve` or \
         `ignore`, or name them under `exclude`"
    )]
    NewColumns { file: String, line: u64, columns: String },
    #[error(
        "column {column} is kept as {column_type}, and is to be hashed: a hash is text, so all of it must be read anew"
    )]
    Hashed { column: String, column_type: ColumnType },
    #[error("the options for reading are wrong: {reason}")]
    Options { reason: String },
    #[error(transparent)]
    Type(#[from] UnknownType),
    /// A thread that read a file is gone: a bug of Polder.
    #[error("reading {file} broke off: {reason}")]
    BrokeOff { file: String, reason: String },
}

impl Error {
    /// What went wrong below a file's text: in reaching it, or in its compression.
    pub(crate) fn reading(file: &str, line: u64, error: std::io::Error) -> Self {
        let (file, kind, reason) = (file.to_owned(), error.kind(), error.to_string());
        match error.into_inner().map(|inner| inner.downcast::<object_store::Error>()) {
            Some(Ok(source)) => Self::Store { file, source },
            _ if kind == std::io::ErrorKind::UnexpectedEof => Self::Truncated { file, line, reason },
            _ => Self::Corrupt { file, line, reason },
        }
    }

    pub(crate) fn corrupt(file: &str, line: u64, reason: impl Into<String>) -> Self {
        Self::Corrupt { file: file.to_owned(), line, reason: reason.into() }
    }

    pub(crate) fn store(file: &str) -> impl Fn(object_store::Error) -> Self + '_ {
        |source| match source {
            object_store::Error::Precondition { .. } => Self::Changed { file: file.to_owned() },
            source => Self::Store { file: file.to_owned(), source: Box::new(source) },
        }
    }
}

/// Files of columns have no lines.
fn at(line: u64) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn what_a_store_says_is_told_from_what_a_file_is() {
        let unreachable =
            object_store::Error::NotImplemented { operation: String::new(), implementer: String::new() };
        assert!(matches!(Error::reading("a", 1, io::Error::other(unreachable)), Error::Store { .. }));
        assert!(matches!(
            Error::reading("a", 1, io::ErrorKind::UnexpectedEof.into()),
            Error::Truncated { .. }
        ));
        assert!(matches!(Error::reading("a", 1, io::Error::other("broken")), Error::Corrupt { .. }));
    }
}
