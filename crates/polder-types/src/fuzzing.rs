//! What the fuzz targets do with a text, kept here so that a plain test does the same with their corpus. They panic where a
//! promise is broken.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use crate::definition::{self, Dialect};
use crate::schedule::Schedule;
use crate::script::Script;
use crate::template::{self, Context, Names, Quoting};

/// How many ticks are looked at.
const TICKS: usize = 10;

/// A text as every file of a project: problems or a project, never neither.
pub fn definitions(text: &str) {
    let good = "project: p\nteam: t\n".to_owned();
    for (project, pipeline) in [(good, text.to_owned()), (text.to_owned(), text.to_owned())] {
        let files =
            BTreeMap::from([("polder.yaml".to_owned(), project), ("pipeline.yaml".to_owned(), pipeline)]);
        let paths: BTreeSet<String> = files.keys().cloned().chain(["x.py".to_owned()]).collect();
        let parsed = definition::parse(&files, &paths);
        assert!(parsed.project.is_some() || !parsed.problems.is_empty(), "neither a project nor a problem");
        assert!(
            definition::render(&parsed.problems).lines().count() >= parsed.problems.len(),
            "a problem is not shown"
        );
        assert_eq!(definition::parse(&files, &paths), parsed, "reading twice gives the same");
    }
}

/// A text as the SQL of a step's file and of a model: statements or mistakes, each of which has a place in the text.
pub fn sql(text: &str) {
    let pipeline = "name: a\nsteps: [{name: a, sql: a.sql}, {name: b, models: \"*\"}]\n";
    let files =
        [("polder.yaml", "project: p\nteam: t\n"), ("pipeline.yaml", pipeline), ("models/a.sql", text)];
    let files: BTreeMap<String, String> =
        files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let paths: BTreeSet<String> = files.keys().cloned().chain(["a.sql".to_owned()]).collect();
    let mut parsed = definition::parse(&files, &paths);
    parsed.check_sql(&BTreeMap::from([("a.sql".to_owned(), text.to_owned())]));
    assert!(parsed.project.is_some() || !parsed.problems.is_empty(), "neither a project nor a problem");
    let lines = text.lines().count().max(1);
    assert!(parsed.problems.iter().all(|problem| problem.line as usize <= lines), "a place outside the text");
    let Ok(script) = Script::parse(text) else { return };
    for statement in script.statements() {
        let alone = Script::parse(statement.text()).expect("a statement is one by itself, too");
        assert_eq!(alone.statements().len(), 1, "and no more than one");
    }
}

/// A text as a schedule, in both dialects: ticks are in order.
pub fn cron(text: &str) {
    for dialect in [None, Some(Dialect::Cron), Some(Dialect::Aws)] {
        let Ok(schedule) = Schedule::parse(text, dialect, "Europe/Berlin") else { continue };
        assert!(!schedule.describe().is_empty(), "it has no words");
        let start = DateTime::UNIX_EPOCH;
        let ticks: Vec<_> = schedule.ticks(start, DateTime::<chrono::Utc>::MAX_UTC).take(TICKS).collect();
        assert!(ticks.is_sorted() && ticks.iter().all(|tick| *tick > start), "{ticks:?}");
    }
}

/// A text as a template: checked, and rendered if nothing was wrong, without a panic.
pub fn templates(text: &str) {
    let context = Context::new(chrono_tz::Tz::UTC).project("p", "t");
    for quoting in [Quoting::None, Quoting::Shell, Quoting::Sql] {
        let mistakes = template::check(text, &Names::default(), quoting);
        if mistakes.is_empty() {
            drop(template::render(text, &context, quoting));
        }
        assert!(
            mistakes.into_iter().all(|mistake| text.get(mistake.range).is_some()),
            "a mistake outside the text"
        );
    }
}
