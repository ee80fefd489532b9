//! What came of a statement.

use crate::operations::{Batches, Upserted, Written};
use crate::{Kind, TableName};

/// What came of a statement.
pub enum Outcome {
    /// Of a query, as they are read.
    Rows(Batches),
    Wrote(Effect),
}

/// What was done to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub kind: Kind,
    pub table: TableName,
    pub inserted: u64,
    pub updated: u64,
    /// None if the log does not tell how many rows there were.
    pub deleted: Option<u64>,
    /// Rows that came in and were not written, because another one of their key was.
    pub duplicates: u64,
    /// That were written, and their bytes, compressed. Of files that were written anew all of it, not only what changed.
    pub files: u64,
    pub bytes: u64,
}

impl Effect {
    pub(super) fn none(kind: Kind, table: &TableName) -> Self {
        let table = table.clone();
        Self { kind, table, inserted: 0, updated: 0, deleted: Some(0), duplicates: 0, files: 0, bytes: 0 }
    }

    pub(super) fn written(kind: Kind, table: &TableName, written: Written) -> Self {
        let Written { rows, files, bytes } = written;
        Self { inserted: rows, files, bytes, ..Self::none(kind, table) }
    }

    pub(super) fn upserted(table: &TableName, done: Upserted) -> Self {
        Self {
            inserted: done.inserted,
            updated: done.updated,
            deleted: Some(done.surplus),
            duplicates: done.duplicates,
            files: done.files_written,
            bytes: done.bytes,
            ..Self::none(Kind::Upsert, table)
        }
    }
}
