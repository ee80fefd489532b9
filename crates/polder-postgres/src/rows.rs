//! The rows of a query, as messages.

use std::sync::Arc;

use arrow_pg::datatypes::arrow_schema_to_pg_fields;
use arrow_pg::row_encoder::RowEncoder;
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::datatypes::Schema;
use deltalake::datafusion::physical_plan::SendableRecordBatchStream;
use futures::StreamExt as _;
use pgwire::api::portal::Format;
use pgwire::api::results::FieldInfo;
use pgwire::messages::data::{DataRow, FieldDescription, RowDescription};
use polder_times::{Beyond, Reach, beyond};

use crate::error::{Error, Result};

pub(crate) type Fields = Arc<Vec<FieldInfo>>;

/// What a client is told of the columns of a query.
pub(crate) fn fields(schema: &Schema, format: &Format) -> Result<Fields> {
    if let Format::Individual(formats) = format
        && formats.len() != schema.fields().len()
    {
        let message = format!("{} formats came for {} columns", formats.len(), schema.fields().len());
        return Err(Error::new("08P01", message));
    }
    Ok(Arc::new(arrow_schema_to_pg_fields(schema, format, None)?))
}

/// The same, of other formats.
pub(crate) fn description(fields: &[FieldInfo]) -> RowDescription {
    let of = |field: &FieldInfo| {
        FieldDescription::new(
            field.name().to_owned(),
            0,
            0,
            field.datatype().oid(),
            size(field.datatype().oid()),
            -1,
            field.format().value(),
        )
    };
    RowDescription::new(fields.iter().map(of).collect())
}

/// How many bytes a value has, by the number of its type; negative where that differs.
fn size(of: u32) -> i16 {
    match of {
        16 | 18 => 1,
        21 => 2,
        23 | 26 | 700 | 1082 => 4,
        20 | 701 | 1083 | 1114 | 1184 => 8,
        1186 => 16,
        _ => -1,
    }
}

/// What PostgreSQL's clients know are the years 1 to 9999. Beyond them, a value would come as a text that they cannot read, or as null.
fn refuse_beyond(batch: &RecordBatch) -> Result<()> {
    let Some(Beyond { column, value }) = beyond(batch, Reach::Years) else { return Ok(()) };
    let message = format!("column {column} has {value}, which clients of PostgreSQL cannot read");
    Err(Error::new("22008", message).hint("make it a number or a text, or leave it out"))
}

pub(crate) struct Rows {
    stream: SendableRecordBatchStream,
    fields: Fields,
    batch: Option<RecordBatch>,
    /// Of the batch's rows, so many are taken.
    taken: usize,
    encoder: Option<RowEncoder>,
}

impl Rows {
    pub(crate) fn new(stream: SendableRecordBatchStream, fields: Fields) -> Self {
        Self { stream, fields, batch: None, taken: 0, encoder: None }
    }

    /// From the next row on, values are written so: each `FETCH` of a cursor may want another format.
    pub(crate) fn write_as(&mut self, fields: Fields) {
        let rest = self.batch.take().map(|batch| batch.slice(self.taken, batch.num_rows() - self.taken));
        self.fields = fields;
        if let Some(rest) = rest {
            self.go_through(rest);
        }
    }

    /// Nothing is lost if it is not waited for to the end.
    pub(crate) async fn next(&mut self) -> Result<Option<DataRow>> {
        loop {
            if let Some(row) = self.encoder.as_mut().and_then(RowEncoder::next_row) {
                self.taken += 1;
                return Ok(Some(row?));
            }
            match self.stream.next().await {
                Some(batch) => {
                    let batch = batch?;
                    refuse_beyond(&batch)?;
                    self.go_through(batch);
                }
                None => return Ok(None),
            }
        }
    }

    fn go_through(&mut self, batch: RecordBatch) {
        self.encoder = Some(RowEncoder::new(batch.clone(), Arc::clone(&self.fields)));
        self.batch = Some(batch);
        self.taken = 0;
    }
}
