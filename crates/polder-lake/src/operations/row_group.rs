//! What becomes of one group of rows when its file is written anew.
//!
//! A group in which nothing changes is copied as it is, without decoding it. If rows are only replaced, the old ones are looked at
//! first: a column in which they say the same as the new ones is copied too, and only the others are decoded and encoded, a batch
//! at a time. Most updates change a few columns of many, and leave the wide ones alone. Nothing can be copied from a file of other
//! columns than the table has now.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use deltalake::arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use deltalake::arrow::compute::kernels::cmp::not_distinct;
use deltalake::arrow::compute::{interleave_record_batch, take_record_batch};
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::parquet::arrow::arrow_reader::RowSelection;
use deltalake::parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory};
use deltalake::parquet::arrow::async_reader::AsyncFileReader;
use deltalake::parquet::column::writer::ColumnCloseResult;
use deltalake::parquet::file::metadata::ParquetMetaData;
use futures::TryStreamExt;

use super::data_file::{Files, Opened};
use super::encoder::Encoder;
use super::file_writer::FileWriter;
use super::rewrite::Edit;
use crate::Result;

/// A group of rows on its way into the new file.
pub(crate) enum Group {
    /// But for columns that were encoded anew.
    Copied { start: u64, bytes: Bytes, columns: Vec<Column> },
    /// Cut into smaller ones where it is too large.
    Encoded(Vec<Vec<ArrowColumnChunk>>),
}

pub(crate) enum Column {
    Copied(Box<ColumnCloseResult>),
    Encoded(Box<ArrowColumnChunk>),
}

/// What is to be done to a group.
pub(crate) struct Job {
    pub(crate) files: Arc<Files>,
    pub(crate) opened: Arc<Opened>,
    pub(crate) group: usize,
    /// In the order of rows.
    pub(crate) edits: Vec<(u32, Edit)>,
    pub(crate) replacements: RecordBatch,
    pub(crate) factory: Arc<ArrowRowGroupWriterFactory>,
    /// Rows of a group that is encoded anew.
    pub(crate) limit: usize,
}

impl Job {
    /// Copies what it can.
    pub(crate) async fn copy(mut self) -> Result<Group> {
        let places = self.edits.iter().map(|(_, edit)| match edit {
            Edit::Replace(place) => Some(*place),
            Edit::Remove => None,
        });
        let Some(places) = places.collect::<Option<Vec<_>>>() else { return self.encode().await };
        let changed = self.changed(places).await?;
        if changed.iter().all(|changed| *changed) {
            return self.encode().await;
        }
        let (start, bytes) = self.fetch().await?;
        let mut columns: Vec<_> = closed(self.opened.metadata.metadata(), self.group);
        if changed.contains(&true) {
            // The columns that are copied are one group, so the others must be too.
            self.limit = usize::MAX;
            self.replace(&mut columns, &changed).await?;
        }
        Ok(Group::Copied { start, bytes, columns })
    }

    /// In which columns new rows differ from those that they replace.
    async fn changed(&self, places: Vec<u32>) -> Result<Vec<bool>> {
        let all = &self.files.stored;
        let mut changed = vec![false; all.fields().len()];
        if places.is_empty() {
            return Ok(changed);
        }
        let rows = self.opened.metadata.metadata().row_group(self.group).num_rows();
        let picked = self.edits.iter().map(|(row, _)| Range { start: *row as usize, end: *row as usize + 1 });
        let picked = RowSelection::from_consecutive_ranges(picked, usize::try_from(rows).unwrap_or(0));
        let mut old = self.files.read_rows(&self.opened, vec![self.group], all, Some(picked))?;
        let places = UInt32Array::from(places);
        let mut first = 0;
        while let Some(old) = old.try_next().await? {
            let new = take_record_batch(&self.replacements, &places.slice(first, old.num_rows()));
            let new = new.map_err(|error| self.files.wrong(error))?;
            for (changed, (old, new)) in changed.iter_mut().zip(old.columns().iter().zip(new.columns())) {
                *changed = *changed || !is_same(old, new);
            }
            first += old.num_rows();
        }
        Ok(changed)
    }

