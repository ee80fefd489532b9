//! What the log alone tells of a table: how large it is, and between what its values lie.

use std::collections::HashMap;

use deltalake::arrow::array::{Array, ArrayRef, AsArray};
use deltalake::arrow::compute::{SortOptions, cast, sort};
use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::Column;
use deltalake::datafusion::common::pruning::PruningStatistics;
use deltalake::kernel::LogicalFileView;
use serde_json::Value;

use crate::{Result, Table};

/// Sums over the files of a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// None if a file does not tell.
    pub rows: Option<u64>,
    pub files: u64,
    /// As they are stored, compressed.
    pub bytes: u64,
}

/// What is known of the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnStatistics {
    pub name: String,
    pub data_type: DataType,
    /// None if a file does not tell.
    pub nulls: Option<u64>,
    /// Bounds as text. The log cuts long texts and rounds times to milliseconds and decimals to floating numbers, so values may be
    /// between them without reaching them. None if there are no values, or a file does not tell.
    pub min: Option<String>,
    pub max: Option<String>,
}

impl Table {
    /// # Errors
    /// When the log cannot be read.
    pub fn size(&self) -> Result<Size> {
        let snapshot = self.snapshot()?;
        let mut size = Size { rows: Some(0), ..Size::default() };
        for file in snapshot.log_data().iter() {
            size.files += 1;
            size.bytes += u64::try_from(file.size()).unwrap_or(0);
            size.rows = size.rows.zip(file.num_records()).map(|(rows, more)| rows + more as u64);
        }
        Ok(size)
    }

    /// Every column, in the order of the table.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn column_statistics(&self) -> Result<Vec<ColumnStatistics>> {
        let snapshot = self.snapshot()?;
        let log = snapshot.log_data();
        let files: Vec<_> = log.iter().map(|file| Counts::of(&file)).collect();
        let columns = self.schema()?;
        let columns = columns.fields().iter().map(|field| {
            let column = Column::from_name(field.name());
            let nulls: Vec<_> = files.iter().map(|file| file.nulls(field.name())).collect();
            let all_null = |file: usize| nulls[file].is_some() && nulls[file] == files[file].rows;
            let bound = |bounds: Option<ArrayRef>, largest| {
                let tells = |bounds: &ArrayRef, file| bounds.is_valid(file) || all_null(file);
                let bounds = bounds.filter(|bounds| (0..bounds.len()).all(|file| tells(bounds, file)))?;
                extreme(&bounds, largest)
            };
            ColumnStatistics {
                name: field.name().clone(),
                data_type: field.data_type().clone(),
                min: bound(log.min_values(&column), false),
                max: bound(log.max_values(&column), true),
                nulls: nulls.iter().copied().sum(),
            }
        });
        Ok(columns.collect())
    }
}

/// What the log counts in a file.
struct Counts {
    rows: Option<u64>,
    statistics: Value,
    folder: HashMap<String, Option<String>>,
}

impl Counts {
    fn of(file: &LogicalFileView) -> Self {
        let statistics = file.stats().and_then(|text| serde_json::from_str(&text).ok());
        Self {
            rows: file.num_records().map(|rows| rows as u64),
            statistics: statistics.unwrap_or_default(),
            folder: file.partition_values_map(),
        }
    }

    fn nulls(&self, column: &str) -> Option<u64> {
        match self.folder.get(column) {
            Some(None) => self.rows,
            Some(Some(_)) => Some(0),
            None => self.statistics.get("nullCount")?.get(column)?.as_u64(),
        }
    }
}

/// The smallest or largest of some values, as text.
fn extreme(values: &ArrayRef, largest: bool) -> Option<String> {
    let order = SortOptions { descending: largest, nulls_first: false };
    let first = sort(values, Some(order)).ok()?;
    let text = cast(&first.slice(0, first.len().min(1)), &DataType::Utf8).ok()?;
    let text = text.as_string::<i32>();
    (!text.is_empty() && text.is_valid(0)).then(|| text.value(0).to_owned())
}
