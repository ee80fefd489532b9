//! Delta tables, their branches, and publishing. The only crate that opens tables.
//!
//! ```text
//! Lake (a folder or bucket) ── TableName ──▶ <schema>/<table>/            data files of every line
//!                                             ├─ _delta_log/              the main line: what other readers see
//!                                             └─ _branches/<branch>/      the lines that only Polder sees
//! ```
//!
//! A table's history is a [`Line`]: the main one, or a branch that forked from another line at some version. A [`Table`] is a line
//! at one version; every operation (a file each under `operations`) takes one and gives the next. On a branch nothing of that is
//! visible to anybody who reads the folder as a Delta table, until [`publish`] adds to the main line one commit with all of it.
//!
//! This crate knows no pipeline, no server and no SQL store. Which version of which table is *the* version for a reader is decided
//! elsewhere, in one transaction for all tables of a publish; what is done here is safe to repeat after a crash at any point.

mod branch_store;
mod branch_view;
mod checkpoint;
mod error;
mod lake;
mod log;
mod means;
pub mod operations;
mod publish;
mod restore;
mod room;
mod session;
mod squash;
mod table;
mod undo;
mod vacuum;
mod work;

pub use error::{Error, Result};
pub use lake::{Lake, StorageOptions};
pub use means::Taken;
pub use operations::sql_type;
pub use polder_types::lake::{
    BranchName, CATALOG, ColumnFacts, Fork, Intent, InvalidName, Kept, Line, Pin, Published, SchemaName,
    Staged, TableFacts, TableName, View,
};
pub use polder_types::script::{Kind, Mistake, Script, Statement};
pub use publish::Occasion;
pub use session::{DEFAULT_SCHEMA, Limits, OwnSource, Prepared, Session, WithVersions, named};
pub use table::Table;
pub use undo::{Ending, Undone};
pub use vacuum::{Garbage, Vacuumed};
pub use work::{Base, Effect, Landing, Outcome, Work};
