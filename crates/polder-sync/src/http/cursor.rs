//! What is new, by a column of times: which parts of time to ask for, and which records were there already.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use polder_types::definition::sync::connector::DatetimeCursor;
use serde_json::Map;
use serde_json::value::RawValue;

use super::Keeping;
use super::interval::Interval;
use super::known::Known;
use super::template::Templates;
use super::times;
use crate::state::CursorState;
use crate::{Error, Result};

pub(super) struct Cursor<'a> {
    definition: &'a DatetimeCursor,
    keeping: Keeping,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    known: Known,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(
        definition: &'a DatetimeCursor,
        state: Option<&CursorState>,
        keeping: Keeping,
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
        let known = Known::new(state, keeping, templates.now().timestamp_micros());
        let before = known.before().and_then(DateTime::from_timestamp_micros);
        let start = before.map_or(first, |before| (before - lookback).max(first));
        Ok(Self { definition, keeping, start, end, known })
    }

    /// The parts of time to ask for, the oldest first.
    pub(super) fn intervals(&self) -> Vec<Interval> {
        Interval::all(self.definition, self.start, self.end)
    }

    /// What is taken from now on was asked for with this part.
    pub(super) fn begin(&mut self, part: &Interval) {
        self.known.begin(part);
    }

    /// Whether a record is to be kept; remembers how far it is.
    pub(super) fn take(&mut self, record: &RawValue) -> Result<bool> {
        let at = self.time_of(record)?.map(|at| at.timestamp_micros());
        self.known.take(at, record, &self.definition.field)
    }

    fn time_of(&self, record: &RawValue) -> Result<Option<DateTime<Utc>>> {
        // What is no object is for those who read the records.
        let Ok(fields) = serde_json::from_str::<HashMap<Cow<'_, str>, &RawValue>>(record.get()) else {
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
        time.or_else(|| times::guess(&text)).map(Some).ok_or_else(|| self.no_time(&text))
    }

    fn no_time(&self, text: &str) -> Error {
        if self.keeping.hides {
            return wrong(self.definition, "(not shown: columns are excluded or hashed)");
        }
        wrong(self.definition, text)
    }

    /// What somebody should know of the times that came.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.known.warnings(&self.definition.field)
    }

    /// How far it was read; as before if nothing came.
    pub(super) fn into_state(self) -> Option<CursorState> {
        self.known.into_state()
    }
}

fn wrong(definition: &DatetimeCursor, text: &str) -> Error {
    let forms = definition.record_formats.iter().chain([&definition.format]);
    let formats = forms.map(String::as_str).collect::<Vec<_>>().join(" or ");
    let value = text.chars().take(60).collect();
    Error::Time { field: definition.field.clone(), value, formats }
}

#[cfg(test)]
mod tests;
