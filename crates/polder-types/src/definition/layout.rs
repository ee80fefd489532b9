//! Which files of a project are definitions, and which only look as if they were: a file that somebody wrote for Polder and
//! that it does not read is told, never passed over.

use std::collections::BTreeSet;

use super::files::start;
use super::reader::Reader;
use super::{Problem, ProblemCode, Severity};
use crate::models;

pub(crate) const PROJECT_FILE: &str = "polder.yaml";
const PIPELINE_FILE: &str = "pipeline.yaml";
const PIPELINE_FOLDER: &str = "pipelines/";
const SYNC_FOLDER: &str = "syncs/";
const CONNECTOR_FOLDER: &str = "connectors/";

/// Whether a path is one of the files that [`super::parse`] wants the text of.
#[must_use]
pub fn is_definition(path: &str) -> bool {
    path == PROJECT_FILE
        || is_pipeline(path)
        || sync_of(path).is_some()
        || connector_of(path).is_some()
        || models::is_file(path)
}

pub(crate) fn is_pipeline(path: &str) -> bool {
    let name = path.strip_prefix(PIPELINE_FOLDER).and_then(|name| name.strip_suffix(".yaml"));
    path == PIPELINE_FILE || name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// The name of the sync that a file is.
pub(crate) fn sync_of(path: &str) -> Option<&str> {
    name_in(SYNC_FOLDER, path)
}

/// The name of the connector that a file is.
pub(crate) fn connector_of(path: &str) -> Option<&str> {
    name_in(CONNECTOR_FOLDER, path)
}

fn name_in<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let name = path.strip_prefix(folder)?.strip_suffix(".yaml")?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// What later versions read: the folder, the kinds of files there, and what they would be.
const RESERVED: &[(&str, &[&str], &str)] =
    &[("connections/", YAML, "connections"), ("dashboards/", YAML, "dashboards")];
const YAML: &[&str] = &["yaml", "yml"];

/// What is wrong with where files lie: errors where they would only be read by a later version or where no pipeline would be
/// left, else warnings.
pub(crate) fn problems(paths: &BTreeSet<String>) -> Vec<Problem> {
    let severity =
        if paths.iter().any(|path| is_pipeline(path)) { Severity::Warning } else { Severity::Error };
    let mut problems: Vec<Problem> = paths.iter().filter_map(|path| unsupported(path)).collect();
    problems.extend(paths.iter().filter_map(|path| misplaced(path, severity)));
    problems.dedup();
    problems
}

/// Whether a file is there that is meant to be a pipeline.
pub(crate) fn has_misplaced(paths: &BTreeSet<String>) -> bool {
    paths.iter().any(|path| misplaced(path, Severity::Warning).is_some())
}

fn unsupported(path: &str) -> Option<Problem> {
    let (_, extension) = path.rsplit_once('.')?;
    let fits = |(folder, extensions, _): &&(&str, &[&str], &str)| {
        extensions.contains(&extension) && path.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'))
    };
    let (folder, _, kind) = RESERVED.iter().find(fits)?;
    let message = format!("this version of Polder does not do {kind} yet");
    let hint = format!(
        "if it is not meant for Polder, keep it in another folder than `{folder}`, or leave it out with a line in .polderignore"
    );
    Some(problem(path, Severity::Error, ProblemCode::Unsupported, message, hint))
}

/// Whether it is a file of which only that ending is read.
fn ends_in_yaml(path: &str) -> bool {
    is_pipeline(path) || sync_of(path).is_some() || connector_of(path).is_some()
}

fn misplaced(path: &str, severity: Severity) -> Option<Problem> {
    let name = path.strip_prefix(PIPELINE_FOLDER).unwrap_or(path);
    let code = ProblemCode::MissingFile;
    if path.strip_suffix(".yml").is_some_and(|stem| ends_in_yaml(&format!("{stem}.yaml"))) {
        let hint = "rename it to end in .yaml".to_owned();
        return Some(problem(path, severity, code, "this file is not read".to_owned(), hint));
    }
    let (folder, rest) = name.split_once('/').filter(|_| name != path)?;
    if folder.ends_with(".yaml") {
        let folder = format!("{PIPELINE_FOLDER}{folder}");
        let hint = "a pipeline is a file; rename the folder if it is not meant to be one".to_owned();
        return Some(problem(&folder, severity, code, "this is a folder".to_owned(), hint));
    }
    (rest.ends_with(".yaml") || rest.ends_with(".yml")).then(|| {
        let hint = "pipelines lie directly in `pipelines/`; keep other files elsewhere".to_owned();
        problem(path, severity, code, "this file is not read".to_owned(), hint)
    })
}

pub(crate) fn problem(
    path: &str,
    severity: Severity,
    code: ProblemCode,
    message: String,
    hint: String,
) -> Problem {
    Reader::new(path, "").problem(severity, &start(), code, message, Some(hint))
}
