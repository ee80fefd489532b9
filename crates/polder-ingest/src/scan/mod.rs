//! From text to rows: a scanner for each format, which knows where values are and nothing of what they mean.

mod csv;
mod dialect;
mod elements;
mod json;
mod object;
mod record;

pub(crate) use csv::CsvScanner;
pub use dialect::CsvOptions;
pub(crate) use json::JsonScanner;

use crate::rows::Rows;
use crate::{Limits, Result};

/// Cuts rows out of a text, a batch at a time.
pub(crate) trait Scan: Send {
    /// The next rows, good and bad; `None` at the end.
    fn next_rows(&mut self) -> Result<Option<Rows>>;

    /// No rows, with the names that the file itself gives to its columns: once it was read to its end.
    fn header(&self) -> Option<Rows> {
        None
    }
}

/// What scanners share: how far they are, and for whom.
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) limits: Limits,
}
