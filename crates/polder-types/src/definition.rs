//! The files that users write, and what they mean.
//!
//! [`parse`] reads a whole project and tells every mistake of every file at once, each with its place, what was found, what
//! was expected and the nearest valid name. It goes in four steps: text to positioned tree (`tree`), tree to fields
//! (`reader`, by the keys of `shapes`, which also make the JSON Schema), fields to the [`model`] that the engine uses, and
//! then what only shows when all is seen together (`steps::plan`, `files`). Whatever is wrong, the rest is still read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

mod cycles;
pub mod duration;
mod excerpt;
mod files;
mod layout;
pub mod model;
mod modelled;
pub(crate) mod nearest;
pub mod parameters;
mod pipeline;
pub mod problem;
mod project;
mod reader;
pub mod schema;
mod scripts;
mod shapes;
pub mod size;
mod starts;
mod statements;
mod steps;
pub mod sync;
mod texts;
mod tree;
mod triggers;
mod values;

use self::statements::Statements;
pub(crate) use cycles::cycles;
pub use files::not_utf8;
pub(crate) use files::{read_tree, root};
pub use layout::is_definition;
pub use model::*;
pub use nearest::did_you_mean;
pub use parameters::{ParameterProblem, resolve_parameters};
pub use problem::{Problem, ProblemCode, Severity, render};
pub(crate) use reader::{Field, Located, Place, Reader};
pub(crate) use tree::Node as Tree;
pub use values::{is_identifier, is_name, is_secret_name};

/// Unknown upstreams that are told at most.
const UPSTREAM_LIMIT: usize = 100;

/// The outcome of reading a project's files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parsed {
    /// The project; absent if anything is an error.
    pub project: Option<Project>,
    /// Every mistake of every file: `polder.yaml` first, then by file and line.
    pub problems: Vec<Problem>,
    /// The pipelines that triggers and steps name, for [`Parsed::unknown_upstreams`].
    #[serde(skip)]
    upstreams: Vec<Upstream>,
    /// The files of SQL that steps name, for [`Parsed::check_sql`].
    #[serde(skip)]
    statements: Vec<Statements>,
}

/// A pipeline that is named, and the warning in case it is not there.
#[derive(Debug, Clone, PartialEq)]
struct Upstream {
    name: String,
    problem: Problem,
}

/// Reads a project: `files` are the texts of `polder.yaml`, `pipeline.yaml`, `pipelines/*.yaml`, `syncs/*.yaml`, `connectors/*.yaml`
/// and the models (see [`is_definition`]; others are ignored) by their path in the project, `paths` are all files of the project.
#[must_use]
pub fn parse(files: &BTreeMap<String, String>, paths: &BTreeSet<String>) -> Parsed {
    files::parse(files, paths)
}

impl Parsed {
    /// The files of SQL that steps name, for [`Self::check_sql`].
    #[must_use]
    pub fn sql_files(&self) -> BTreeSet<&str> {
        self.statements.iter().map(|statements| statements.file.as_str()).collect()
    }

    /// Adds what is wrong with the files of SQL that steps name. `texts` are those of [`Self::sql_files`] that there are.
    pub fn check_sql(&mut self, texts: &BTreeMap<String, String>) {
        let found = statements::problems(&self.statements, texts);
        if found.iter().any(|problem| problem.severity == Severity::Error) {
            self.project = None;
        }
        self.problems.extend(found);
    }

    /// Warnings about pipelines that are named but neither in this project nor among `known`, the full names (`team/name`) of
    /// what is deployed, with the nearest of both. Not errors: teams deploy independently.
    #[must_use]
    pub fn unknown_upstreams(&self, known: &BTreeSet<String>) -> Vec<Problem> {
        let own = |project: &Project| {
            project
                .pipelines
                .iter()
                .map(|pipeline| format!("{}/{}", project.team, pipeline.name))
                .collect::<Vec<_>>()
        };
        let own: BTreeSet<String> = self.project.iter().flat_map(own).collect();
        let names = || known.iter().chain(&own).map(String::as_str);
        let is_unknown =
            |upstream: &&Upstream| !known.contains(&upstream.name) && !own.contains(&upstream.name);
        let warn = |upstream: &Upstream| Problem {
            hint: did_you_mean(&upstream.name, names()),
            ..upstream.problem.clone()
        };
        self.upstreams.iter().filter(is_unknown).take(UPSTREAM_LIMIT).map(warn).collect()
    }
}
