//! Batches of rows as an answer: up to a number of rows, in one of the formats.

mod arrow;
mod csv;
mod json;

use std::io::Write;

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::record_batch::RecordBatch;
use polder_times::{Beyond, Reach, beyond};
use polder_types::wire::QueryFormat;

use crate::{Error, Result};

/// What the rows are written as.
trait Format {
    /// What stands before the first row.
    fn begin(&mut self, schema: &SchemaRef, output: &mut dyn Write) -> Result<()>;
    fn rows(&mut self, batch: &RecordBatch, output: &mut dyn Write) -> Result<()>;
    /// What follows the last row; whether there were more than are written.
    fn end(&mut self, truncated: bool, output: &mut dyn Write) -> Result<()>;
}

/// An answer that is being written.
pub(crate) struct Answer {
    format: Box<dyn Format + Send>,
    schema: SchemaRef,
    /// Whether values are written as text.
    is_text: bool,
    /// Rows that may still be written.
    left: u64,
    truncated: bool,
    has_begun: bool,
}

impl Answer {
    pub(crate) fn new(format: QueryFormat, schema: SchemaRef, rows: u64) -> Self {
        let is_text = format != QueryFormat::Arrow;
        let format: Box<dyn Format + Send> = match format {
            QueryFormat::Json => Box::new(json::Json::default()),
            QueryFormat::Csv => Box::new(csv::Csv),
            QueryFormat::Arrow => Box::new(arrow::Stream::default()),
        };
        Self { format, schema, is_text, left: rows, truncated: false, has_begun: false }
    }

    /// Writes what there is room for; false if there is more than that. Where that fails, nothing of it is written: as long as nothing
    /// was, whoever asked can be told why.
    pub(crate) fn write(&mut self, batch: &RecordBatch, output: &mut dyn Write) -> Result<bool> {
        let rows = usize::try_from(self.left).unwrap_or(usize::MAX).min(batch.num_rows());
        self.truncated = rows < batch.num_rows();
        self.left -= rows as u64;
        if rows > 0 {
            let (rows, mut written) = (batch.slice(0, rows), Vec::new());
            if self.is_text {
                refuse_without_text(&rows)?;
            }
            self.begin(&mut written)?;
            self.format.rows(&rows, &mut written)?;
            output.write_all(&written)?;
        }
        Ok(!self.truncated)
    }

    pub(crate) fn end(&mut self, output: &mut dyn Write) -> Result<()> {
        self.begin(output)?;
        self.format.end(self.truncated, output)
    }

    fn begin(&mut self, output: &mut dyn Write) -> Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        self.format.begin(&self.schema, output)
    }
}

/// What writes text has none for some dates and times, and would write that instead of them.
pub(crate) fn refuse_without_text(rows: &RecordBatch) -> Result<()> {
    let found = beyond(rows, Reach::Text);
    found.map_or(Ok(()), |Beyond { column, value }| Err(Error::NoText { column, value }))
}

#[cfg(test)]
mod tests;

fn failed(format: &'static str) -> impl Fn(deltalake::arrow::error::ArrowError) -> Error {
    move |error| Error::Format { format, reason: error.to_string() }
}
