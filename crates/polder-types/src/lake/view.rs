//! What a reader sees: each table at one version of one line, for as long as it reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Line, TableName};

/// Where a table is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pin {
    pub line: Line,
    pub version: u64,
}

/// Tables by name. Nothing that is published later changes it, so a reader never sees two publishes mixed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(value_type = BTreeMap<String, Pin>)]
pub struct View(BTreeMap<TableName, Pin>);

impl View {
    #[must_use]
    pub fn get(&self, table: &TableName) -> Option<&Pin> {
        self.0.get(table)
    }

    pub fn pin(&mut self, table: TableName, pin: Pin) {
        self.0.insert(table, pin);
    }

    /// In the order of their names.
    pub fn tables(&self) -> impl Iterator<Item = (&TableName, &Pin)> {
        self.0.iter()
    }
}

impl FromIterator<(TableName, Pin)> for View {
    fn from_iter<T: IntoIterator<Item = (TableName, Pin)>>(tables: T) -> Self {
        Self(tables.into_iter().collect())
    }
}
