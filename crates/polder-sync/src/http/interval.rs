//! Parts of time to ask for, one after the other.

use chrono::{DateTime, Duration, Utc};
use polder_types::definition::sync::connector::DatetimeCursor;
use serde_json::{Map, Value, json};

use super::times;

/// Parts of time of one reading.
const MOST: usize = 100_000;

/// A part of time, as requests write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) start: String,
    pub(super) end: String,
    /// From when until when, in microseconds since 1970, by what is written: that may be coarser than what was meant.
    pub(super) bounds: (i64, i64),
    /// Which one it is, from 1.
    pub(super) number: usize,
    pub(super) is_last: bool,
}

impl Interval {
    /// The parts from one time to another, the oldest first.
    pub(super) fn all(definition: &DatetimeCursor, start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<Self> {
        let times = times_of(definition, start, end);
        let count = times.len();
        let numbered = times.into_iter().zip(1..);
        numbered
            .map(|((start, end), number)| {
                let ((start, from), (end, until)) = (written(definition, start), written(definition, end));
                Self { start, end, bounds: (from, until), number, is_last: number == count }
            })
            .collect()
    }

    /// As Airbyte's templates know it.
    pub(super) fn names(&self) -> Map<String, Value> {
        let times = json!({"start_time": self.start, "end_time": self.end});
        ["stream_interval", "stream_slice", "stream_partition"]
            .map(|name| (name.to_owned(), times.clone()))
            .into_iter()
            .collect()
    }
}

fn times_of(
    definition: &DatetimeCursor,
    mut start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let seconds = |number: u64| Duration::seconds(i64::try_from(number).unwrap_or(i64::MAX / 1000));
    let Some(step) = definition.step_seconds.map(seconds) else { return vec![(start, end)] };
    let gap = definition.granularity_seconds.map_or_else(Duration::zero, seconds);
    let mut times = Vec::new();
    while start <= end && times.len() < MOST {
        let next = start + step;
        times.push((start, (next - gap).min(end)));
        start = next;
    }
    times
}

/// A time as requests have it, and what that means.
fn written(definition: &DatetimeCursor, time: DateTime<Utc>) -> (String, i64) {
    let text = times::format(time, &definition.format);
    let meant = times::read(&text, [definition.format.as_str()]).unwrap_or(time);
    (text, meant.timestamp_micros())
}
