//! Comma-separated values as RFC 4180 has them: a line of names, and nothing for null.

use std::io::Write;

use deltalake::arrow::csv::{Writer, WriterBuilder};
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::record_batch::RecordBatch;

use super::{Format, failed};
use crate::Result;

pub(super) struct Csv;

impl Format for Csv {
    fn begin(&mut self, schema: &SchemaRef, output: &mut dyn Write) -> Result<()> {
        let nothing = RecordBatch::new_empty(schema.clone());
        writer(true, output).write(&nothing).map_err(failed("CSV"))
    }

    fn rows(&mut self, batch: &RecordBatch, output: &mut dyn Write) -> Result<()> {
        writer(false, output).write(batch).map_err(failed("CSV"))
    }

    fn end(&mut self, _: bool, _: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}

fn writer(has_names: bool, output: &mut dyn Write) -> Writer<&mut dyn Write> {
    WriterBuilder::new().with_header(has_names).build(output)
}
