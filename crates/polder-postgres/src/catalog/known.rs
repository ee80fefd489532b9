//! What the catalog knows of the tables that a session sees: which number each has, and what the lake says of it.
//!
//! Numbers are given by the library's `pg_class`. Functions are given numbers only, and cannot ask: so it is found out before a query is
//! planned that needs it, once for each view.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use deltalake::arrow::array::AsArray as _;
use deltalake::arrow::datatypes::{DataType, Int32Type};
use deltalake::datafusion::scalar::ScalarValue;
use polder_types::lake::TableFacts;
use polder_types::wire::{OwnTable, OwnTableFacts};

use super::SYSTEM;

#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Where a table is looked for that is named without a schema.
    schema: Arc<RwLock<String>>,
    tables: Arc<RwLock<Tables>>,
}

/// None of them until it was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables(Arc<HashMap<i64, Found>>);

#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) schema: String,
    pub(super) name: String,
    /// None for what is no table of the lake.
    pub(super) facts: Option<Facts>,
}

#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) table: TableFacts,
    /// How PostgreSQL writes down what a column's type says beside its name.
    modifiers: Vec<i32>,
}

impl Known {
    pub(super) fn new(schema: &str) -> Self {
        Self { schema: Arc::new(RwLock::new(schema.to_owned())), tables: Arc::default() }
    }

    pub(super) fn schema(&self) -> String {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn look_in(&self, schema: &str) {
        schema.clone_into(&mut self.schema.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn tables(&self) -> Tables {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn learn(&self, tables: Tables) {
        *self.tables.write().unwrap_or_else(PoisonError::into_inner) = tables;
    }

    /// Whether it is found without its schema.
    pub(super) fn is_visible(&self, number: i64) -> bool {
        let schema = self.schema();
        self.tables().0.get(&number).is_some_and(|found| found.schema == schema || found.schema == SYSTEM)
    }
}

impl Tables {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn facts(&self, number: i64) -> Option<&TableFacts> {
        self.0.get(&number)?.facts.as_ref().map(|facts| &facts.table)
    }

    /// What the table is for, or one of its columns, which are counted from one.
    pub(super) fn description(&self, number: i64, column: i64) -> Option<&str> {
        let facts = self.facts(number)?;
        match usize::try_from(column).ok()? {
            0 => facts.description.as_deref(),
            column => facts.columns.get(column - 1)?.description.as_deref(),
        }
    }

    /// -1 where a type says nothing more.
    pub(super) fn modifier(&self, number: i64, column: i64) -> i32 {
        let facts = self.0.get(&number).and_then(|found| found.facts.as_ref());
        let column = usize::try_from(column).ok().and_then(|column| column.checked_sub(1));
        facts.zip(column).and_then(|(facts, column)| facts.modifiers.get(column).copied()).unwrap_or(-1)
    }

    /// As they are stored, compressed; a number that is none of the lake's has no size.
    pub(super) fn bytes(&self, number: i64) -> Option<u64> {
        self.facts(number).map(|facts| facts.bytes_total)
    }

    pub(super) fn bytes_of_all(&self) -> u64 {
        self.0.values().filter_map(|found| Some(found.facts.as_ref()?.table.bytes_total)).sum()
    }

    /// The number of a table of the catalog itself.
    pub(super) fn system(&self, name: &str) -> Option<i64> {
        let is_it = |found: &Found| found.schema == SYSTEM && found.name == name;
        self.0.iter().find(|(_, found)| is_it(found)).map(|(number, _)| *number)
    }

    /// All that is said of tables and columns: of which table, of which column, and what.
    pub(super) fn descriptions(&self) -> Vec<(i64, i64, &str)> {
        let columns = |number: &i64| 0..=self.facts(*number).map_or(0, |facts| facts.columns.len() as i64);
        let all = self.0.keys().flat_map(|number| columns(number).map(|column| (*number, column)));
        let mut all: Vec<_> = all
            .filter_map(|(number, column)| Some((number, column, self.description(number, column)?)))
            .collect();
        all.sort_unstable();
        all
    }
}

impl FromIterator<(i64, Found)> for Tables {
    fn from_iter<T: IntoIterator<Item = (i64, Found)>>(found: T) -> Self {
        Self(Arc::new(found.into_iter().collect()))
    }
}

impl Facts {
    /// Of a table of Polder's own, which takes no room in the lake.
    pub(super) fn own(table: OwnTable) -> Self {
        let facts = OwnTableFacts::from(table);
        let modifiers = vec![-1; facts.columns.len()];
        let table = TableFacts {
            columns: facts.columns,
            rows_total: None,
            bytes_total: 0,
            files_total: 0,
            partitioned_by: Vec::new(),
            key: Vec::new(),
            description: Some(facts.description),
        };
        Self { table, modifiers }
    }

    /// # Errors
    /// When the log cannot be read.
    pub(super) fn of(table: &polder_lake::Table) -> polder_lake::Result<Self> {
        let modifiers = table.schema()?.fields().iter().map(|field| modifier(field.data_type())).collect();
        Ok(Self { table: table.facts()?, modifiers })
    }
}

/// After `numerictypmodin` of PostgreSQL: precision and scale in one number, and four for the length that values have in front.
fn modifier(of: &DataType) -> i32 {
    match of {
        DataType::Decimal128(precision, scale) => ((i32::from(*precision) << 16) | i32::from(*scale)) + 4,
        _ => -1,
    }
}

/// The rows of a query for numbers, schemas and names.
pub(super) fn rows(
    batches: &[deltalake::arrow::array::RecordBatch],
) -> impl Iterator<Item = (i64, String, String)> {
    batches.iter().flat_map(|batch| {
        let numbers = batch.column(0).as_primitive::<Int32Type>();
        let text = |column: usize, row: usize| {
            ScalarValue::try_from_array(batch.column(column), row)
                .map(|value| value.to_string())
                .unwrap_or_default()
        };
        (0..batch.num_rows()).map(move |row| (i64::from(numbers.value(row)), text(1, row), text(2, row)))
    })
}
