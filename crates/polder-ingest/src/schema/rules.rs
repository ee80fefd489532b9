use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::names::clean;
use super::{ColumnType, Naming, NewColumn};

/// What a user says about columns. They are named as in the table or as in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnRules {
    /// Never leave the reader: not in a batch, not in a message, not in the text of a rejected row.
    pub exclude: Vec<String>,
    /// Leave it as SHA-256 of the salt and the text, in hexadecimal digits. Nulls stay null.
    pub hash: Vec<String>,
    /// Types that are not to be found out.
    pub types: BTreeMap<String, ColumnType>,
    /// Must not be null; a row in which one is, is rejected.
    pub key: Vec<String>,
    pub naming: Naming,
}

impl ColumnRules {
    pub(crate) fn is_excluded(&self, original: &str) -> bool {
        names(&self.exclude, original)
    }

    pub(crate) fn is_hashed(&self, original: &str) -> bool {
        names(&self.hash, original)
    }

    pub(crate) fn is_key(&self, original: &str) -> bool {
        names(&self.key, original)
    }

    /// Whether something of a row is to stay unseen.
    pub(crate) fn hide(&self) -> bool {
        !(self.exclude.is_empty() && self.hash.is_empty())
    }

    /// How a column comes to be that is new, and of this type as far as can be seen.
    pub(crate) fn new_column(&self, original: &str, place: usize, found: ColumnType) -> NewColumn {
        let declared = self.declared(original);
        let column_type = declared.unwrap_or(found);
        NewColumn { original: original.to_owned(), place, column_type, declared: declared.is_some() }
    }

    fn declared(&self, original: &str) -> Option<ColumnType> {
        if self.is_hashed(original) {
            return Some(ColumnType::Text);
        }
        let mut declared = self.types.iter();
        declared.find(|(name, _)| is_name_of(name, original)).map(|(_, column_type)| *column_type)
    }
}

fn names(list: &[String], original: &str) -> bool {
    list.iter().any(|name| is_name_of(name, original))
}

/// Case is passed over: a column that a user meant to hide must not be seen because of a capital letter.
fn is_name_of(name: &str, original: &str) -> bool {
    name.trim().to_lowercase() == original.trim().to_lowercase()
        || (!clean(name, Naming::Lower).is_empty()
            && clean(name, Naming::Lower) == clean(original, Naming::Lower))
}

/// What hashes of values begin with, so that nobody can try all values without knowing it. Printing it shows nothing.
#[derive(Clone, Default)]
pub struct Salt(Vec<u8>);

impl Salt {
    #[must_use]
    pub fn new(salt: impl Into<Vec<u8>>) -> Self {
        Self(salt.into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// What to do about a column that is not in the schema that was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnAdded {
    /// It comes with the batches from then on.
    #[default]
    Evolve,
    /// It is told once for each file, and left out.
    Ignore,
    /// The file is an error.
    Fail,
}

/// Columns about where a row is from. Their names begin with `_polder_`, and no column of a file gets such a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddedColumns {
    /// `_polder_file`: the file, as it is listed.
    pub file: bool,
    /// `_polder_line`: the line that the row begins in (for Parquet the row), from 1.
    pub line: bool,
    /// `_polder_loaded_at`: this time, the same for all rows of a reading.
    pub loaded_at: Option<DateTime<Utc>>,
}
