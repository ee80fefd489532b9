//! What a deployment changes, in a few words.

use std::collections::BTreeMap;
use std::fmt::Debug;

use polder_types::definition::{Pipeline, Step, Trigger};
use polder_types::wire::{Change, FileChanges, PipelineChange, ProjectFile};

/// What happens to each pipeline: of what is deployed now, and of what would be. In the order of names.
pub(crate) fn pipelines(old: &[Pipeline], new: &[Pipeline]) -> Vec<PipelineChange> {
    let old = by_name(old);
    let new = by_name(new);
    let mut changes: Vec<PipelineChange> =
        new.iter().map(|(name, new)| changed(name, old.get(name), new)).collect();
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    changes.extend(gone.map(|name| change(name, Change::Removed, Vec::new())));
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

/// Which files are added, changed and removed. Both lists are by path.
pub(crate) fn files(old: &[ProjectFile], new: &[ProjectFile]) -> FileChanges {
    let before: BTreeMap<&str, &ProjectFile> = old.iter().map(|file| (file.path.as_str(), file)).collect();
    let after: BTreeMap<&str, &ProjectFile> = new.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut changes = FileChanges::default();
    for (path, file) in &after {
        match before.get(path) {
            None => changes.added.push((*path).to_owned()),
            Some(old) if old.sha256 == file.sha256 && old.executable == file.executable => {
                changes.unchanged += 1
            }
            Some(_) => changes.changed.push((*path).to_owned()),
        }
    }
    changes.removed =
        before.keys().filter(|path| !after.contains_key(*path)).map(|path| (*path).to_owned()).collect();
    changes
}

fn by_name(pipelines: &[Pipeline]) -> BTreeMap<&str, &Pipeline> {
    pipelines.iter().map(|pipeline| (pipeline.name.as_str(), pipeline)).collect()
}

fn changed(name: &str, old: Option<&&Pipeline>, new: &Pipeline) -> PipelineChange {
    match old {
        None => change(name, Change::Added, Vec::new()),
        Some(old) if **old == *new => change(name, Change::Unchanged, Vec::new()),
        Some(old) => change(name, Change::Changed, differences(old, new)),
    }
}

fn change(name: &str, change: Change, differences: Vec<String>) -> PipelineChange {
    PipelineChange { name: name.to_owned(), change, differences }
}

/// What differs between two definitions of a pipeline.
fn differences(old: &Pipeline, new: &Pipeline) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, same: bool| {
        if !same {
            found.push(what.to_owned());
        }
    };
    compare("description", old.description == new.description);
    compare("owner", old.owner == new.owner);
    compare("labels", old.labels == new.labels);
    compare("timezone", old.timezone == new.timezone);
    compare("file", old.file == new.file);
    for (what, is) in TRIGGERS {
        let of = |pipeline: &Pipeline| {
            pipeline.triggers.iter().filter(|trigger| is(trigger)).cloned().collect::<Vec<_>>()
        };
        compare(what, of(old) == of(new));
    }
    compare("concurrency", old.concurrency == new.concurrency);
    compare("timeout", old.timeout == new.timeout);
    found.extend(named(
        "parameter",
        &old.parameters,
        &new.parameters,
        |parameter| &parameter.name,
        |_, _| Vec::new(),
    ));
    found.extend(named("step", &old.steps, &new.steps, |step| &step.name, step_differences));
    if found.is_empty() {
        found.push("order of steps, parameters or triggers".to_owned());
    }
    found
}

type Is = fn(&Trigger) -> bool;

const TRIGGERS: [(&str, Is); 4] = [
    ("schedule", |trigger| matches!(trigger, Trigger::Schedule(_))),
    ("executions trigger", |trigger| matches!(trigger, Trigger::Executions(_))),
    ("webhook", |trigger| matches!(trigger, Trigger::Webhook)),
    ("manual trigger", |trigger| matches!(trigger, Trigger::Manual)),
];

