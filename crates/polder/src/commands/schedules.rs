//! When the schedules of a project tick next.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use polder_types::definition::{Pipeline, Project, ScheduleTrigger, Trigger};
use polder_types::schedule::Schedule;

use crate::output::format;

/// How many of the next times are told.
const TIMES: usize = 2;

/// A line for each schedule.
pub fn next(project: &Project, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    for (pipeline, trigger) in project.pipelines.iter().flat_map(schedules) {
        let _ = writeln!(text, "  {}: {}", pipeline.name, line(trigger, now));
    }
    text
}

fn schedules(pipeline: &Pipeline) -> impl Iterator<Item = (&Pipeline, &ScheduleTrigger)> {
    pipeline.triggers.iter().filter_map(move |trigger| match trigger {
        Trigger::Schedule(schedule) => Some((pipeline, schedule)),
        _ => None,
    })
}

/// `every day at 06:00, UTC; next 2026-11-22 06:00:00Z and 2026-11-23 06:00:00Z`.
fn line(trigger: &ScheduleTrigger, now: DateTime<Utc>) -> String {
    let Ok(schedule) = Schedule::parse(&trigger.expression, Some(trigger.dialect), &trigger.timezone) else {
        // The project has been checked; nothing else is said of what is not understood here.
        return trigger.expression.clone();
    };
    let ticks = std::iter::successors(schedule.next_after(now), |tick| schedule.next_after(*tick));
    let times: Vec<String> = ticks.take(TIMES).map(format::instant).collect();
    match times.as_slice() {
        [] => format!("{}; it never ticks again", schedule.describe()),
        times => format!("{}; next {}", schedule.describe(), times.join(" and ")),
    }
}
