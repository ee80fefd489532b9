use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use serde::{Deserialize, Serialize};

use super::names::{Names, clean};
use super::rules::same;
use super::{Called, ColumnRules, ColumnType};
use crate::{Error, Result};

/// Under this key a field's metadata has the name that its column has in the files.
pub const ORIGINAL_NAME: &str = "polder.original_name";
/// Under this key it says `json` where text is JSON.
const HOLDS: &str = "polder.holds";

/// What was decided about a source's columns. Keep it, and give it to every later reading: types do not change by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSchema {
    version: u8,
    pub columns: Vec<KeptColumn>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptColumn {
    /// In the table.
    pub name: String,
    /// In the files. Several columns of a file can have one name; they are told apart by their order.
    pub original: String,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// By hand, not from a sample: values are read as this type wherever they can be, even if `007` becomes 7.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
}

/// What is different in a file from what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaChange {
    /// A column that was not there before has a value.
    Added { name: String, original: String, column_type: ColumnType, line: u64 },
}

impl KeptSchema {
    const VERSION: u8 = 1;

    /// Without columns: all that comes is new.
    #[must_use]
    pub fn empty() -> Self {
        Self { version: Self::VERSION, columns: Vec::new() }
    }

    /// Nothing is decided yet, because there was no row to decide by.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The columns as they are in batches, before those that are added to them.
    pub fn fields(&self) -> impl Iterator<Item = FieldRef> + '_ {
        self.columns.iter().map(|column| Arc::new(column.field()))
    }

    /// The column that somebody means by this name, in the file or in the table: the first one, so that it stays the same one when
    /// there are more.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&KeptColumn> {
        self.columns.iter().find(|column| same(name, &column.original) || same(name, &column.name))
    }

    /// Takes over the types that a table has by now, if they are others than those that were kept.
    pub fn take_types_of(&mut self, table: &Schema) {
        for column in &mut self.columns {
            let found =
                table.field_with_name(&column.name).ok().map(|field| ColumnType::holding(field.data_type()));
            if let Some(found) = found.flatten().filter(|found| found.arrow() != column.column_type.arrow()) {
                (column.column_type, column.declared) = (found, false);
            }
        }
    }

    /// Gives columns the types that are said by hand, whatever was kept.
    pub fn take_types_by_hand(&mut self, rules: &ColumnRules) {
        for column in &mut self.columns {
            if let Some(by_hand) = rules.by_hand(column.called()) {
                (column.column_type, column.declared) = (by_hand, true);
            }
        }
    }

    /// # Errors
    /// When a column is to be hashed and is not text: nothing may be read then, because its values would be seen.
    pub(crate) fn check(&self, rules: &ColumnRules) -> Result<()> {
        let is_text = |column: &&KeptColumn| column.column_type.arrow() == DataType::Utf8;
        let mut hashed = self.columns.iter().filter(|column| rules.hashes(column));
        hashed.find(|column| !is_text(column)).map_or(Ok(()), |column| {
            Err(Error::Hashed { column: column.name.clone(), column_type: column.column_type })
        })
    }

    /// Adds columns under names that are free, and are not those of excluded ones.
    pub(crate) fn add(&mut self, rules: &ColumnRules, columns: impl IntoIterator<Item = NewColumn>) {
        let excluded = rules.exclude.iter().map(|name| clean(name, rules.naming)).collect::<Vec<_>>();
        let taken = self.columns.iter().map(|column| &column.name).chain(&excluded).map(String::as_str);
        let mut names = Names::new(rules.naming, taken);
        self.columns.extend(columns.into_iter().map(|NewColumn { original, place, column_type }| {
            let name = names.add(&original, place);
            rules.kept(Called { original: &original, name: &name }, column_type)
        }));
    }
}

/// A column of a file for which there is none yet.
pub(crate) struct NewColumn {
    pub(crate) original: String,
    /// Which one of the file's columns it is, from 1.
    pub(crate) place: usize,
    /// As far as can be seen.
    pub(crate) column_type: ColumnType,
}

impl KeptColumn {
    pub(crate) fn called(&self) -> Called<'_> {
        Called { original: &self.original, name: &self.name }
    }

    fn field(&self) -> Field {
        let mut metadata = HashMap::from([(ORIGINAL_NAME.to_owned(), self.original.clone())]);
        if self.column_type == ColumnType::Json {
            metadata.insert(HOLDS.to_owned(), "json".to_owned());
        }
        Field::new(&self.name, self.column_type.arrow(), true).with_metadata(metadata)
    }
}

/// Tells columns with one name apart by their order.
#[derive(Default)]
pub(crate) struct Occurrences<'a>(HashMap<&'a str, usize>);

impl<'a> Occurrences<'a> {
    /// The name, and how many there were of it before.
    pub(crate) fn next(&mut self, name: &'a str) -> (&'a str, usize) {
        let count = self.0.entry(name).or_default();
        *count += 1;
        (name, *count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was kept once is read for ever.
    #[test]
    fn the_stored_form_is_this() {
        let stored = r#"{"version":1,"columns":[{"name":"id","original":"ID","type":"bigint"},{"name":"amount","original":"Amount","type":"decimal(12,2)","declared":true}]}"#;
        let schema: KeptSchema = serde_json::from_str(stored).unwrap();
        assert_eq!(schema.columns[1].column_type, ColumnType::Decimal { precision: 12, scale: 2 });
        assert!(schema.columns[1].declared && !schema.columns[0].declared);
        assert_eq!(serde_json::to_string(&schema).unwrap(), stored);
    }

    #[test]
    fn the_original_name_goes_with_the_field() {
        let mut schema = KeptSchema::empty();
        let original = "A b".to_owned();
        let new = NewColumn { original, place: 1, column_type: ColumnType::Json };
        schema.add(&ColumnRules::default(), [new]);
        let field = schema.fields().next().unwrap();
        assert_eq!((field.name().as_str(), field.metadata()[ORIGINAL_NAME].as_str()), ("a_b", "A b"));
        assert_eq!(field.metadata()["polder.holds"], "json");
    }
}
