//! Answers in Arrow's stream format, for whoever asked: as a table to look at, or as a file.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::ipc::reader::StreamReader;
use deltalake::arrow::util::display::FormatOptions;
use deltalake::arrow::util::pretty::pretty_format_batches_with_options;
use deltalake::parquet::arrow::ArrowWriter;

use crate::answer::refuse_without_text;
use crate::{Error, Result};

/// How null is shown, unlike an empty text.
const NULL: &str = "∅";

/// A table with lines around it, its rows cut off after `most`; and how many rows there are.
///
/// # Errors
/// When it is not all of an answer.
pub fn table(answer: &[u8], most: usize) -> Result<(String, usize)> {
    let mut reader = StreamReader::try_new(Cursor::new(answer), None).map_err(broken)?;
    let schema = reader.schema();
    let (mut shown, mut count) = (Vec::new(), 0);
    for batch in &mut reader {
        let batch = batch.map_err(broken)?;
        let room = most.saturating_sub(count).min(batch.num_rows());
        let rows = batch.slice(0, room);
        refuse_without_text(&rows)?;
        shown.push(rows);
        count += batch.num_rows();
    }
    if shown.is_empty() {
        shown.push(RecordBatch::new_empty(schema));
    }
    let options = FormatOptions::default().with_null(NULL);
    let text = pretty_format_batches_with_options(&shown, &options).map_err(broken)?;
    Ok((text.to_string(), count))
}

/// Writes a Parquet file; gives the number of its rows.
///
/// # Errors
/// When it is not all of an answer, or the file cannot be written.
pub fn parquet(answer: &[u8], path: &Path) -> Result<usize> {
    let mut reader = StreamReader::try_new(Cursor::new(answer), None).map_err(broken)?;
    let failed = |error: deltalake::parquet::errors::ParquetError| Error::Format {
        format: "Parquet",
        reason: error.to_string(),
    };
    let file = File::create(path)?;
    let mut writer = ArrowWriter::try_new(file, reader.schema(), None).map_err(failed)?;
    let mut rows = 0;
    for batch in &mut reader {
        let batch = batch.map_err(broken)?;
        rows += batch.num_rows();
        writer.write(&batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(rows)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn broken(error: ArrowError) -> Error {
    Error::Answer(error.to_string())
}
