//! One test: how many rows it finds, and the first of them.

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::util::display::{ArrayFormatter, FormatOptions};
use deltalake::datafusion::error::DataFusionError;
use futures::TryStreamExt;
use polder_lake::{Error as Lake, Statement, Work};
use polder_types::wire::{BAD_ROWS, BadRows};

use crate::{Result, node};

/// Bytes of one value that are kept.
const VALUE: usize = 1024;

/// What a test found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) count: u64,
    pub(crate) rows: BadRows,
}

pub(crate) async fn run(query: &Statement, work: &mut Work) -> Result<Found> {
    let rows = node::rows(query, work).await?;
    let schema = rows.schema();
    let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
    let types = schema.fields().iter().map(|field| polder_lake::sql_type(field.data_type())).collect();
    let mut found = Found { count: 0, rows: BadRows { columns, types, rows: Vec::new() } };
    let mut stream = rows.into_stream();
    while let Some(batch) = stream.try_next().await? {
        let room = BAD_ROWS.saturating_sub(found.rows.rows.len()).min(batch.num_rows());
        found.count += batch.num_rows() as u64;
        found.rows.rows.extend(texts(&batch.slice(0, room)).map_err(broken)?);
    }
    Ok(found)
}

fn texts(batch: &RecordBatch) -> Result<Vec<Vec<Option<String>>>, ArrowError> {
    let options = FormatOptions::default();
    let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
    let columns = columns.collect::<Result<Vec<_>, ArrowError>>()?;
    let value = |row: usize, at: usize| {
        let text = || columns[at].value(row).try_to_string().map(|text| text.chars().take(VALUE).collect());
        (!batch.column(at).is_null(row)).then(text).transpose()
    };
    (0..batch.num_rows()).map(|row| (0..columns.len()).map(|at| value(row, at)).collect()).collect()
}

fn broken(error: ArrowError) -> Lake {
    Lake::query(DataFusionError::ArrowError(Box::new(error), None))
}
