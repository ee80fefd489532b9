//! A whole project: reads each of its files, then what only shows when they are seen together.

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::cycles;
use super::pipeline::{self, Draft, Reference};
use super::project::{self, Settings};
use super::reader::{Field, Place, Reader};
use super::tree::{self, Mark, Node};
use super::{Parsed, Problem, ProblemCode, Project, Severity, Upstream};

pub(crate) const PROJECT_FILE: &str = "polder.yaml";
const PIPELINE_FILE: &str = "pipeline.yaml";
const PIPELINE_FOLDER: &str = "pipelines/";
/// Bytes of one file at most.
const FILE_LIMIT: usize = 1 << 20;
/// Problems that are told of one project at most.
const PROBLEM_LIMIT: usize = 1000;
/// Pipelines of one project at most.
const PIPELINE_LIMIT: usize = 1000;

/// Whether a path is one of the files that [`super::parse`] wants the text of.
#[must_use]
pub fn is_definition(path: &str) -> bool {
    path == PROJECT_FILE || is_pipeline(path)
}

fn is_pipeline(path: &str) -> bool {
    let name = path.strip_prefix(PIPELINE_FOLDER).and_then(|name| name.strip_suffix(".yaml"));
    path == PIPELINE_FILE || name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

pub(crate) fn parse(files: &BTreeMap<String, String>, paths: &BTreeSet<String>) -> Parsed {
    let project_reader = Reader::new(PROJECT_FILE, files.get(PROJECT_FILE).map_or("", String::as_str));
    let settings = read_settings(&project_reader, files.contains_key(PROJECT_FILE));
    let is_read = |(path, _): &(&String, &String)| is_pipeline(path);
    let readers: Vec<Reader<'_>> = files
        .iter()
        .filter(is_read)
        .take(PIPELINE_LIMIT)
        .map(|(path, text)| Reader::new(path, text))
        .collect();
    let mut drafts = Vec::new();
    for reader in &readers {
        let node = read_tree(reader);
        let draft = node.as_ref().and_then(|node| pipeline::read(&root(reader, node), &settings, paths));
        drafts.extend(draft.map(|draft| (reader, draft)));
    }
    report_duplicates(&drafts);
    report_cycles(&drafts, settings.team.as_deref());
    let mut problems = overall(&project_reader, files, paths);
    let is_complete = !project_reader.failed() && !readers.iter().any(Reader::failed) && problems.is_empty();
    let upstreams = drafts.iter().flat_map(|(reader, draft)| upstreams(reader, draft)).collect();
    let pipelines = drafts.into_iter().map(|(_, draft)| draft.pipeline).collect();
    problems.extend(project_reader.into_problems());
    problems.extend(misnamed(paths));
    problems.sort_by_key(position);
    for reader in readers {
        let mut own = reader.into_problems();
        own.sort_by_key(position);
        problems.extend(own);
    }
    problems.truncate(PROBLEM_LIMIT);
    let project = is_complete.then(|| assemble(settings, pipelines)).flatten();
    Parsed { project, problems, upstreams }
}

fn position(problem: &Problem) -> (u32, u32) {
    (problem.line, problem.column)
}

fn assemble(settings: Settings, pipelines: Vec<super::Pipeline>) -> Option<Project> {
    let Settings { name, team, environments, .. } = settings;
    Some(Project { name: name?, team: team?, environments, pipelines })
}

fn root<'a>(reader: &'a Reader<'a>, node: &'a Node) -> Field<'a> {
    Field { reader, node, path: String::new() }
}

fn read_settings(reader: &Reader<'_>, exists: bool) -> Settings {
    if !exists {
        let hint = Some("`polder init` makes one".to_owned());
        reader.error(&start(), ProblemCode::MissingFile, format!("there is no `{PROJECT_FILE}`"), hint);
        return Settings::default();
    }
    let node = read_tree(reader);
    node.map(|node| project::read(&root(reader, &node))).unwrap_or_default()
}

