//! Brings rows into the columns of a table as SQL does: by place, to columns that are named or to all of them.
//!
//! A value must stay what it is. What would be cut or rounded is refused, unless the column is of floating numbers, which are rounded
//! by nature; times are kept to the microsecond. Text is read as what the column is of.

use std::collections::HashSet;
use std::sync::Arc;

use deltalake::arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use deltalake::arrow::compute::can_cast_types;
use deltalake::arrow::compute::kernels::cmp::not_distinct;
use deltalake::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use futures::StreamExt;

use super::types::sql_type;
use crate::operations::{Batches, cast, is_wider};
use crate::{Error, Result, TableName};

/// The columns of a table that rows go to.
pub(super) struct Targets {
    table: TableName,
    fields: Vec<FieldRef>,
}

impl Targets {
    /// # Errors
    /// [`Error::Column`] when the table has no such column, or one is named twice.
    pub(super) fn named(table: &TableName, schema: &SchemaRef, names: &[String]) -> Result<Self> {
        let mut seen = HashSet::new();
        let field = |name: &String| {
            let field = field(table, schema, name)?;
            if seen.insert(field.name().clone()) {
                Ok(field)
            } else {
                Err(Error::column(table, name, "it is given twice"))
            }
        };
        let fields = names.iter().map(field).collect::<Result<_>>()?;
        Ok(Self { table: table.clone(), fields })
    }

    pub(super) fn all(table: &TableName, schema: &SchemaRef) -> Self {
        Self { table: table.clone(), fields: schema.fields().to_vec() }
    }

    pub(super) fn names(&self) -> HashSet<&str> {
        self.fields.iter().map(|field| field.name().as_str()).collect()
    }

    pub(super) fn ordered_names(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.name().clone()).collect()
    }

    /// The rows in these columns.
    ///
    /// # Errors
    /// [`Error::Column`] when there are more or fewer, or a value does not fit; the latter as they are read.
    pub(super) fn assigned(self, rows: Batches) -> Result<Batches> {
        self.refuse_others(rows.schema())?;
        // Whether they may be null is looked at where it can be said of which column it is not so.
        let fields =
            self.fields.iter().map(|field| Field::new(field.name(), field.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let to = Arc::clone(&schema);
        let stream = rows.into_stream().map(move |batch| self.converted(&batch?, &to));
        Ok(Batches::new(schema, stream))
    }

    fn refuse_others(&self, found: &SchemaRef) -> Result<()> {
        let (given, wanted) = (found.fields().len(), self.fields.len());
        if given != wanted {
            let reason =
                format!("{given} columns come in for {wanted}; name those that they are for: `(column, …)`");
            return Err(Error::column(&self.table, "*", reason));
        }
        for (found, field) in found.fields().iter().zip(&self.fields) {
            if !can_become(found.data_type(), field.data_type()) {
                return Err(self.refused(field, found.data_type(), "is not"));
            }
        }
        Ok(())
    }

    fn converted(&self, batch: &RecordBatch, to: &SchemaRef) -> Result<RecordBatch> {
        let columns = self.fields.iter().zip(batch.columns());
        let columns = columns.map(|(field, values)| self.column(field, values)).collect::<Result<_>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(to), columns, &options)
            .map_err(|error| Error::column(&self.table, "*", error.to_string()))
    }

    fn column(&self, field: &FieldRef, values: &ArrayRef) -> Result<ArrayRef> {
        let (from, to) = (values.data_type(), field.data_type());
        let cast = |values: &ArrayRef, to: &DataType| cast(&self.table, values, field.name(), to);
        let converted = cast(values, to)?;
        if may_lose(from, to) {
            let same = cast(&converted, from).ok().and_then(|back| not_distinct(&back, values).ok());
            if same.is_none_or(|same| same.true_count() < values.len()) {
                return Err(self.refused(field, from, "may not all be"));
            }
        }
        Ok(converted)
    }

    fn refused(&self, field: &FieldRef, from: &DataType, how: &str) -> Error {
        let (from, to) = (sql_type(from), sql_type(field.data_type()));
        let reason = format!(
            "what comes in is {from}, and {how} {to}; write `CAST(… AS {to})` if it is to be made so"
        );
        Error::column(&self.table, field.name(), reason)
    }
}

/// A column of a table: as it is written, or in another case.
fn field(table: &TableName, schema: &SchemaRef, name: &str) -> Result<FieldRef> {
    let exact = schema.fields().iter().find(|field| field.name() == name);
    let found =
        exact.or_else(|| schema.fields().iter().find(|field| field.name().eq_ignore_ascii_case(name)));
    found.cloned().ok_or_else(|| Error::column(table, name, "the table has no such column"))
}

/// What values are about. Those of one kind can become those of another only where somebody says so.
#[derive(PartialEq, Eq)]
enum About {
    Numbers,
    Times,
    Truth,
    Others,
}

fn about(found: &DataType) -> About {
    match found {
        DataType::Boolean => About::Truth,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => About::Times,
        found if found.is_numeric() => About::Numbers,
        _ => About::Others,
    }
}

fn can_become(from: &DataType, to: &DataType) -> bool {
    let is_text = |found: &DataType| found.is_string() || found.is_null();
    can_cast_types(from, to) && (is_text(from) || is_text(to) || about(from) == about(to))
}

/// Whether a cast that is done may have cut or rounded values.
fn may_lose(from: &DataType, to: &DataType) -> bool {
    let counts = |found: &DataType| matches!(about(found), About::Numbers | About::Times);
    let are_times = matches!((from, to), (DataType::Timestamp(..), DataType::Timestamp(..)));
    from != to && counts(from) && counts(to) && !to.is_floating() && !are_times && !is_wider(from, to)
}
