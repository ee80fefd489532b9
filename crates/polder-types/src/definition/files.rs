//! A whole project: reads each of its files, then what only shows when they are seen together.

use std::collections::{BTreeMap, BTreeSet};

use self::others::Others;
use super::layout::{self, PROJECT_FILE, is_pipeline};
use super::pipeline::{self, Draft, Reference};
use super::project::{self, Settings};
use super::reader::{Field, Place, Reader};
use super::tree::{self, Mark, Node};
use super::{Parsed, Problem, ProblemCode, Project, Severity, Upstream, modelled, starts, sync};

mod others;

/// Bytes of one file at most.
const FILE_LIMIT: usize = 1 << 20;
/// Problems that are told of one project at most.
const PROBLEM_LIMIT: usize = 1000;
/// Pipelines of one project at most.
const PIPELINE_LIMIT: usize = 1000;

pub(crate) fn parse(files: &BTreeMap<String, String>, paths: &BTreeSet<String>) -> Parsed {
    let has = |path: &str| files.contains_key(path) || paths.contains(path);
    let project_reader = Reader::new(PROJECT_FILE, files.get(PROJECT_FILE).map_or("", String::as_str));
    let settings = read_settings(&project_reader, files.contains_key(PROJECT_FILE), has(PROJECT_FILE));
    let is_read = |(path, _): &(&String, &String)| is_pipeline(path);
    let readers: Vec<Reader<'_>> = files
        .iter()
        .filter(is_read)
        .take(PIPELINE_LIMIT)
        .map(|(path, text)| Reader::new(path, text))
        .collect();
    let connectors = Others::read(files, layout::connector_of);
    let known = connectors.all(|reader, node, _| sync::read_connector(reader, node));
    let sync_files = Others::read(files, layout::sync_of);
    let syncs = sync_files.all(|reader, node, name| sync::read(&root(reader, node), name, &known));
    let mut drafts = Vec::new();
    for reader in &readers {
        let node = read_tree(reader);
        let draft =
            node.as_ref().and_then(|node| pipeline::read(&root(reader, node), &settings, paths, &syncs));
        drafts.extend(draft.map(|draft| (reader, draft)));
    }
    report_duplicates(&drafts);
    starts::report_cycles(&drafts, settings.team.as_deref());
    let mut problems = overall(&project_reader, files, paths);
    problems.extend(layout::problems(paths));
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    let modelled = modelled::problems(&drafts, files, paths);
    let others = [&connectors, &sync_files];
    let failed = project_reader.failed()
        || readers.iter().any(Reader::failed)
        || others.iter().any(|files| files.failed());
    let is_complete = !failed && !problems.iter().chain(&modelled).any(is_error);
    let upstreams = drafts.iter().flat_map(|(reader, draft)| upstreams(reader, draft)).collect();
    let statements = drafts.iter().flat_map(|(_, draft)| draft.statements.clone()).collect();
    let pipelines = drafts.into_iter().map(|(_, draft)| draft.pipeline).collect();
    problems.extend(project_reader.into_problems());
    problems.sort_by_key(position);
    let own = readers.into_iter().map(Reader::into_problems);
    for mut own in own.chain(sync_files.into_problems()).chain(connectors.into_problems()) {
        own.sort_by_key(position);
        problems.extend(own);
    }
    problems.extend(modelled);
    problems.truncate(PROBLEM_LIMIT);
    let project = is_complete.then(|| assemble(settings, pipelines)).flatten();
    Parsed { project, problems, upstreams, statements }
}

fn position(problem: &Problem) -> (u32, u32) {
    (problem.line, problem.column)
}

fn assemble(settings: Settings, pipelines: Vec<super::Pipeline>) -> Option<Project> {
    let Settings { name, team, environments, .. } = settings;
    Some(Project { name: name?, team: team?, environments, pipelines })
}

pub(crate) fn root<'a>(reader: &'a Reader<'a>, node: &'a Node) -> Field<'a> {
    Field { reader, node, path: String::new() }
}

