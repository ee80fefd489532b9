use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::names::clean;
use super::{Called, ColumnType, KeptColumn, KeptSchema, Naming};

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
    /// Names of what nobody is to see that no column has: neither those of files, of which some are [named](crate::Part::named), nor
    /// those that are kept.
    #[must_use]
    pub fn unmet(&self, named: &BTreeSet<String>, schema: &KeptSchema) -> Vec<&str> {
        let is_kept = |name: &str| schema.columns.iter().any(|column| means(name, column.called()));
        self.hidden().filter(|name| !named.contains(*name) && !is_kept(name)).collect()
    }

    /// The names of what nobody is to see that some of these columns have.
    pub(crate) fn named<'a>(&self, columns: &[Called<'a>]) -> impl Iterator<Item = &str> {
        self.hidden().filter(|name| columns.iter().any(|column| means(name, *column)))
    }

    fn hidden(&self) -> impl Iterator<Item = &str> {
        self.exclude.iter().chain(&self.hash).map(String::as_str)
    }

    pub(crate) fn is_excluded(&self, column: Called<'_>) -> bool {
        self.exclude.iter().any(|name| means(name, column))
    }

    /// Whether only hashes of a column's values leave the reader.
    #[must_use]
    pub fn hashes(&self, column: &KeptColumn) -> bool {
        self.is_hashed(column.called())
    }

    pub(crate) fn is_hashed(&self, column: Called<'_>) -> bool {
        self.hash.iter().any(|name| means(name, column))
    }

    /// Whether something of a row is to stay unseen.
    pub(crate) fn hide(&self) -> bool {
        !(self.exclude.is_empty() && self.hash.is_empty())
    }

    /// The name of a file's column in the table, if no other column were there. None if it has none, or if a column with that name and a
    /// number is excluded: this may be the one that is meant.
    pub(crate) fn plain_name(&self, original: &str) -> Option<String> {
        let name = clean(original, Naming::Lower);
        let is_meant = |excluded: &String| is_numbered(&clean(excluded, Naming::Lower), &name);
        (!name.is_empty() && !self.exclude.iter().any(is_meant)).then_some(name)
    }

    /// A column that is new, and of this type as far as can be seen.
    pub(crate) fn kept(&self, column: Called<'_>, found: ColumnType) -> KeptColumn {
        let by_hand = self.by_hand(column);
        let (name, original) = (column.name.to_owned(), column.original.to_owned());
        KeptColumn { name, original, column_type: by_hand.unwrap_or(found), declared: by_hand.is_some() }
    }

    /// The type that is given to a column by hand. Hashes are text.
    pub(crate) fn by_hand(&self, column: Called<'_>) -> Option<ColumnType> {
        if self.is_hashed(column) {
            return Some(ColumnType::Text);
        }
        // The name in the table means one column, the name in the file may mean several.
        let by = |is_it: &dyn Fn(&str) -> bool| self.types.iter().find(|(name, _)| is_it(name));
        let found = by(&|name| same(name, column.name)).or_else(|| by(&|name| same(name, column.original)));
        found.or_else(|| by(&|name| means(name, column))).map(|(_, column_type)| *column_type)
    }
}

/// Whether it is a name of the column. Case is passed over, and what names in tables do not have: a column that a user meant to hide
/// must not be seen because of a capital letter.
fn means(name: &str, column: Called<'_>) -> bool {
    let plain = clean(name, Naming::Lower);
    let is_plain = || plain == clean(column.original, Naming::Lower) || plain == column.name.to_lowercase();
    same(name, column.original) || same(name, column.name) || !plain.is_empty() && is_plain()
}

/// Whether they differ in case at most.
pub(crate) fn same(name: &str, other: &str) -> bool {
    name.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Whether it is what the name becomes if it is taken: `x_2` for `x`.
fn is_numbered(numbered: &str, name: &str) -> bool {
    let number = numbered.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
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
