//! Rows that do not fit, kept in a temporary file until it is known that the others have landed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, SeekFrom};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use chrono::{DateTime, Utc};
use polder_ingest::{Reason, rejected_schema};
use polder_lake::operations::Batches;
use polder_lake::{Landing, TableName, Work};
use polder_types::id::RunId;

use crate::Result;

/// Rows of which an error tells why they do not fit.
const TOLD: usize = 3;

#[derive(Default)]
pub(crate) struct Rejected {
    writer: Option<StreamWriter<BufWriter<File>>>,
    pub(crate) by_reason: BTreeMap<Reason, u64>,
    /// Where the first ones stood, and why they do not fit.
    pub(crate) first: Vec<String>,
}

/// Whose rows they were.
pub(crate) struct Origin {
    pub(crate) run: RunId,
    pub(crate) at: DateTime<Utc>,
}

impl Rejected {
    pub(crate) fn count(&self) -> u64 {
        self.by_reason.values().sum()
    }

    pub(crate) fn add(&mut self, rows: &RecordBatch, by_reason: &BTreeMap<Reason, u64>) -> Result<()> {
        for (reason, count) in by_reason {
            *self.by_reason.entry(*reason).or_default() += count;
        }
        self.first.extend(told(rows).take(TOLD - self.first.len()));
        if self.writer.is_none() {
            let file = BufWriter::new(tempfile::tempfile()?);
            self.writer = Some(StreamWriter::try_new(file, &rejected_schema()).map_err(broken)?);
        }
        match &mut self.writer {
            Some(writer) => Ok(writer.write(rows).map_err(broken)?),
            None => Ok(()),
        }
    }

    /// Brings them into the table beside the one that they were for. `replaces`: they are all there is then.
    pub(crate) async fn land(
        self,
        work: &mut Work,
        table: &TableName,
        origin: &Origin,
        replaces: bool,
    ) -> Result<()> {
        let name = table.of_rejected().map_err(polder_lake::Error::from)?;
        let how = if replaces { Landing::Overwrite } else { Landing::Append };
        let Some(writer) = self.writer else {
            return if replaces && work.is_there(&name).await? { empty(work, &name).await } else { Ok(()) };
        };
        let mut file =
            writer.into_inner().map_err(broken)?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        let batches = StreamReader::try_new(BufReader::new(file), None).map_err(broken)?;
        let schema = with_origin_schema();
        work.make_room(&name, &schema, &how).await?;
        let (run, at) = (origin.run.to_string(), origin.at.timestamp_micros());
        let to = Arc::clone(&schema);
        let rows = batches.map(move |batch| {
            let batch = batch.and_then(|batch| with_origin(&batch, &to, &run, at));
            batch.map_err(|error| polder_lake::Error::Source(error.to_string()))
        });
        work.land(&name, Batches::new(schema, futures::stream::iter(rows)), &how).await?;
        Ok(())
    }
}

/// Each row's place and reason; no value of it where columns are hidden, since its message has none then.
fn told(rows: &RecordBatch) -> impl Iterator<Item = String> + '_ {
    let text = |name: &str| rows.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let lines = rows.column_by_name("line").and_then(|column| column.as_primitive_opt::<Int64Type>());
    let (files, messages) = (text("file"), text("message"));
    (0..rows.num_rows()).filter_map(move |row| {
        Some(format!("{}, line {}: {}", files?.value(row), lines?.value(row), messages?.value(row)))
    })
}

async fn empty(work: &mut Work, name: &TableName) -> Result<()> {
    let none = Batches::new(with_origin_schema(), futures::stream::empty());
    work.land(name, none, &Landing::Overwrite).await?;
    Ok(())
}

fn with_origin_schema() -> SchemaRef {
    let mut fields = rejected_schema().fields().to_vec();
    fields.push(Arc::new(Field::new("run", DataType::Utf8, false)));
    let at = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    fields.push(Arc::new(Field::new("rejected_at", at, false)));
    Arc::new(Schema::new(fields))
}

fn with_origin(
    batch: &RecordBatch,
    to: &SchemaRef,
    run: &str,
    at: i64,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let rows = batch.num_rows();
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(run, rows))) as ArrayRef);
    columns.push(Arc::new(TimestampMicrosecondArray::from_value(at, rows).with_timezone("UTC")));
    RecordBatch::try_new(Arc::clone(to), columns)
}

fn broken(error: arrow::error::ArrowError) -> std::io::Error {
    std::io::Error::other(error)
}