/// What `polder.yaml` says. One that is there without its text could not be read, which whoever tried to has reported.
fn read_settings(reader: &Reader<'_>, is_read: bool, exists: bool) -> Settings {
    if !is_read {
        if exists {
            return Settings::default();
        }
        let hint = Some("`polder init` makes one".to_owned());
        reader.error(&start(), ProblemCode::MissingFile, format!("there is no `{PROJECT_FILE}`"), hint);
        return Settings::default();
    }
    let node = read_tree(reader);
    node.map(|node| project::read(&root(reader, &node))).unwrap_or_default()
}

/// The tree of a file, its faults reported. An empty file is one.
pub(crate) fn read_tree(reader: &Reader<'_>) -> Option<Node> {
    if reader.text.len() > FILE_LIMIT {
        let message = format!("the file is larger than {FILE_LIMIT} bytes");
        reader.error(&start(), ProblemCode::TooLarge, message, None);
        return None;
    }
    let (node, faults) = tree::read(reader.text);
    if node.is_none() && faults.is_empty() {
        reader.error(&start(), ProblemCode::MissingKey, "the file is empty", None);
    }
    for fault in faults {
        let place = Place { mark: fault.mark, path: String::new() };
        reader.error(&place, fault.code, fault.message, fault.hint);
    }
    node
}

/// What is wrong with a file that is not UTF-8: the line and column of the first byte that is none.
#[must_use]
pub fn not_utf8(file: &str, bytes: &[u8]) -> Problem {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let text = String::from_utf8_lossy(&bytes[..valid]);
    let line_start = text.rfind('\n').map_or(0, |end| end + 1);
    let column = text[line_start..].chars().count() + 1;
    let mark = Mark { line: text.matches('\n').count() + 1, column, bytes: 0..0 };
    let place = Place { mark, path: String::new() };
    let message = "this is not text in UTF-8".to_owned();
    let hint = Some("save the file as UTF-8".to_owned());
    let lossy = String::from_utf8_lossy(bytes);
    Reader::new(file, &lossy).problem(Severity::Error, &place, ProblemCode::Syntax, message, hint)
}

pub(crate) fn start() -> Place {
    Place { mark: Mark { line: 1, column: 1, bytes: 0..0 }, path: String::new() }
}

/// What is wrong with the project as a whole. Nothing is said about pipelines if there is no project to begin with, or if a
/// file is there that is meant to be one.
fn overall(reader: &Reader<'_>, files: &BTreeMap<String, String>, paths: &BTreeSet<String>) -> Vec<Problem> {
    let mut all: BTreeSet<&String> = files.keys().chain(paths).collect();
    all.retain(|path| is_pipeline(path));
    let problem = |code, message, hint| vec![reader.problem(Severity::Error, &start(), code, message, hint)];
    let has_settings = files.get(PROJECT_FILE).is_some_and(|text| !text.trim().is_empty());
    match all.len() {
        0 if has_settings && !layout::has_misplaced(paths) => {
            let hint = Some("write one to `pipelines/NAME.yaml`".to_owned());
            problem(ProblemCode::MissingFile, "the project has no pipeline".to_owned(), hint)
        }
        count if count > PIPELINE_LIMIT => {
            problem(ProblemCode::TooLarge, format!("{count} pipelines are more than {PIPELINE_LIMIT}"), None)
        }
        _ => Vec::new(),
    }
}

fn report_duplicates(drafts: &[(&Reader<'_>, Draft)]) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (reader, draft) in drafts {
        let Some(name) = &draft.name else { continue };
        if let Some(file) = seen.get(name.value.as_str()) {
            let message = format!("a pipeline `{}` is already in {file}", name.value);
            let hint = Some("give each pipeline its own name".to_owned());
            reader.error(&name.place, ProblemCode::DuplicateName, message, hint);
        } else {
            seen.insert(&name.value, reader.file);
        }
    }
}

fn upstreams(reader: &Reader<'_>, draft: &Draft) -> Vec<Upstream> {
    let warn = |reference: &Reference| {
        let kind = if reference.is_call { "cannot start before" } else { "will not fire before" };
        let what = if reference.is_call { "step" } else { "trigger" };
        let message =
            format!("there is no pipeline `{}` yet; this {what} {kind} it is deployed", reference.name);
        let code = ProblemCode::UnknownUpstream;
        let problem = reader.problem(Severity::Warning, &reference.place, code, message, None);
        Upstream { name: reference.name.clone(), problem }
    };
    draft.references.iter().map(warn).collect()
}
