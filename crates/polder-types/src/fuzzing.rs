//! What the fuzz targets do with a text, kept here so that a plain test does the same with their corpus. They panic where a
//! promise is broken.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use crate::definition::{self, Dialect};
use crate::schedule::Schedule;
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
