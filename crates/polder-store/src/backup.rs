//! Backup and restore, while the server runs and from either database into either.
//!
//! A backup is JSON lines in zstd, readable with `zstdcat`:
//!
//! ```text
//! {"polder_backup":1,"schema":"0002_runs","created_at":"…"}
//! {"table":"workspaces","columns":["id","name"]}
//! ["default","default"]
//! …
//! {"rows":1234}
//! ```
//!
//! It comes from one consistent snapshot. Which tables and columns there are is asked of the database, so whatever a later
//! migration adds is in it. Tables come before those that refer to them, rows in the order of their key. A value is a number,
//! a text, `null`, `{"bytes": "<hexadecimal>"}` or `{"real": "<decimal>"}`; times, booleans and ids are written as SQLite stores them.
//!
//! It is restored into an empty database at the schema that it was made with; then the newer migrations run.

mod cell;
mod read;
mod schema;
mod write;

pub use read::restore;
pub use write::{stream, write};

use serde::{Deserialize, Serialize};

/// The version of the format.
const VERSION: u32 = 1;

/// Begins each statement of a backup, and tells it apart from those that must not read a whole table.
const MARK: &str = "/* backup */";

/// What a backup holds, or a restore has put back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub tables: u64,
    pub rows: u64,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    polder_backup: u32,
    /// The newest migration of the database that it comes from.
    schema: String,
    created_at: chrono::DateTime<chrono::Utc>,
}

/// The line before a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    table: String,
    columns: Vec<String>,
}

/// The last line: how many rows there were in all.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    rows: u64,
}

/// A line behind the first.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row(Vec<cell::Cell>),
    Table(Table),
    End(End),
}

/// A name as SQL wants it. They come from the database itself, or were compared with it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quoted_list(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
