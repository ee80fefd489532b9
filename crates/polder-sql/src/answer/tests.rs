use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Date32Array, ListArray};
use deltalake::arrow::datatypes::Date32Type;

use super::*;
use crate::result;

fn batch(column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("d", column)]).unwrap()
}

fn days(days: &[i32]) -> ArrayRef {
    Arc::new(Date32Array::from(days.to_vec()))
}

fn list(days: &[i32]) -> ArrayRef {
    let days = days.iter().copied().map(Some).collect::<Vec<_>>();
    Arc::new(ListArray::from_iter_primitive::<Date32Type, _, _>([Some(days)]))
}

/// What is written of it, and why not all.
fn answer(format: QueryFormat, column: ArrayRef) -> (Vec<u8>, Option<String>) {
    let (batch, mut output) = (batch(column), Vec::new());
    let mut answer = Answer::new(format, batch.schema(), 10);
    let done = answer.write(&batch, &mut output).and_then(|_| answer.end(&mut output));
    (output, done.err().map(|error| error.to_string()))
}

#[test]
fn dates_without_a_text_are_an_error_and_not_a_text() {
    let expected = "column d has 5881580-07-11, which cannot be written as text: make it a number or leave it out, or ask for Parquet or Arrow";
    for column in [days(&[0, i32::MAX]), list(&[0, i32::MAX])] {
        let (written, error) = answer(QueryFormat::Json, Arc::clone(&column));
        assert_eq!((written, error.as_deref()), (Vec::new(), Some(expected)));
        let (written, error) = answer(QueryFormat::Csv, Arc::clone(&column));
        assert_eq!((written, error.as_deref()), (Vec::new(), Some(expected)));
        let (written, error) = answer(QueryFormat::Arrow, column);
        assert_eq!(error, None, "they are numbers there");
        assert_eq!(result::table(&written, 10).unwrap_err().to_string(), expected);
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(result::parquet(&written, file.path()).is_ok());
    }
}

#[test]
fn dates_of_far_years_are_written_as_they_are() {
    let (written, _) = answer(QueryFormat::Csv, days(&[2_932_897, 95_025_871]));
    assert_eq!(String::from_utf8(written).unwrap(), "d\n+10000-01-01\n+262141-12-31\n");
}

/// Whoever asked can be told why, as long as nothing has been written.
#[test]
fn nothing_is_written_before_the_first_rows_can_be() {
    let (written, error) = answer(QueryFormat::Csv, list(&[0]));
    assert!(written.is_empty() && error.unwrap().contains("CSV"));
}
