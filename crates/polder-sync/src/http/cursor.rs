//! What is new, by a column of times: which parts of time to ask for, and which records were there already.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use polder_types::definition::sync::connector::DatetimeCursor;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::template::Templates;
use super::times;
use crate::state::CursorState;
use crate::{Error, Result};

/// Records of one time that are remembered: more of them need a key.
const MOST: usize = 10_000;
/// Parts of time of one reading.
const INTERVALS: usize = 100_000;

/// A part of time, as requests write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) start: String,
    pub(super) end: String,
}

impl Interval {
    /// As Airbyte's templates know it.
    pub(super) fn names(&self) -> Map<String, Value> {
        let times = json!({"start_time": self.start, "end_time": self.end});
        ["stream_interval", "stream_slice", "stream_partition"]
            .map(|name| (name.to_owned(), times.clone()))
            .into_iter()
            .collect()
    }
}

pub(super) struct Cursor<'a> {
    definition: &'a DatetimeCursor,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// Up to where it was read before, if rows are only added.
    before: Option<CursorState>,
    adds: bool,
    largest: Option<i64>,
    /// Of the records of the largest time.
    records: HashSet<String>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(
        definition: &'a DatetimeCursor,
        state: Option<&CursorState>,
        adds: bool,
        templates: &Templates,
    ) -> Result<Self> {
        let time = |text: &str| {
            let text = templates.text(text, &Map::new())?;
            let time = times::read(&text, [definition.format.as_str()]).or_else(|| times::guess(&text));
            time.ok_or_else(|| wrong(definition, &text))
        };
        let end = definition.end.as_deref().map(time).transpose()?.unwrap_or_else(|| templates.now());
        let first = time(&definition.start)?;
        let lookback = Duration::seconds(i64::try_from(definition.lookback_seconds).unwrap_or(0));
        let known = state.and_then(|state| DateTime::from_timestamp_micros(state.at));
        let start = known.map_or(first, |known| (known - lookback).max(first));
        let before = state.filter(|_| adds).cloned();
        let largest = state.map(|state| state.at);
        let records = before.iter().flat_map(|before| before.records.iter().cloned()).collect();
        Ok(Self { definition, start, end, before, adds, largest, records })
    }

    /// The parts of time to ask for, the oldest first.
    pub(super) fn intervals(&self) -> Vec<Option<Interval>> {
        let seconds = |number: u64| Duration::seconds(i64::try_from(number).unwrap_or(i64::MAX / 1000));
        let Some(step) = self.definition.step_seconds.map(seconds) else {
            return vec![Some(self.interval(self.start, self.end))];
        };
        let gap = self.definition.granularity_seconds.map_or_else(Duration::zero, seconds);
        let (mut intervals, mut start) = (Vec::new(), self.start);
        while start <= self.end && intervals.len() < INTERVALS {
            let next = start + step;
            intervals.push(Some(self.interval(start, (next - gap).min(self.end))));
            start = next;
        }
        intervals
    }

    fn interval(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> Interval {
        let form = &self.definition.format;
        Interval { start: times::format(start, form), end: times::format(end, form) }
    }

    /// Whether a record is to be kept; remembers how far it is.
    pub(super) fn take(&mut self, record: &RawValue) -> Result<bool> {
        let Some(at) = self.time_of(record)? else { return Ok(true) };
        let at = at.timestamp_micros();
        if !self.adds {
            self.largest = self.largest.max(Some(at));
            return Ok(true);
        }
        let hash = hash(record);
        let was_there = self
            .before
            .as_ref()
            .is_some_and(|before| at < before.at || at == before.at && before.records.contains(&hash));
        if was_there {
            return Ok(false);
        }
        if self.largest.is_none_or(|largest| at > largest) {
            self.largest = Some(at);
            self.records.clear();
        }
        if self.largest == Some(at) {
            self.records.insert(hash);
        }
        self.refuse_too_many()?;
        Ok(true)
    }

    fn refuse_too_many(&self) -> Result<()> {
        if self.records.len() <= MOST {
            return Ok(());
        }
        let field = &self.definition.field;
        let message = format!(
            "more than {MOST} records have the same `{field}`, so that it cannot be told which of them are new the next time: \
             give the stream a primary key"
        );
        Err(Error::api(message))
    }

    fn time_of(&self, record: &RawValue) -> Result<Option<DateTime<Utc>>> {
        // What is no object is for those who read the records.
        let Ok(fields) = serde_json::from_str::<std::collections::HashMap<&str, &RawValue>>(record.get())
        else {
            return Ok(None);
        };
        let Some(raw) = fields.get(self.definition.field.as_str()).map(|raw| raw.get()) else {
            return Ok(None);
        };
        if raw == "null" {
            return Ok(None);
        }
        let text = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned());
        let own = self.definition.record_formats.iter().map(String::as_str);
        let time = times::read(&text, own.chain([self.definition.format.as_str()]));
        time.or_else(|| times::guess(&text)).map(Some).ok_or_else(|| wrong(self.definition, &text))
    }

    /// How far it was read; as before if nothing came.
    pub(super) fn into_state(self) -> Option<CursorState> {
        let mut records: Vec<String> = self.records.into_iter().collect();
        records.sort_unstable();
        self.largest.map(|at| CursorState { at, records })
    }
}

