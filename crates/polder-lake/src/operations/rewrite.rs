//! Writes a data file anew with some rows replaced or left out, in the order that it had.
//!
//! Groups of rows in which nothing changes are copied as they are, without decoding them, if the file has the columns that the
//! table has now. The others are decoded and encoded a batch at a time, several groups at once; so what is held in memory are
//! the encoded groups that are under way, never a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::compute::interleave_record_batch;
use deltalake::kernel::Add;
use deltalake::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use deltalake::parquet::arrow::async_reader::AsyncFileReader;
use deltalake::parquet::column::writer::ColumnCloseResult;
use deltalake::parquet::file::metadata::ParquetMetaData;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;

use super::data_file::{DataFile, Files, Opened};
use super::file_writer::FileWriter;
use super::files::Layout;
use super::task::{at_once, spawned};
use crate::Result;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// By the row at a place among the replacements.
    Replace(u32),
    Remove,
}

/// By group of rows, and by row in it, in their order.
pub(crate) type Edits = BTreeMap<usize, Vec<(u32, Edit)>>;

/// How files are written.
#[derive(Clone)]
pub(crate) struct Manner {
    pub(crate) layout: Layout,
    /// Columns that the log tells about beside the first ones.
    pub(crate) also: Vec<String>,
    pub(crate) at: DateTime<Utc>,
}

/// A group of rows on its way into the new file.
enum Group {
    Copied {
        start: u64,
        bytes: Bytes,
        columns: Vec<ColumnCloseResult>,
    },
    /// Cut into smaller ones where it is too large.
    Encoded(Vec<Vec<ArrowColumnChunk>>),
}

impl Files {
    /// The files that hold what is left of one, which stays as it is: none if nothing is left.
    pub(crate) async fn rewrite(
        self: &Arc<Self>,
        file: &DataFile,
        mut edits: Edits,
        replacements: &RecordBatch,
        manner: &Manner,
    ) -> Result<Vec<Add>> {
        let opened = Arc::new(self.open(file, true).await?);
        let mut writer = self.writer(file, manner)?;
        let can_copy = writer.has_columns_of(opened.metadata.metadata());
        let groups = (0..opened.metadata.metadata().num_row_groups()).map(|group| {
            let (files, opened, factory) = (Arc::clone(self), Arc::clone(&opened), writer.factory());
            let (edits, replacements) = (edits.remove(&group), replacements.clone());
            let limit = manner.layout.row_group;
            spawned(async move {
                match edits {
                    None if can_copy => files.fetch(&opened, group).await,
                    edits => {
                        let change = Change { edits: edits.unwrap_or_default(), replacements };
                        files.encode(&opened, group, change, &factory, limit).await
                    }
                }
            })
        });
        let groups: Vec<_> = groups.collect();
        let mut groups = futures::stream::iter(groups).buffered(at_once());
        let (mut adds, mut rows) = (Vec::new(), false);
        while let Some(group) = groups.try_next().await? {
            rows |= writer.put(group).await.map_err(|error| self.unreadable(error))?;
            if writer.written() > 2 * manner.layout.file_size {
                let full = std::mem::replace(&mut writer, self.writer(file, manner)?);
                adds.push(self.finish(full, file, manner).await?);
                rows = false;
            }
        }
        if rows {
            adds.push(self.finish(writer, file, manner).await?);
        }
        Ok(adds)
    }

    fn writer(&self, beside: &DataFile, manner: &Manner) -> Result<FileWriter> {
        let name = format!("part-00000-{}-c000.zstd.parquet", uuid::Uuid::new_v4());
        let mut parts: Vec<_> = beside.location.parts().collect();
        parts.pop();
        parts.push(name.into());
        let location = Path::from_iter(parts);
        let writer =
            FileWriter::new(Arc::clone(&self.store), location, &self.stored, manner.layout.properties());
        writer.map_err(|error| self.unreadable(error))
    }

    async fn finish(&self, writer: FileWriter, like: &DataFile, manner: &Manner) -> Result<Add> {
        let add = writer.finish(&self.stored, manner.layout.indexed, &manner.also, manner.at).await;
        let add = add.map_err(|error| self.unreadable(error))?;
        Ok(Add { partition_values: like.partition.clone(), ..add })
    }

