//! How large a table is, from its log alone.

use crate::{Error, Result, Table};

/// Sums over the files of a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// None if a file does not tell.
    pub rows: Option<u64>,
    pub files: u64,
    /// As they are stored, compressed.
    pub bytes: u64,
}

impl Table {
    /// # Errors
    /// When the log cannot be read.
    pub fn size(&self) -> Result<Size> {
        let snapshot = self.delta.snapshot().map_err(Error::delta(&self.name))?;
        let mut size = Size { rows: Some(0), ..Size::default() };
        for file in snapshot.log_data().iter() {
            size.files += 1;
            size.bytes += u64::try_from(file.size()).unwrap_or(0);
            size.rows = size.rows.zip(file.num_records()).map(|(rows, more)| rows + more as u64);
        }
        Ok(size)
    }
}
