//! dbt's four tests of columns, as queries for what must not be there.

use serde_json::Value;

use crate::template::literal;

/// A test by its name, with what it is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Generic {
    Unique,
    NotNull,
    AcceptedValues { values: Vec<Value>, quote: bool },
    Relationships { to: Target, field: String },
}

/// The table that a relationship leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Ref(String),
    Source(String, String),
}

pub(super) const NAMES: [&str; 4] = ["unique", "not_null", "accepted_values", "relationships"];

impl Generic {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::NotNull => "not_null",
            Self::AcceptedValues { .. } => "accepted_values",
            Self::Relationships { .. } => "relationships",
        }
    }

    /// The query for bad rows of a table's column; `to` is the table of a relationship, and `filter` a condition on the rows that are
    /// looked at.
    pub(super) fn sql(&self, table: &str, column: &str, to: &str, filter: Option<&str>) -> String {
        let from = match filter {
            Some(filter) => format!("(SELECT * FROM {table} WHERE {filter}) AS tested"),
            None => table.to_owned(),
        };
        let column = quoted(column);
        match self {
            Self::Unique => format!(
                "SELECT {column}, count(*) AS rows\nFROM {from}\nWHERE {column} IS NOT NULL\nGROUP BY {column}\nHAVING count(*) > 1"
            ),
            Self::NotNull => format!("SELECT *\nFROM {from}\nWHERE {column} IS NULL"),
            Self::AcceptedValues { values, quote } => {
                let values: Vec<String> = values.iter().map(|value| written(value, *quote)).collect();
                let values = values.join(", ");
                format!(
                    "SELECT {column}, count(*) AS rows\nFROM {from}\nWHERE {column} NOT IN ({values})\nGROUP BY {column}"
                )
            }
            Self::Relationships { field, .. } => {
                let (field, rows) =
                    (quoted(field), format!("(SELECT * FROM {from} WHERE {column} IS NOT NULL) AS child"));
                format!(
                    "SELECT child.*\nFROM {rows}\nLEFT JOIN (SELECT DISTINCT {field} AS key FROM {to}) AS parent ON child.{column} = parent.key\nWHERE parent.key IS NULL"
                )
            }
        }
    }
}

/// A name as it is; anything else is an expression, and the author's business.
fn quoted(column: &str) -> String {
    let is_name = column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_plain =
        !column.chars().any(|c| c.is_ascii_uppercase()) && !column.starts_with(|c: char| c.is_ascii_digit());
    if is_name && !is_plain { format!("\"{column}\"") } else { column.to_owned() }
}

fn written(value: &Value, quote: bool) -> String {
    let json = value.to_string();
    match value {
        Value::String(text) if quote => literal(&json, Some(text)).into_owned(),
        Value::String(text) => text.clone(),
        _ => literal(&json, None).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tests_are_queries() {
        let accepted = Generic::AcceptedValues { values: vec![json!("it's"), json!(1)], quote: true };
        let relationships = Generic::Relationships { to: Target::Ref("days".into()), field: "Day".into() };
        insta::assert_snapshot!(
            [
                Generic::Unique.sql("marts.x", "id", "", None),
                Generic::NotNull.sql("marts.x", "Id", "", Some("day > '2026-01-01'")),
                accepted.sql("marts.x", "status", "", None),
                relationships.sql("marts.x", "day", "marts.days", None),
            ]
            .join("\n\n")
        );
    }
}