/// Differences of two lists of things with names.
fn named<T: PartialEq + Debug>(
    what: &str,
    old: &[T],
    new: &[T],
    name: impl Fn(&T) -> &String,
    details: impl Fn(&T, &T) -> Vec<&'static str>,
) -> Vec<String> {
    let find = |list: &[T], wanted: &String| list.iter().position(|item| name(item) == wanted);
    let mut found = Vec::new();
    for item in new {
        match find(old, name(item)).map(|index| &old[index]) {
            None => found.push(format!("{what} {} added", name(item))),
            Some(before) if before == item => {}
            Some(before) => {
                found.push(with_details(format!("{what} {}", name(item)), &details(before, item)))
            }
        }
    }
    let gone = old.iter().filter(|item| find(new, name(item)).is_none());
    found.extend(gone.map(|item| format!("{what} {} removed", name(item))));
    found
}

fn with_details(what: String, details: &[&str]) -> String {
    if details.is_empty() { what } else { format!("{what}: {}", details.join(", ")) }
}

fn step_differences(old: &Step, new: &Step) -> Vec<&'static str> {
    let parts = [
        (new.kind.name(), old.kind == new.kind),
        ("needs", old.needs == new.needs),
        ("when", old.when == new.when),
        ("env", old.env == new.env),
        ("secrets", old.secrets == new.secrets),
        ("retries", old.retries == new.retries),
        ("timeout", old.timeout == new.timeout),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use polder_types::definition::{CatchUp, Command, Dialect, Retries, ScheduleTrigger, StepKind, When};

    use super::*;

    fn step(name: &str, command: &str) -> Step {
        Step {
            name: name.into(),
            kind: StepKind::Run(Command::Shell(command.into())),
            needs: Vec::new(),
            when: When::default(),
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            retries: Retries::default(),
            timeout: None,
        }
    }

    fn pipeline(name: &str, steps: Vec<Step>) -> Pipeline {
        Pipeline {
            name: name.into(),
            description: None,
            owner: None,
            labels: BTreeMap::new(),
            timezone: "UTC".into(),
            triggers: Vec::new(),
            parameters: Vec::new(),
            concurrency: None,
            timeout: None,
            steps,
            file: format!("pipelines/{name}.yaml"),
        }
    }

    #[test]
    fn pipelines_are_told_apart() {
        let old = [pipeline("a", vec![step("x", "1")]), pipeline("b", vec![]), pipeline("c", vec![])];
        let mut changed = pipeline("a", vec![step("x", "2"), step("y", "1")]);
        changed.steps[0].timeout = Some(Duration::from_secs(1));
        changed.triggers.push(Trigger::Schedule(ScheduleTrigger {
            expression: "@daily".into(),
            dialect: Dialect::Cron,
            timezone: "UTC".into(),
            catch_up: CatchUp::Last,
        }));
        let new = [pipeline("d", vec![]), changed, pipeline("b", vec![])];
        let found: Vec<String> = pipelines(&old, &new)
            .into_iter()
            .map(|change| format!("{} {:?} {}", change.name, change.change, change.differences.join("; ")))
            .collect();
        insta::assert_debug_snapshot!(found, @r#"
        [
            "a Changed schedule; step x: run, timeout; step y added",
            "b Unchanged ",
            "c Removed ",
            "d Added ",
        ]
        "#);
    }

    #[test]
    fn files_are_told_apart() {
        let file = |path: &str, sha256: &str| ProjectFile {
            path: path.into(),
            sha256: sha256.into(),
            size: 1,
            executable: false,
        };
        let changes = files(
            &[file("a", "1"), file("b", "1"), file("c", "1")],
            &[file("a", "1"), file("b", "2"), file("d", "1")],
        );
        let expected = FileChanges {
            added: vec!["d".into()],
            changed: vec!["b".into()],
            removed: vec!["c".into()],
            unchanged: 1,
        };
        assert_eq!(changes, expected);
    }
}