fn wrong(definition: &DatetimeCursor, text: &str) -> Error {
    let forms = definition.record_formats.iter().chain([&definition.format]);
    let formats = forms.map(String::as_str).collect::<Vec<_>>().join(" or ");
    let value = text.chars().take(60).collect();
    Error::Time { field: definition.field.clone(), value, formats }
}

fn hash(record: &RawValue) -> String {
    hex::encode(&Sha256::digest(record.get().as_bytes())[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(step: Option<u64>) -> DatetimeCursor {
        DatetimeCursor {
            field: "at".to_owned(),
            format: "%Y-%m-%d".to_owned(),
            record_formats: Vec::new(),
            start: "2024-01-01".to_owned(),
            end: Some("2024-01-10".to_owned()),
            start_option: None,
            end_option: None,
            step_seconds: step,
            granularity_seconds: Some(86_400),
            lookback_seconds: 0,
        }
    }

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn time_is_asked_for_in_parts_that_do_not_overlap() {
        let definition = definition(Some(4 * 86_400));
        let cursor =
            Cursor::new(&definition, None, true, &Templates::new(&json!({}), DateTime::UNIX_EPOCH)).unwrap();
        let parts: Vec<_> =
            cursor.intervals().into_iter().flatten().map(|part| (part.start, part.end)).collect();
        let part = |start: &str, end: &str| (start.to_owned(), end.to_owned());
        assert_eq!(
            parts,
            [
                part("2024-01-01", "2024-01-04"),
                part("2024-01-05", "2024-01-08"),
                part("2024-01-09", "2024-01-10")
            ]
        );
    }

    #[test]
    fn no_record_is_added_twice_and_none_is_lost() {
        let (definition, templates) = (definition(None), Templates::new(&json!({}), DateTime::UNIX_EPOCH));
        let mut cursor = Cursor::new(&definition, None, true, &templates).unwrap();
        for record in [r#"{"at":"2024-01-02","n":1}"#, r#"{"at":"2024-01-03","n":2}"#] {
            assert!(cursor.take(&raw(record)).unwrap());
        }
        let state = cursor.into_state().unwrap();
        let mut cursor = Cursor::new(&definition, Some(&state), true, &templates).unwrap();
        assert_eq!(cursor.intervals()[0].as_ref().unwrap().start, "2024-01-03");
        assert!(!cursor.take(&raw(r#"{"at":"2024-01-03","n":2}"#)).unwrap());
        // Of the same day, and late.
        assert!(cursor.take(&raw(r#"{"at":"2024-01-03","n":3}"#)).unwrap());
        let state = cursor.into_state().unwrap();
        assert_eq!(state.records.len(), 2);
    }

    #[test]
    fn what_is_no_time_is_told() {
        let definition = definition(None);
        let mut cursor =
            Cursor::new(&definition, None, false, &Templates::new(&json!({}), DateTime::UNIX_EPOCH)).unwrap();
        let error = cursor.take(&raw(r#"{"at":"soon"}"#)).unwrap_err();
        assert_eq!(error.to_string(), "`soon` of `at` is no time as `%Y-%m-%d` has it");
        assert!(cursor.take(&raw(r#"{"at":null}"#)).unwrap() && cursor.take(&raw("3")).unwrap());
    }
}
