//! One JSON object: `{"columns": [{"name": …, "type": …}], "rows": [[…], …], "truncated": false}`.
//!
//! Rows are lists, since two columns may have one name. Values within a column that has parts are objects.

use std::io::Write;

use deltalake::arrow::array::Array;
use deltalake::arrow::datatypes::{FieldRef, SchemaRef};
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use deltalake::arrow::record_batch::RecordBatch;
use serde_json::{Value, json};

use super::{Format, failed};
use crate::{Error, Result};

#[derive(Default)]
pub(super) struct Json {
    has_rows: bool,
}

impl Format for Json {
    fn begin(&mut self, schema: &SchemaRef, output: &mut dyn Write) -> Result<()> {
        let columns: Vec<Value> = schema.fields().iter().map(column).collect();
        write!(output, r#"{{"columns":{},"rows":["#, Value::from(columns)).map_err(Error::Output)
    }

    fn rows(&mut self, batch: &RecordBatch, output: &mut dyn Write) -> Result<()> {
        let options = EncoderOptions::default().with_explicit_nulls(true);
        let mut columns = encoders(batch, &options).map_err(failed("JSON"))?;
        let mut text = Vec::new();
        for row in 0..batch.num_rows() {
            if std::mem::replace(&mut self.has_rows, true) {
                text.push(b',');
            }
            write_row(&mut columns, row, &mut text);
        }
        output.write_all(&text).map_err(Error::Output)
    }

    fn end(&mut self, truncated: bool, output: &mut dyn Write) -> Result<()> {
        write!(output, r#"],"truncated":{truncated}}}"#).map_err(Error::Output)
    }
}

fn column(field: &FieldRef) -> Value {
    json!({"name": field.name(), "type": polder_lake::sql_type(field.data_type())})
}

fn encoders<'a>(
    batch: &'a RecordBatch,
    options: &'a EncoderOptions,
) -> Result<Vec<NullableEncoder<'a>>, ArrowError> {
    let fields = batch.schema_ref().fields().iter();
    fields
        .zip(batch.columns())
        .map(|(field, array)| make_encoder(field, array as &dyn Array, options))
        .collect()
}

fn write_row(columns: &mut [NullableEncoder<'_>], row: usize, text: &mut Vec<u8>) {
    text.push(b'[');
    for (place, column) in columns.iter_mut().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        if column.is_null(row) {
            text.extend_from_slice(b"null");
        } else {
            column.encode(row, text);
        }
    }
    text.push(b']');
}
