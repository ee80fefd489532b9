//! Times, durations and sizes as people read them.

use std::fmt::Display;

use chrono::{DateTime, TimeDelta, Utc};
use polder_types::wire::{Reason, RunSummary};

use super::{Cell, cell};

/// `2026-11-21 09:30:00Z`.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The instant, or a dash.
pub fn maybe_instant(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "-".to_owned(), instant)
}

/// A cell with an instant, or a dash.
pub fn instant_cell(at: Option<DateTime<Utc>>) -> Cell {
    let short = at.map(|at| at.format("%m-%d %H:%MZ").to_string());
    cell(maybe_instant(at)).narrow(short.unwrap_or_else(|| "-".to_owned()))
}

/// A cell with an id; on a terminal its end, by which people may name it.
pub fn id_cell(id: impl Display) -> Cell {
    let id = id.to_string();
    let brief = short_id(&id).to_owned();
    cell(id).brief(brief)
}

/// The end of an id. Ids begin with the time, so that those of one hour begin alike; they end in chance.
pub fn short_id(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// `340ms`, `12.5s`, `3m 4s`, `2h 5m`, `3d 4h`.
pub fn duration(duration: TimeDelta) -> String {
    let milliseconds = duration.num_milliseconds().max(0);
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds}ms"),
        1..60 => format!("{}.{}s", seconds, milliseconds % 1000 / 100),
        60..3_600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// How long something took, or a dash while that is not known.
pub fn took(started_at: Option<DateTime<Utc>>, ended_at: Option<DateTime<Utc>>) -> String {
    match (started_at, ended_at) {
        (Some(started_at), Some(ended_at)) => duration(ended_at - started_at),
        _ => "-".to_owned(),
    }
}

/// `512 B`, `1.5 KiB`, `20.0 MiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// What the run is about: a day, or an instant.
pub fn logical_date(run: &RunSummary) -> String {
    run.logical_day.map_or_else(|| instant(run.logical_at), |day| day.to_string())
}

/// A cell with what the run is about.
pub fn date_cell(run: &RunSummary) -> Cell {
    match run.logical_day {
        Some(day) => cell(day),
        None => instant_cell(Some(run.logical_at)),
    }
}

/// What started a run, in words.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Manual { by } => format!("started by {by}"),
        Reason::Schedule { planned_at, schedule, .. } => {
            format!("schedule `{schedule}`, tick of {}", instant(*planned_at))
        }
        Reason::Executions { events, .. } => format!("triggered by {}", used(events)),
        Reason::Follow { follows, events, .. } => {
            format!("followed the re-run of {}, repeating {follows}", used(events))
        }
        Reason::Webhook { by } => format!("webhook, called by {by}"),
        Reason::Step { run, step } => format!("step {step} of run {run}"),
        Reason::Rerun { of, by } => format!("re-run of {of} by {by}"),
    }
}

fn used(events: &[polder_types::wire::UsedEvent]) -> String {
    let one =
        |event: &polder_types::wire::UsedEvent| format!("{}/{} {}", event.team, event.pipeline, event.status);
    events.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// `3 files`, `1 file`.
pub fn count(number: usize, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {singular}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_parts_at_most() {
        let shown =
            [340, 59_990, 184_000, 7_500_000, 273_600_000].map(|ms| duration(TimeDelta::milliseconds(ms)));
        assert_eq!(shown, ["340ms", "59.9s", "3m 4s", "2h 5m", "3d 4h"]);
    }

    #[test]
    fn sizes_are_binary() {
        assert_eq!([0, 1023, 1536, 20 << 20].map(bytes), ["0 B", "1023 B", "1.5 KiB", "20.0 MiB"]);
    }
}
