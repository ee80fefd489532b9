//! What is known of a table without opening it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A table at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableFacts {
    /// In the order of the table.
    pub columns: Vec<ColumnFacts>,
    /// None if a file does not tell how many it holds.
    pub rows_total: Option<u64>,
    /// As they are stored, compressed.
    pub bytes_total: u64,
    pub files_total: u64,
    /// The columns whose values are folders.
    pub partitioned_by: Vec<String>,
    /// The columns that say together which row is which; empty if nobody said so.
    pub key: Vec<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a table and its columns are for, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Descriptions {
    pub table: Option<String>,
    /// By name.
    pub columns: BTreeMap<String, String>,
}

impl Descriptions {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_none() && self.columns.is_empty()
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnFacts {
    pub name: String,
    /// As SQL calls it, such as `DECIMAL(10, 2)`.
    pub data_type: String,
    pub nullable: bool,
    pub description: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_were_stored_are_read_for_ever() {
        let stored = r#"{"columns":[{"name":"id","data_type":"BIGINT","nullable":false,"description":null}],"rows_total":3,"bytes_total":900,"files_total":1,"partitioned_by":[],"key":["id"]}"#;
        let facts: TableFacts = serde_json::from_str(stored).unwrap();
        assert_eq!((facts.columns[0].name.as_str(), facts.rows_total), ("id", Some(3)));
        assert_eq!(serde_json::to_string(&facts).unwrap(), stored);
    }
}