/// The tree of a file, its faults reported. An empty file is one.
fn read_tree(reader: &Reader<'_>) -> Option<Node> {
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
        reader.error(&place, fault.code, fault.message, fault.hint.map(str::to_owned));
    }
    node
}

fn start() -> Place {
    Place { mark: Mark { line: 1, column: 1, bytes: 0..0 }, path: String::new() }
}

/// What is wrong with the project as a whole.
fn overall(reader: &Reader<'_>, files: &BTreeMap<String, String>, paths: &BTreeSet<String>) -> Vec<Problem> {
    let count = files.keys().filter(|path| is_pipeline(path)).count();
    let too_many = format!("{count} pipelines are more than {PIPELINE_LIMIT}");
    let none = "the project has no pipeline".to_owned();
    let hint = Some("write one to `pipelines/NAME.yaml`".to_owned());
    let problem = |code, message, hint| reader.problem(Severity::Error, &start(), code, message, hint);
    match count {
        0 if files.contains_key(PROJECT_FILE) && !paths.iter().any(|path| is_misnamed(path)) => {
            vec![problem(ProblemCode::MissingFile, none, hint)]
        }
        count if count > PIPELINE_LIMIT => vec![problem(ProblemCode::TooLarge, too_many, None)],
        _ => Vec::new(),
    }
}

/// `pipelines/x.yml` is not read, which nobody would notice.
fn misnamed(paths: &BTreeSet<String>) -> Vec<Problem> {
    let problem = |path: &String| {
        let hint = Some("rename it to end in .yaml".to_owned());
        let reader = Reader::new(path, "");
        reader.problem(
            Severity::Warning,
            &start(),
            ProblemCode::MissingFile,
            "this file is not read".to_owned(),
            hint,
        )
    };
    paths.iter().filter(|path| is_misnamed(path)).map(problem).collect()
}

fn is_misnamed(path: &str) -> bool {
    path.strip_suffix(".yml").is_some_and(|stem| is_pipeline(&format!("{stem}.yaml")))
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

/// Cycles of "a run of this starts a run of that", by triggers and by steps.
fn report_cycles(drafts: &[(&Reader<'_>, Draft)], team: Option<&str>) {
    let team = team.unwrap_or_default();
    let full_name = |draft: &Draft| format!("{team}/{}", draft.pipeline.name);
    let indices: BTreeMap<String, usize> =
        drafts.iter().enumerate().map(|(index, (_, draft))| (full_name(draft), index)).collect();
    let mut edges = vec![Vec::new(); drafts.len()];
    for (index, (_, draft)) in drafts.iter().enumerate() {
        for reference in &draft.references {
            let Some(&other) = indices.get(&reference.name) else { continue };
            let (from, to) = if reference.is_call { (index, other) } else { (other, index) };
            if !edges[from].contains(&to) {
                edges[from].push(to);
            }
        }
    }
    for cycle in cycles(&edges) {
        let names: Vec<String> = cycle.iter().map(|index| full_name(&drafts[*index].1)).collect();
        report_cycle(drafts, &cycle, &names);
    }
}

/// At the reference that closes the cycle: of the last to the first by a step, or of the first to the last by a trigger.
fn report_cycle(drafts: &[(&Reader<'_>, Draft)], cycle: &[usize], names: &[String]) {
    let [.., last, first] = cycle else { return };
    let find = |holder: usize, name: &str, is_call: bool| {
        let (reader, draft) = &drafts[holder];
        let reference = |reference: &&Reference| reference.is_call == is_call && reference.name == name;
        draft.references.iter().find(reference).map(|reference| (*reader, &reference.place))
    };
    let trigger = find(*first, &names[names.len() - 2], false);
    if let Some((reader, place)) = trigger.or_else(|| find(*last, &names[0], true)) {
        let message = format!("these pipelines start each other without end: {}", names.join(" -> "));
        reader.error(
            place,
            ProblemCode::Cycle,
            message,
            Some("remove one of these triggers or steps".to_owned()),
        );
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
