//! A condition on rows, as SQL: which files it can be true in, and for which rows of a file it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions};
use deltalake::arrow::datatypes::{DataType, Schema, SchemaRef};
use deltalake::datafusion::common::pruning::PruningStatistics;
use deltalake::datafusion::common::{Column, DFSchema, ScalarValue};
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::logical_expr::Expr;
use deltalake::datafusion::physical_expr::PhysicalExpr;
use deltalake::datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use deltalake::datafusion::prelude::SessionContext;
use deltalake::kernel::LogDataHandler;

use super::bounds::loosened;
use super::data_file::{DataFile, Files};
use crate::{Error, Result, Table, TableName};

pub(crate) struct Predicate {
    /// As it was given.
    pub(crate) sql: String,
    /// The columns that it names.
    pub(crate) columns: SchemaRef,
    condition: Arc<dyn PhysicalExpr>,
    /// The same over all columns.
    over_all: Arc<dyn PhysicalExpr>,
}

impl Predicate {
    /// # Errors
    /// [`Error::Query`] when it is no condition on the columns of the table, or may be true for a row now and not then.
    pub(crate) fn new(sql: &str, schema: &SchemaRef) -> Result<Self> {
        Self::parse(sql, schema).map_err(Error::query)
    }

    fn parse(sql: &str, schema: &SchemaRef) -> std::result::Result<Self, DataFusionError> {
        let context = SessionContext::new();
        let all = DFSchema::try_from(Arc::clone(schema))?;
        let expression = context.parse_sql_expr(sql, &all)?;
        refuse_what_changes(&expression)?;
        let named: BTreeSet<_> =
            expression.column_refs().into_iter().map(|column| column.name.clone()).collect();
        let fields = schema.fields().iter().filter(|field| named.contains(field.name())).cloned();
        let columns = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let over_all = context.create_physical_expr(expression.clone(), &all)?;
        let condition =
            context.create_physical_expr(expression, &DFSchema::try_from(Arc::clone(&columns))?)?;
        match condition.data_type(&columns)? {
            DataType::Boolean => Ok(Self { sql: sql.to_owned(), columns, condition, over_all }),
            other => Err(DataFusionError::Plan(format!("`{sql}` is {other}, and not true or false"))),
        }
    }

    /// For which rows it is true. They have the columns that it names.
    pub(crate) fn rows(&self, table: &TableName, batch: &RecordBatch) -> Result<BooleanArray> {
        let columns = self.columns.fields().iter().map(|field| batch.column_by_name(field.name()).cloned());
        let columns: Option<Vec<_>> = columns.collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let named = RecordBatch::try_new_with_options(
            Arc::clone(&self.columns),
            columns.unwrap_or_default(),
            &options,
        )
        .map_err(|error| Error::delta(table)(error.into()))?;
        let value = self.condition.evaluate(&named).and_then(|value| value.into_array(batch.num_rows()));
        Ok(value.map_err(Error::query)?.as_boolean().clone())
    }

    /// Whether it can be true in each of the files, in the order of the log.
    pub(crate) fn candidates(&self, table: &Table) -> Result<Vec<bool>> {
        let snapshot = table.snapshot()?;
        let log = Loosened { log: snapshot.log_data(), schema: table.schema()? };
        let all = vec![true; log.num_containers()];
        let pruning = PruningPredicateBuilder::new().with_file_schema(Arc::clone(&log.schema));
        let pruning = pruning.try_build(Arc::clone(&self.over_all));
        Ok(pruning.and_then(|pruning| pruning.prune(&log)).unwrap_or(all))
    }

    /// The rows of a file for which it is true, by group, and how many it has; without opening it if its folder tells.
    pub(crate) async fn find(&self, files: &Files, file: &DataFile) -> Result<Found> {
        let stored = self.columns.fields().iter().filter(|field| !files.partitions.contains(field.name()));
        let stored = Arc::new(Schema::new(stored.cloned().collect::<Vec<_>>()));
        if stored.fields().is_empty() {
            let is_true = self.is_true_of_folder(files, file)?;
            return Ok(if is_true { Found::All } else { Found::Some(Vec::new()) });
        }
        let opened = files.open(file, false).await?;
        let (mut rows, mut total) = (Vec::new(), 0);
        for group in 0..opened.metadata.metadata().num_row_groups() {
            let mut batches = files.read(&opened, vec![group], &stored)?;
            let mut first = 0;
            while let Some(batch) = futures::TryStreamExt::try_next(&mut batches).await? {
                let is_true = self.rows(&files.table, &self.with_folder(files, file, &batch)?)?;
                let hits = (first..).zip(is_true.iter()).filter(|(_, is_true)| *is_true == Some(true));
                rows.extend(hits.map(|(row, _)| (group, row)));
                first += u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
                total += batch.num_rows();
            }
        }
        Ok(if rows.len() == total { Found::All } else { Found::Some(rows) })
    }

    fn with_folder(&self, files: &Files, file: &DataFile, stored: &RecordBatch) -> Result<RecordBatch> {
        let rows = stored.num_rows();
        let column = |name: &String| match stored.column_by_name(name) {
            Some(column) => Ok(Arc::clone(column)),
            None => files.partition_value(file, name, rows),
        };
        let columns =
            self.columns.fields().iter().map(|field| column(field.name())).collect::<Result<_>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.columns), columns, &options)
            .map_err(|error| files.wrong(error))
    }

    fn is_true_of_folder(&self, files: &Files, file: &DataFile) -> Result<bool> {
        let options = RecordBatchOptions::new().with_row_count(Some(1));
        let nothing = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options);
        let nothing = nothing.map_err(|error| files.wrong(error))?;
        let value = self.rows(&files.table, &self.with_folder(files, file, &nothing)?)?;
        Ok(value.true_count() == 1)
    }
}

/// The rows of a file for which a condition is true.
pub(crate) enum Found {
    All,
    /// Group of rows, and row in it.
    Some(Vec<(usize, u32)>),
}

/// It is asked more than once for a row, and must say the same each time.
fn refuse_what_changes(expression: &Expr) -> std::result::Result<(), DataFusionError> {
    if expression.is_volatile() {
        return Err(DataFusionError::Plan(format!("`{expression}` is not the same each time it is asked")));
    }
    Ok(())
}

/// What the log says of the values in files, as far out as its rounding may have moved it inwards.
struct Loosened<'a> {
    log: LogDataHandler<'a>,
    schema: SchemaRef,
}

impl Loosened<'_> {
    fn bound(&self, column: &Column, bounds: Option<ArrayRef>, outwards: i64) -> Option<ArrayRef> {
        let field = self.schema.field_with_name(&column.name).ok()?;
        loosened(&bounds?, field.data_type(), outwards)
    }
}

impl PruningStatistics for Loosened<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bound(column, self.log.min_values(column), -1)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bound(column, self.log.max_values(column), 1)
    }

    fn num_containers(&self) -> usize {
        self.log.num_containers()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        self.log.null_counts(column)
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        self.log.row_counts()
    }

    fn contained(
        &self,
        _column: &Column,
        _values: &std::collections::HashSet<ScalarValue>,
    ) -> Option<BooleanArray> {
        None
    }
}
