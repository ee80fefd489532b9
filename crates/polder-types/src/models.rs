//! Models: a folder of SELECTs that become tables, in dbt's layout, and the tests that hold what comes after them back.
//!
//! ```text
//! models/<schema>/**/NAME.sql   a SELECT with Jinja: ref, source, config, var, this, is_incremental
//! models/**/*.yml               sources; descriptions, settings and tests of models and their columns
//! seeds/**/NAME.csv             tables that are kept with the project
//! tests/**/NAME.sql             a SELECT of bad rows
//! dbt_project.yml               the project's name, and vars
//! ```
//!
//! [`read`] makes of these texts what there is to build ([`Models`]), and tells every mistake at once. What a model names is found by
//! rendering it, twice: as if it were built anew, and as if it were added to; so nothing depends on which of them a run is.
//! Everything here is a value of texts: a check on a laptop, a deployment and the program that builds see the same.

mod config;
mod find;
mod generic;
mod graph;
mod jinja;
mod link;
mod properties;
mod select;
mod settings;
mod sources;
mod sql_file;
mod statement;
mod trace;
pub mod write;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub use self::config::Materialised;
pub use self::graph::Order;
pub use self::jinja::{Fault, Rendered};
pub use self::select::{Part, Selector, Wrong};
use crate::definition::Problem;
use crate::lake::{Descriptions, TableName};

/// Files of all kinds that a project may have at most.
const FILE_LIMIT: usize = 10_000;

/// What there is to build. Nodes are known by their place in the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Models {
    /// Parents first.
    pub nodes: Vec<Node>,
    pub tests: Vec<Test>,
    /// What `var` answers if a step does not say otherwise.
    pub vars: Map<String, Value>,
    /// Tables that others write, by what `source` calls them.
    pub sources: BTreeMap<(String, String), TableName>,
    /// The project's name, if it says one.
    pub project: Option<String>,
}

/// A table that is built.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub name: String,
    /// In the project.
    pub file: String,
    pub what: What,
    pub table: TableName,
    /// What its YAML says of it and its columns.
    pub descriptions: Descriptions,
    pub tags: BTreeSet<String>,
    /// The nodes that it reads.
    pub parents: BTreeSet<usize>,
    /// The sources that it reads.
    pub sources: BTreeSet<TableName>,
    /// Said with the model: whether it is built anew each time; none leaves it to the step.
    pub full_refresh: Option<bool>,
}

/// How a node comes to be.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The rows of its file.
    Seed,
    /// A template of a SELECT.
    Model { text: String, materialised: Materialised },
}

/// A query that must find no rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub name: String,
    /// The file that says so.
    pub file: String,
    pub query: Query,
    pub severity: Severity,
    /// The nodes that it reads.
    pub parents: BTreeSet<usize>,
    /// The sources that it reads.
    pub sources: BTreeSet<TableName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    Sql(String),
    /// Of a file in `tests/`.
    Template(String),
}

/// What it means if a test finds something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing downstream is built, and nothing is published.
    #[default]
    Error,
    /// It is told.
    Warn,
}

/// What models were made of, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Read {
    pub models: Models,
    /// By file and line.
    pub problems: Vec<Problem>,
}

/// Whether a path is one of the files that [`read`] wants the text of.
#[must_use]
pub fn is_file(path: &str) -> bool {
    let is_in = |folder: &str, ends: &[&str]| {
        path.starts_with(folder)
            && ends.iter().any(|end| path.ends_with(end) && path.len() > folder.len() + end.len())
    };
    path == settings::FILE || is_in("models/", &[".sql", ".yml", ".yaml"]) || is_in("tests/", &[".sql"])
}

/// Whether a path is that of a seed.
#[must_use]
pub fn is_seed(path: &str) -> bool {
    path.starts_with("seeds/") && path.ends_with(".csv")
}

/// Reads a project: `files` are texts by their path (see [`is_file`]; others are ignored), `paths` are all files of the project, and `vars`
/// what its steps give to `var` beyond what the project says.
#[must_use]
pub fn read(files: &BTreeMap<String, String>, paths: &BTreeSet<String>, vars: &Map<String, Value>) -> Read {
    link::read(files, paths, vars)
}

impl Models {
    /// The node of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }
}
