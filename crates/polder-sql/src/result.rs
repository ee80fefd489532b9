//! Answers in Arrow's stream format, for whoever asked: as a table to look at, or as a file.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::ipc::reader::StreamReader;
use deltalake::arrow::util::display::{ArrayFormatter, FormatOptions};
use deltalake::arrow::util::pretty::pretty_format_batches_with_options;
use deltalake::parquet::arrow::ArrowWriter;

use crate::answer::refuse_without_text;
use crate::{Error, Result};

/// How null is shown, unlike an empty text.
const NULL: &str = "∅";
const OPTIONS: FormatOptions<'_> = FormatOptions::new().with_null(NULL);

/// A table with lines around it, its rows cut off after `most`; and how many rows there are.
///
/// # Errors
/// When it is not all of an answer.
pub fn table(answer: &[u8], most: usize) -> Result<(String, usize)> {
    let (shown, count) = first(answer, most)?;
    let text = pretty_format_batches_with_options(&shown, &OPTIONS).map_err(broken)?;
    Ok((text.to_string(), count))
}

/// A line for each value with the name of its column, for rows too wide for a table; of the first `most`, and how many there are.
///
/// # Errors
/// When it is not all of an answer.
pub fn lines(answer: &[u8], most: usize) -> Result<(String, usize)> {
    let (shown, count) = first(answer, most)?;
    let (mut text, mut number) = (String::new(), 0);
    for batch in &shown {
        for row in 0..batch.num_rows() {
            number += 1;
            text.push_str(&format!("-[ row {number} ]\n"));
            text.push_str(&row_in_lines(batch, row)?);
        }
    }
    text.truncate(text.trim_end().len());
    Ok((text, count))
}

fn row_in_lines(batch: &RecordBatch, row: usize) -> Result<String> {
    let schema = batch.schema_ref();
    let width = schema.fields().iter().map(|field| field.name().chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let value = ArrayFormatter::try_new(column, &OPTIONS).map_err(broken)?;
        let value = value.value(row).try_to_string().map_err(broken)?;
        // A value of several lines stays in its column.
        let value = value.replace('\n', &format!("\n{:width$} | ", ""));
        text.push_str(&format!("{:width$} | {value}\n", field.name()));
    }
    Ok(text)
}

/// The first rows of an answer, at least one batch; and how many rows there are.
fn first(answer: &[u8], most: usize) -> Result<(Vec<RecordBatch>, usize)> {
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
    Ok((shown, count))
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
