//! Syncs: what is brought into the lake, from files or from HTTP APIs, and how. Made from users' files by the parsers below, and stored
//! with each revision as part of the steps that run them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Compute;
use crate::lake::TableName;

pub mod connector;
mod files;
mod manifest;
mod modes;
mod parts;
mod read;
mod references;

pub use connector::HttpStream;
pub(crate) use manifest::read as read_connector;
pub(crate) use read::{Draft, read};

/// Streams that are brought into the lake together: all of what one run finds, or nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sync {
    pub name: String,
    pub streams: Vec<Stream>,
    pub on_schema_change: OnSchemaChange,
    /// What hashes of values begin with; a template, which may use secrets.
    pub salt: Option<String>,
    /// What the connector's own templates know as `config`; strings are templates, which may use secrets.
    pub config: BTreeMap<String, Value>,
    pub compute: Compute,
}

/// One kind of rows, and the table that they go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    pub name: String,
    pub table: TableName,
    pub mode: SyncMode,
    /// The column that says which of several rows of a key is the latest; of an API, up to where it was read.
    pub cursor: Option<String>,
    /// Rows replace those with the same key; without one they are added.
    pub primary_key: Vec<String>,
    pub columns: SyncColumns,
    pub source: StreamSource,
}

/// How much of a source is read, and what becomes of the rows that are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// All of it, and it takes the place of what was there.
    #[default]
    FullRefresh,
    /// What is new since the last time.
    Incremental,
}

/// What happens when a source has a column that the table has not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnSchemaChange {
    /// The table gets it.
    #[default]
    Evolve,
    /// It is told, and left out.
    Ignore,
    /// The sync fails.
    Fail,
}

/// What is said of columns by hand. Names are those of the source or of the table, in any case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncColumns {
    pub exclude: Vec<String>,
    pub hash: Vec<String>,
    /// Names of types, such as `decimal(12,2)`.
    pub types: BTreeMap<String, String>,
}

/// Where the rows of a stream come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamSource {
    Files {
        /// A path in the project or a URL, either with patterns; a template.
        path: String,
        /// `format`, `compression`, `encoding`, `csv`, `json`: what is said of how they are written.
        format: Value,
    },
    Http(Box<HttpStream>),
}
