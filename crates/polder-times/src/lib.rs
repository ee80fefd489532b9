//! Dates and times in arrays of Arrow that go beyond what others know.
//!
//! Arrow's numbers of days, seconds or microseconds reach much further than calendars do. What reads tables knows the years 1 to
//! 9999 only: a single value beyond them, even as a bound in the log, keeps Spark or Python from reading a table at all. And some
//! numbers are so large that Arrow itself has no text for them, and writes `ERROR: …` where the value should stand.
//!
//! So whoever stores rows asks for the [years](Reach::Years), and whoever writes them out as text for the [text](Reach::Text).
//! That costs next to nothing where all is well: the smallest and the largest value of each column are looked at, and those of
//! columns within columns.

mod calendar;
mod reach;
mod rows;

use arrow::array::{Array, ArrayRef, RecordBatch};

pub use reach::{DAYS, Reach};
pub use rows::rows;

/// A value that goes too far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// The name of the column; with dots, if it is in one that has parts.
    pub column: String,
    /// As people write it, whatever its year: `10000-01-01`, `0044-03-15 BC`.
    pub value: String,
}

/// The first value of some rows that goes too far.
#[must_use]
pub fn beyond(batch: &RecordBatch, reach: Reach) -> Option<Beyond> {
    let schema = batch.schema_ref();
    let mut columns = schema.fields().iter().zip(batch.columns());
    columns.find_map(|(field, column)| beyond_in(field.name(), column, reach))
}

/// The first value of a column that goes too far.
#[must_use]
pub fn beyond_in(name: &str, column: &ArrayRef, reach: Reach) -> Option<Beyond> {
    let found = rows(column.as_ref(), reach)?;
    let row = found.set_indices().next()?;
    let mut path = vec![name.to_owned()];
    let value = rows::value(&column.slice(row, 1), reach, &mut path)?;
    Some(Beyond { column: path.join("."), value })
}

#[cfg(test)]
mod tests;
