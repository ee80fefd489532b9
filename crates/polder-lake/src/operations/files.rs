//! Writes rows as data files into a table's folder. Nothing refers to them before a commit does.

use std::num::NonZeroU64;
use std::sync::Arc;

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::datafile::writer::{DeltaWriter, WriterConfig};
use deltalake::kernel::Add;
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::table::config::TablePropertiesExt;
use futures::StreamExt;

use super::columns::{Batches, conform, storable};
use super::key::ORDER;
use super::sort::sorted;
use crate::{Error, Result, Table};

/// The property of a table that names the columns of its key, as a JSON array.
pub(crate) const KEY: &str = "polder.key";

/// How the rows of a table lie in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Files are closed at about this size.
    pub(crate) file_size: u64,
    /// Rows of a row group: what is buffered for each open file until it is encoded.
    pub(crate) row_group: usize,
    /// For how many columns the log has statistics.
    pub(crate) indexed: usize,
}

impl Layout {
    /// Large enough to be read quickly.
    pub(crate) const PLAIN: Self = Self { file_size: 128 << 20, row_group: 256 << 10, indexed: 32 };
    /// Small enough to be rewritten often: a changed row costs its group of rows, and copying its file.
    pub(crate) const KEYED: Self = Self { file_size: 32 << 20, row_group: 64 << 10, indexed: 32 };

    pub(crate) fn properties(&self) -> WriterProperties {
        WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(self.row_group))
            .set_created_by(concat!("polder ", env!("CARGO_PKG_VERSION")).to_owned())
            .build()
    }
}

impl Table {
    /// Writes all rows; the files that hold them, and how many rows there were.
    pub(crate) async fn write_files(&self, batches: Batches) -> Result<(Vec<Add>, u64)> {
        let to = self.schema()?;
        let batches = self.incoming(batches, &to, &self.key()?.unwrap_or_default())?;
        self.write_rows(batches, &to, self.layout()?).await
    }

    /// The rows that come in, in some columns and sorted by a key, if there is one: then files lie between narrow bounds, and an
    /// upsert opens few.
    pub(crate) fn incoming(&self, batches: Batches, to: &SchemaRef, key: &[String]) -> Result<Batches> {
        let order = key.iter().filter_map(|column| to.index_of(column).ok());
        let order: Vec<_> = order.map(|index| (index, ORDER)).collect();
        let rows = self.storable(batches, to);
        if order.is_empty() {
            return Ok(rows);
        }
        sorted(rows, &order, &self.lake.means()?)
    }

    /// The rows that come in, in some columns, until one cannot be stored.
    pub(crate) fn storable(&self, batches: Batches, to: &SchemaRef) -> Batches {
        let (table, columns) = (self.name.clone(), Arc::clone(to));
        let taken = self.lake.taken();
        let rows = batches.stream.map(move |batch| {
            let batch = storable(&table, &batch?, &columns)?;
            taken.add(batch.num_rows());
            Ok(batch)
        });
        // Rows of a file never have to be waited for: others, who tell how far it is or end it, would wait until the last one.
        let rows = rows.then(async |batch| {
            tokio::task::yield_now().await;
            batch
        });
        Batches::new(Arc::clone(to), rows)
    }

    /// The same in other columns than the table's, or in another layout.
    pub(crate) async fn write_rows(
        &self,
        batches: Batches,
        to: &SchemaRef,
        layout: Layout,
    ) -> Result<(Vec<Add>, u64)> {
        let partitions = self.snapshot()?.metadata().partition_columns().to_vec();
        self.write_rows_in(batches, to, layout, partitions).await
    }

    /// The same in other folders.
    pub(crate) async fn write_rows_in(
        &self,
        mut batches: Batches,
        to: &SchemaRef,
        layout: Layout,
        partitions: Vec<String>,
    ) -> Result<(Vec<Add>, u64)> {
        let mut writer = self.writer(to, layout, partitions)?;
        let mut rows = 0;
        while let Some(batch) = batches.stream.next().await {
            let written = async {
                let batch = conform(&self.name, &batch?, to)?;
                rows += batch.num_rows() as u64;
                writer.write(&batch).await.map_err(Error::delta(&self.name))
            };
            if let Err(error) = written.await {
                // What was written is garbage; that it stays for a while does no harm, and the first error counts.
                let _ = writer.abort().await;
                return Err(error);
            }
        }
        Ok((writer.close().await.map_err(Error::delta(&self.name))?, rows))
    }

    /// The columns that its rows are found by, if it is known to have any.
    pub(crate) fn key(&self) -> Result<Option<Vec<String>>> {
        let snapshot = self.snapshot()?;
        let key = snapshot.metadata().configuration().get(KEY);
        key.map(|key| serde_json::from_str(key).map_err(|error| Error::log(&self.name, error))).transpose()
    }

    pub(crate) fn layout(&self) -> Result<Layout> {
        let snapshot = self.snapshot()?;
        let layout = if self.key()?.is_some() { Layout::KEYED } else { Layout::PLAIN };
        let indexed = snapshot.metadata().configuration().get("delta.dataSkippingNumIndexedCols");
        let indexed = indexed.and_then(|columns| columns.parse::<i64>().ok());
        // Less than none means all.
        let indexed =
            indexed.map_or(layout.indexed, |columns| usize::try_from(columns).unwrap_or(usize::MAX));
        Ok(Layout { indexed, ..layout })
    }

    pub(crate) fn file_writer(&self, schema: &SchemaRef, layout: Layout) -> Result<DeltaWriter> {
        self.writer(schema, layout, self.snapshot()?.metadata().partition_columns().to_vec())
    }

    fn writer(&self, schema: &SchemaRef, layout: Layout, partitions: Vec<String>) -> Result<DeltaWriter> {
        let snapshot = self.snapshot()?;
        let config = WriterConfig::new(
            schema.clone(),
            partitions,
            Some(layout.properties()),
            NonZeroU64::new(layout.file_size),
            None,
            snapshot.table_config().num_indexed_cols(),
            None,
        );
        Ok(DeltaWriter::new(Arc::clone(&self.delta.object_store()), config))
    }
}