    /// Encodes the columns that changed.
    async fn replace(&self, columns: &mut [Column], changed: &[bool]) -> Result<()> {
        let wanted: Vec<_> = (0..changed.len()).filter(|column| changed[*column]).collect();
        let schema = self.files.stored.project(&wanted).map_err(|error| self.files.wrong(error))?;
        let replacements = self.replacements.project(&wanted).map_err(|error| self.files.wrong(error))?;
        let parquet = self.opened.metadata.parquet_schema();
        let leaves = (0..parquet.num_columns()).map(|leaf| changed[parquet.get_column_root_idx(leaf)]);
        let leaves: Vec<_> = leaves.collect();
        let encoder = Encoder::new(&self.factory, self.limit, Some(&leaves));
        let encoded = self.encoded(&Arc::new(schema), &replacements, encoder).await?;
        let places = leaves.iter().zip(columns).filter(|(changed, _)| **changed);
        for ((_, place), column) in places.zip(encoded.into_iter().flatten()) {
            *place = Column::Encoded(Box::new(column));
        }
        Ok(())
    }

    /// Encodes all of it anew.
    pub(crate) async fn encode(self) -> Result<Group> {
        let encoder = Encoder::new(&self.factory, self.limit, None);
        Ok(Group::Encoded(self.encoded(&self.files.stored, &self.replacements, encoder).await?))
    }

    async fn encoded(
        &self,
        columns: &SchemaRef,
        replacements: &RecordBatch,
        mut encoder: Encoder<'_>,
    ) -> Result<Vec<Vec<ArrowColumnChunk>>> {
        let mut batches = self.files.read(&self.opened, vec![self.group], columns)?;
        let mut edits = self.edits.as_slice();
        let mut row = 0;
        while let Some(batch) = batches.try_next().await? {
            let end = row + u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
            let (now, later) = edits.split_at(edits.partition_point(|(row, _)| *row < end));
            edits = later;
            let changed = merged(&batch, row, now, replacements).map_err(|error| self.files.wrong(error))?;
            encoder.write(&changed).map_err(|error| self.files.unreadable(error))?;
            row = end;
        }
        encoder.finish().map_err(|error| self.files.unreadable(error))
    }

    /// Its bytes as they are, and where they begin in the file.
    async fn fetch(&self) -> Result<(u64, Bytes)> {
        let columns = self.opened.metadata.metadata().row_group(self.group).columns();
        let ranges = columns.iter().map(|column| column.byte_range());
        let (start, end) = ranges
            .fold((u64::MAX, 0), |(start, end), (first, length)| (start.min(first), end.max(first + length)));
        let bytes = self.opened.source.clone().get_bytes(start..end).await;
        Ok((start, bytes.map_err(|error| self.files.unreadable(error))?))
    }
}

/// Columns within columns are taken to differ.
fn is_same(old: &ArrayRef, new: &ArrayRef) -> bool {
    not_distinct(old, new).is_ok_and(|same| same.true_count() == old.len())
}

/// The rows of a batch, which begins at some row of its group, after edits that are all within it.
fn merged(
    batch: &RecordBatch,
    first: u32,
    edits: &[(u32, Edit)],
    replacements: &RecordBatch,
) -> std::result::Result<RecordBatch, deltalake::arrow::error::ArrowError> {
    if edits.is_empty() {
        return Ok(batch.clone());
    }
    let mut rows = Vec::with_capacity(batch.num_rows());
    let mut next = 0;
    for (row, edit) in edits {
        let row = (row - first) as usize;
        rows.extend((next..row).map(|row| (0, row)));
        if let Edit::Replace(place) = edit {
            rows.push((1, *place as usize));
        }
        next = row + 1;
    }
    rows.extend((next..batch.num_rows()).map(|row| (0, row)));
    interleave_record_batch(&[batch, replacements], &rows)
}

/// The columns of a group of rows as if they had just been written, for a file that takes them over.
fn closed(metadata: &ParquetMetaData, group: usize) -> Vec<Column> {
    let row_group = metadata.row_group(group);
    let columns = row_group.columns().iter().enumerate().map(|(index, column)| ColumnCloseResult {
        bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
        rows_written: u64::try_from(row_group.num_rows()).unwrap_or(0),
        metadata: column.clone(),
        bloom_filter: None,
        column_index: metadata.column_index().and_then(|found| found.get(group)?.get(index)).cloned(),
        offset_index: metadata.offset_index().and_then(|found| found.get(group)?.get(index)).cloned(),
    });
    columns.map(|column| Column::Copied(Box::new(column))).collect()
}

impl FileWriter {
    /// Whether there were rows in it.
    pub(crate) async fn put(
        &mut self,
        group: Group,
    ) -> std::result::Result<bool, deltalake::parquet::errors::ParquetError> {
        match group {
            Group::Copied { start, bytes, columns } => {
                self.copy(start, bytes, columns).await?;
                Ok(true)
            }
            Group::Encoded(groups) => {
                let any = !groups.is_empty();
                for columns in groups {
                    self.append(columns).await?;
                }
                Ok(any)
            }
        }
    }
}
