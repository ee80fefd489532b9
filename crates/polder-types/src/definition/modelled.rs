//! The models of a project, as its steps ask for them. A project whose steps build none may be what a step runs with dbt itself: its models
//! are not judged then.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::layout;
use super::pipeline::Draft;
use super::reader::Reader;
use super::sync::Stream;
use super::{Problem, ProblemCode, Severity, StepKind};
use crate::lake::TableName;
use crate::models::{self, Models, Node, Selector};

/// What is wrong with the models; selectors that nothing fits are reported where they are written.
pub(crate) fn problems(
    drafts: &[(&Reader<'_>, Draft)],
    files: &BTreeMap<String, String>,
    paths: &BTreeSet<String>,
) -> Vec<Problem> {
    if !drafts.iter().any(|(_, draft)| builds(draft).next().is_some()) {
        return unused(paths);
    }
    let mut read = models::read(files, paths, &vars(drafts));
    read.problems.extend(clashes(drafts, &read.models));
    if !read.problems.iter().any(|problem| problem.severity == Severity::Error) {
        drafts.iter().for_each(|(reader, draft)| check_selections(reader, draft, &read.models));
    }
    read.problems
}

fn builds(draft: &Draft) -> impl Iterator<Item = &super::ModelsBuild> {
    draft.pipeline.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Models(build) => Some(build),
        _ => None,
    })
}

/// Models that would take the place of what the sync of their own step has brought in.
fn clashes(drafts: &[(&Reader<'_>, Draft)], models: &Models) -> Vec<Problem> {
    let builds = drafts.iter().flat_map(|(_, draft)| builds(draft));
    let streams: Vec<&Stream> =
        builds.filter_map(|build| build.sync.as_ref()).flat_map(|sync| &sync.streams).collect();
    let clash = |node: &Node| {
        let stream = streams.iter().find(|stream| writes(stream, &node.table))?;
        let message = format!(
            "`{}` is also what the stream `{}` brings rows into, in the step that builds this",
            node.table, stream.name
        );
        let hint = "give the model another `schema` or `alias`, or the sync another `into`".to_owned();
        Some(layout::problem(&node.file, Severity::Error, ProblemCode::Conflict, message, hint))
    };
    models.nodes.iter().filter_map(clash).collect()
}

fn writes(stream: &Stream, table: &TableName) -> bool {
    let own = stream.table.to_string().to_lowercase();
    let table = table.to_string().to_lowercase();
    table == own || table.strip_suffix(TableName::REJECTED) == Some(&own)
}

/// What any step gives.
fn vars(drafts: &[(&Reader<'_>, Draft)]) -> Map<String, Value> {
    let builds = drafts.iter().flat_map(|(_, draft)| builds(draft));
    builds.flat_map(|build| build.vars.clone()).collect()
}

fn check_selections(reader: &Reader<'_>, draft: &Draft, models: &Models) {
    for selection in &draft.selections {
        let Ok(selector) = Selector::parse(&selection.value) else { continue };
        for wrong in selector.pick(models).err().unwrap_or_default() {
            reader.error(&selection.place, ProblemCode::UnknownName, wrong.message, wrong.hint);
        }
    }
}

/// One of the models stands for all.
fn unused(paths: &BTreeSet<String>) -> Vec<Problem> {
    let model = paths.iter().find(|path| path.starts_with("models/") && models::is_file(path));
    let warn = |path: &String| {
        let message = "no step builds these models".to_owned();
        let hint = "write `models: \"*\"` in a step; or leave the folder out with a line in .polderignore"
            .to_owned();
        layout::problem(path, Severity::Warning, ProblemCode::Unsupported, message, hint)
    };
    model.map(warn).into_iter().collect()
}
