//! Arrow's stream format: batches as they are, for programs.

use std::io::Write;
use std::mem;

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::ipc::writer::StreamWriter;
use deltalake::arrow::record_batch::RecordBatch;

use super::{Format, failed};
use crate::{Error, Result};

/// The writer of the format wants to keep what it writes to: it gets a buffer, which is emptied each time.
#[derive(Default)]
pub(super) struct Stream {
    writer: Option<StreamWriter<Vec<u8>>>,
}

impl Stream {
    fn with(
        &mut self,
        output: &mut dyn Write,
        write: impl FnOnce(&mut StreamWriter<Vec<u8>>) -> Result<(), ArrowError>,
    ) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        write(writer).map_err(failed("Arrow"))?;
        output.write_all(&mem::take(writer.get_mut())).map_err(Error::Output)
    }
}

impl Format for Stream {
    fn begin(&mut self, schema: &SchemaRef, output: &mut dyn Write) -> Result<()> {
        self.writer = Some(StreamWriter::try_new(Vec::new(), schema).map_err(failed("Arrow"))?);
        self.with(output, |_| Ok(()))
    }

    fn rows(&mut self, batch: &RecordBatch, output: &mut dyn Write) -> Result<()> {
        self.with(output, |writer| writer.write(batch))
    }

    fn end(&mut self, _: bool, output: &mut dyn Write) -> Result<()> {
        self.with(output, StreamWriter::finish)
    }
}
