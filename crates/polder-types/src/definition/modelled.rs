//! The models of a project, as its steps ask for them. A project whose steps build none may be what a step runs with dbt itself: its models
//! are not judged then.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::layout;
use super::pipeline::Draft;
use super::reader::Reader;
use super::{Problem, ProblemCode, Severity, StepKind};
use crate::models::{self, Models, Selector};

/// What is wrong with the models; selectors that nothing fits are reported where they are written.
pub(crate) fn problems(
    drafts: &[(&Reader<'_>, Draft)],
    files: &BTreeMap<String, String>,
    paths: &BTreeSet<String>,
) -> Vec<Problem> {
    if !drafts.iter().any(|(_, draft)| builds(draft).next().is_some()) {
        return unused(paths);
    }
    let read = models::read(files, paths, &vars(drafts));
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
