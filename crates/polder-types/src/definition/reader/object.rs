//! Maps whose keys are known.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::{Field, PROBLEM_LIMIT, shorten};
use crate::definition::ProblemCode;
use crate::definition::nearest::{did_you_mean, nearest};
use crate::definition::shapes::later;
use crate::definition::tree::{Entry, MERGE};

/// Unknown keys of one map that are taken for misspelt ones.
const MISSPELT_LIMIT: usize = 50;

/// A map with known keys.
pub(crate) struct Object<'a> {
    pub(crate) field: Field<'a>,
    entries: &'a [Entry],
    keys: &'static [String],
    read: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Object<'a> {
    pub(super) fn new(field: Field<'a>, entries: &'a [Entry], keys: &'static [String]) -> Self {
        Self { field, entries, keys, read: RefCell::default() }
    }

    /// The value of a key; `None` if it is left out or null.
    pub(crate) fn get(&self, key: &'static str) -> Option<Field<'a>> {
        self.get_or_null(key).filter(|field| !field.is_null())
    }

    /// The value of a key, even if it is null.
    pub(crate) fn get_or_null(&self, key: &'static str) -> Option<Field<'a>> {
        self.read.borrow_mut().insert(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(self.field.child(entry))
    }

    /// The value of a key that must be there.
    pub(crate) fn require(&self, key: &'static str) -> Option<Field<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.report_missing(key);
        }
        value
    }

    fn report_missing(&self, key: &'static str) {
        if let Some(entry) = self.entries.iter().find(|entry| entry.key == key) {
            let hint = Some(format!("write its value after `{key}:`, or indented below it"));
            let place = self.field.key(entry).place;
            self.field.reader.error(&place, ProblemCode::MissingKey, format!("`{key}` is empty"), hint);
        } else if !self.seems_to_have(&[key]) {
            let hint = Some(format!("add `{key}: …`"));
            self.field.error(ProblemCode::MissingKey, format!("`{key}` is missing"), hint);
        }
    }

    /// For maps that are not read any further.
    pub(crate) fn ignore(&self) {
        self.read.borrow_mut().extend(self.all_keys());
    }

    /// Whether a key is written that was probably meant to be one of `keys`, or that only a later version knows, or whether
    /// one may be missing because of a merge that failed.
    pub(crate) fn seems_to_have(&self, keys: &[&str]) -> bool {
        self.meant(keys).is_some()
            || self.entries.iter().any(|entry| entry.key == MERGE)
            || self.unknown().take(MISSPELT_LIMIT).any(|entry| later(&entry.key).is_some())
    }

    /// The first of `keys` that an unknown key was probably meant to be.
    pub(crate) fn meant<'k>(&self, keys: &[&'k str]) -> Option<&'k str> {
        let near = |entry: &Entry| nearest(&entry.key, self.all_keys());
        let meant: Vec<&str> = self.unknown().take(MISSPELT_LIMIT).filter_map(near).collect();
        keys.iter().copied().find(|key| meant.contains(key))
    }

    fn all_keys(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(String::as_str)
    }

    fn unknown(&self) -> impl Iterator<Item = &'a Entry> {
        let keys = self.keys;
        self.entries.iter().filter(move |entry| entry.key != MERGE && !keys.contains(&entry.key))
    }

    pub(super) fn report_unknown(&self, elsewhere: impl Fn(&str) -> Option<String>) {
        for entry in self.unknown().take(PROBLEM_LIMIT) {
            let key = self.field.key(entry);
            let hint = later(&entry.key)
                .or_else(|| elsewhere(&entry.key))
                .or_else(|| did_you_mean(&entry.key, self.all_keys()))
                .unwrap_or_else(|| format!("the keys here are {}", self.keys.join(", ")));
            let message = format!("unknown key `{}`", shorten(&entry.key));
            self.field.reader.error(&key.place, ProblemCode::UnknownKey, message, Some(hint));
        }
    }
}

/// In debug builds, that the keys of the shape are the keys that were asked for: schema and parser agree.
#[cfg(debug_assertions)]
impl Drop for Object<'_> {
    fn drop(&mut self) {
        let keys: BTreeSet<&str> = self.all_keys().collect();
        debug_assert!(
            std::thread::panicking() || keys == *self.read.borrow(),
            "{}: keys of the schema {keys:?}, read {:?}",
            self.field.path,
            self.read
        );
    }
}
