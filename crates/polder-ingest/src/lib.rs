//! Files as batches of rows: what there is to read, of which types it is, and the rows that do not fit.
//!
//! ```text
//! Source ── list ──▶ FoundFile ── Seen ──▶ those to read ── Reader ──▶ Part, Part, …
//!                        └── infer ──▶ KeptSchema ──────────┘            batch, rejected rows, schema changes
//! ```
//!
//! A [`Source`] lists files in a folder or a bucket, [`Seen`] tells which of them are new. [`infer()`] decides the columns and their types from
//! a sample, once; the [`KeptSchema`] is kept by the caller and given to every [`Reader`]. A reader never holds a file: text comes in blocks,
//! a scanner for each format finds where rows and values are (`scan`), and each column's values are read by the same code (`column`), by rules
//! that know no format (`value`). Two threads do that, one after the other, while the next bytes are fetched.
//!
//! A row that does not fit is never lost and never fails a file; it comes out with where it stood, why, and its text. What cannot be read at
//! all (cut off, corrupt, changed meanwhile) is an [`Error`] that names file and line, after the parts before it: only what a reader gave up
//! to its end without an error is the whole file. The rules that users rely on are in `docs/ingest.md`.
//!
//! Nothing here writes, knows tables or keeps state.

mod assemble;
mod column;
mod error;
mod infer;
mod input;
mod options;
mod parquet_file;
mod reader;
mod reject;
mod rows;
mod scan;
mod schema;
mod source;
mod value;

pub use error::{Error, Result};
pub use infer::infer;
pub use input::{Compression, Encoding};
pub use options::{FileFormat, Format, JsonOptions, Limits, ReadOptions, Sample};
pub use reader::{Part, Reader};
pub use reject::{Reason, rejected_schema};
pub use scan::CsvOptions;
pub use schema::{
    AddedColumns, ColumnRules, ColumnType, KeptColumn, KeptSchema, Naming, ORIGINAL_NAME, OnAdded, Salt,
    SchemaChange, UnknownType,
};
pub use source::{FoundFile, Seen, Source};