    async fn fetch(&self, opened: &Opened, group: usize) -> Result<Group> {
        let metadata = opened.metadata.metadata();
        let ranges = metadata.row_group(group).columns().iter().map(|column| column.byte_range());
        let (start, end) = ranges
            .fold((u64::MAX, 0), |(start, end), (first, length)| (start.min(first), end.max(first + length)));
        let bytes = opened.source.clone().get_bytes(start..end).await;
        let bytes = bytes.map_err(|error| self.unreadable(error))?;
        Ok(Group::Copied { start, bytes, columns: closed(metadata, group) })
    }

    async fn encode(
        &self,
        opened: &Opened,
        group: usize,
        change: Change,
        factory: &ArrowRowGroupWriterFactory,
        limit: usize,
    ) -> Result<Group> {
        let mut batches = self.read(opened, vec![group], &self.stored)?;
        let mut encoder = Encoder::new(factory, limit);
        let mut edits = change.edits.as_slice();
        let mut row = 0;
        while let Some(batch) = batches.try_next().await? {
            let end = row + u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
            let (now, later) = edits.split_at(edits.partition_point(|(row, _)| *row < end));
            edits = later;
            let changed =
                merged(&batch, row, now, &change.replacements).map_err(|error| self.wrong(error))?;
            encoder.write(&changed).map_err(|error| self.unreadable(error))?;
            row = end;
        }
        Ok(Group::Encoded(encoder.finish().map_err(|error| self.unreadable(error))?))
    }
}

/// What happens to a group of rows.
struct Change {
    edits: Vec<(u32, Edit)>,
    replacements: RecordBatch,
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

type Parquet<T> = std::result::Result<T, deltalake::parquet::errors::ParquetError>;

/// Encodes rows into groups of at most so many.
struct Encoder<'a> {
    factory: &'a ArrowRowGroupWriterFactory,
    limit: usize,
    open: Option<(Vec<ArrowColumnWriter>, usize)>,
    full: Vec<Vec<ArrowColumnChunk>>,
}

impl<'a> Encoder<'a> {
    fn new(factory: &'a ArrowRowGroupWriterFactory, limit: usize) -> Self {
        Self { factory, limit, open: None, full: Vec::new() }
    }

    fn write(&mut self, batch: &RecordBatch) -> Parquet<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let (mut writers, rows) = match self.open.take() {
            Some(open) => open,
            None => (self.factory.create_column_writers(0)?, 0),
        };
        let mut columns = writers.iter_mut();
        for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            for (leaf, writer) in compute_leaves(field, column)?.iter().zip(&mut columns) {
                writer.write(leaf)?;
            }
        }
        self.open = Some((writers, rows + batch.num_rows()));
        if rows + batch.num_rows() >= self.limit { self.close() } else { Ok(()) }
    }

    fn close(&mut self) -> Parquet<()> {
        if let Some((writers, _)) = self.open.take() {
            self.full.push(writers.into_iter().map(ArrowColumnWriter::close).collect::<Parquet<_>>()?);
        }
        Ok(())
    }

    fn finish(mut self) -> Parquet<Vec<Vec<ArrowColumnChunk>>> {
        self.close()?;
        Ok(self.full)
    }
}

/// The columns of a group of rows as if they had just been written, for a file that takes them over.
fn closed(metadata: &ParquetMetaData, group: usize) -> Vec<ColumnCloseResult> {
    let row_group = metadata.row_group(group);
    let columns = row_group.columns().iter().enumerate().map(|(index, column)| ColumnCloseResult {
        bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
        rows_written: u64::try_from(row_group.num_rows()).unwrap_or(0),
        metadata: column.clone(),
        bloom_filter: None,
        column_index: metadata.column_index().and_then(|found| found.get(group)?.get(index)).cloned(),
        offset_index: metadata.offset_index().and_then(|found| found.get(group)?.get(index)).cloned(),
    });
    columns.collect()
}

impl FileWriter {
    /// Whether there were rows in it.
    async fn put(&mut self, group: Group) -> Parquet<bool> {
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
