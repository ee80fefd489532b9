//! Which records were there already, where there is no key to tell it: by the time and a hash of each.
//!
//! What is older than how far it was read was there; of the very time up to which it was read, what has the same hash. Some records
//! may come again with any answer, so that their time says nothing: those without one, those of the future (how far it was read never
//! goes beyond the moment of a run, or nothing would be new for years), and those that come outside of the part of time that was asked
//! for, which another part has too. Of these the hashes are kept, and the first one that comes counts.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Keeping;
use super::interval::Interval;
use crate::state::CursorState;
use crate::{Error, Result};

/// Records that are remembered from run to run: more of them need a key.
const MOST: usize = 10_000;
/// Records outside of what was asked for that are remembered within a run.
const MOST_OUTSIDE: usize = 500_000;

pub(super) struct Known {
    keeping: Keeping,
    now: i64,
    /// Up to where it was read before, and the hashes of the records of that time.
    before: (Option<i64>, HashSet<String>),
    largest: Option<i64>,
    /// Of the records of the largest time.
    records: HashSet<String>,
    /// Those that may come again with any answer, and the part of time that had them first: 0 is an earlier run.
    again: HashMap<String, usize>,
    /// Those of them that later runs must know.
    lasting: BTreeSet<String>,
    part: Option<Interval>,
    /// Whether an earlier version of Polder had gone on to a time that has not come yet.
    was_ahead: bool,
    future: u64,
}

impl Known {
    pub(super) fn new(state: Option<&CursorState>, keeping: Keeping, now: i64) -> Self {
        let mut state = state.cloned().unwrap_or_default();
        let was_ahead = state.at > Some(now);
        if was_ahead {
            state.again.append(&mut state.records);
            state.at = Some(now);
        }
        if !keeping.adds() {
            (state.records, state.again) = (Vec::new(), Vec::new());
        }
        let records: HashSet<String> = state.records.into_iter().collect();
        Self {
            keeping,
            now,
            before: (state.at, records.clone()),
            largest: state.at,
            records,
            again: state.again.iter().map(|hash| (hash.clone(), 0)).collect(),
            lasting: state.again.into_iter().collect(),
            part: None,
            was_ahead,
            future: 0,
        }
    }

    /// Up to where it was read before.
    pub(super) const fn before(&self) -> Option<i64> {
        self.before.0
    }

    /// What somebody should know of the times that came. `field` is what has them.
    pub(super) fn warnings(&self, field: &str) -> Vec<String> {
        let future = self.future;
        let of_records = (future > 0).then(|| {
            format!(
                "the `{field}` of {future} records lies in the future: they are brought in, and how far it was read stays at what has \
                 been, so that later records are not passed over"
            )
        });
        let of_state = self.was_ahead.then(|| {
            "how far it was read lay in the future: it goes on from now, and what came meanwhile may be missing".to_owned()
        });
        of_records.into_iter().chain(of_state).collect()
    }

    pub(super) fn begin(&mut self, part: &Interval) {
        self.part = Some(part.clone());
    }

    /// Whether a record of a time is to be kept; remembers how far it is. `field` is what has the time.
    pub(super) fn take(&mut self, at: Option<i64>, record: &RawValue, field: &str) -> Result<bool> {
        let past = at.filter(|at| *at <= self.now);
        self.future += u64::from(past != at);
        if self.keeping.has_key {
            self.largest = self.largest.max(past);
            return Ok(true);
        }
        if !self.keeping.adds() && self.is_last_part() && self.again.is_empty() {
            return Ok(true);
        }
        let hash = hash(record);
        let is_new = !self.was_there(at, &hash);
        if past.is_none() || self.is_outside(at) {
            self.again
                .entry(hash.clone())
                .or_insert_with(|| self.part.as_ref().map_or(1, |part| part.number));
        }
        if self.keeping.adds() {
            self.note(past, hash);
        }
        self.refuse_too_many(field)?;
        Ok(is_new)
    }

    fn was_there(&self, at: Option<i64>, hash: &str) -> bool {
        let (before, records) = &self.before;
        let is_older = self.keeping.adds() && at.is_some() && at < *before;
        let is_known = at == *before && records.contains(hash);
        let number = self.part.as_ref().map_or(1, |part| part.number);
        is_older || is_known || self.again.get(hash).is_some_and(|first| *first < number)
    }

    fn note(&mut self, past: Option<i64>, hash: String) {
        let Some(at) = past else {
            self.lasting.insert(hash);
            return;
        };
        // What was of the future is told by its time from now on.
        self.lasting.remove(&hash);
        if self.largest.is_none_or(|largest| at > largest) {
            self.largest = Some(at);
            self.records.clear();
        }
        if self.largest == Some(at) {
            self.records.insert(hash);
        }
    }

    fn is_last_part(&self) -> bool {
        self.part.as_ref().is_none_or(|part| part.is_last)
    }

    /// Whether a later part of this reading may have it too. It counts in the one that has it first, not in the one that it belongs
    /// to by its time: an API may go by another zone, or leave out the start of a part.
    fn is_outside(&self, at: Option<i64>) -> bool {
        let Some(part) = self.part.as_ref().filter(|part| !part.is_last) else { return false };
        let (from, until) = part.bounds;
        at.is_some_and(|at| at < from || at >= until)
    }

    fn refuse_too_many(&self, field: &str) -> Result<()> {
        let what = if self.records.len() > MOST {
            format!(
                "more than {MOST} records have the same `{field}`, so that it cannot be told which of them are new the next time"
            )
        } else if self.lasting.len() > MOST {
            format!(
                "more than {MOST} records have no `{field}`, or one in the future, so that it cannot be told which of them are new \
                 the next time"
            )
        } else if self.again.len() > MOST_OUTSIDE + MOST {
            format!(
                "more than {MOST_OUTSIDE} records lie outside of the part of time that was asked for, so that it cannot be told \
                 which of them come twice. Does the API do what `start_time_option` and `end_time_option` ask for? If so"
            )
        } else {
            return Ok(());
        };
        Err(Error::api(format!("{what}: give the stream a primary key")))
    }

    /// How far it was read; as before if nothing came.
    pub(super) fn into_state(self) -> Option<CursorState> {
        let mut records: Vec<String> = self.records.into_iter().collect();
        records.sort_unstable();
        let again: Vec<String> = self.lasting.into_iter().collect();
        let is_there = self.largest.is_some() || !again.is_empty();
        is_there.then_some(CursorState { at: self.largest, records, again })
    }
}

fn hash(record: &RawValue) -> String {
    hex::encode(&Sha256::digest(record.get().as_bytes())[..12])
}
