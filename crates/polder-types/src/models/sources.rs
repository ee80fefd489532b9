//! Sources: tables that something else writes, and what models call them.

use super::properties::{Found, tests};
use crate::definition::{Field, Located, ProblemCode};
use crate::lake::TableName;

/// One table of a source.
pub(super) struct SourceTable<'a> {
    pub(super) source: String,
    pub(super) name: Located<String>,
    pub(super) table: TableName,
    pub(super) tests: Vec<Found<'a>>,
}

const KEYS: &[&str] =
    &["name", "schema", "description", "tables", "tags", "meta", "config", "loader", "database"];
const TABLE_KEYS: &[&str] = &[
    "name",
    "identifier",
    "description",
    "columns",
    "tests",
    "data_tests",
    "tags",
    "meta",
    "config",
    "loaded_at_field",
    "freshness",
];

pub(super) fn read<'a>(field: &Field<'a>, into: &mut Vec<SourceTable<'a>>) {
    field.check_keys(KEYS);
    let Some(name) = field.require_text("name") else { return };
    let schema = field.get("schema").and_then(|field| field.text()).unwrap_or(name.value.as_str()).to_owned();
    for table in field.get("tables").and_then(|field| field.items()).unwrap_or_default() {
        into.extend(one(&table, &name.value, &schema));
    }
}

fn one<'a>(field: &Field<'a>, source: &str, schema: &str) -> Option<SourceTable<'a>> {
    field.check_keys(TABLE_KEYS);
    let name = field.require_text("name")?;
    let identifier = field.get("identifier").and_then(|field| field.text()).unwrap_or(name.value.as_str());
    let table = TableName::new(schema, identifier)
        .map_err(|error| field.reader.error(&name.place, ProblemCode::InvalidName, error.to_string(), None))
        .ok()?;
    let tests = tests(field);
    Some(SourceTable { source: source.to_owned(), name, table, tests })
}
