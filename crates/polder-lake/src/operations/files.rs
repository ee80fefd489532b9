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

use super::columns::{Batches, conform};
use crate::{Error, Result, Table};

/// Files are closed at about this size: large enough to be read quickly, small enough to be rewritten.
const FILE_SIZE: u64 = 128 << 20;
/// Rows of a row group: what is buffered for each open file until it is encoded.
const ROW_GROUP: usize = 256 << 10;

impl Table {
    /// Writes all rows; the files that hold them, and how many rows there were.
    pub(crate) async fn write_files(&self, mut batches: Batches) -> Result<(Vec<Add>, u64)> {
        let to = self.schema()?;
        let mut writer = self.file_writer(&to)?;
        let mut rows = 0;
        while let Some(batch) = batches.stream.next().await {
            let written = async {
                let batch = conform(&self.name, &batch?, &to)?;
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

    fn file_writer(&self, schema: &SchemaRef) -> Result<DeltaWriter> {
        let snapshot = self.delta.snapshot().map_err(Error::delta(&self.name))?;
        let partitions = snapshot.metadata().partition_columns().to_vec();
        let config = WriterConfig::new(
            schema.clone(),
            partitions,
            Some(properties()),
            NonZeroU64::new(FILE_SIZE),
            None,
            snapshot.table_config().num_indexed_cols(),
            None,
        );
        Ok(DeltaWriter::new(Arc::clone(&self.delta.object_store()), config))
    }
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_created_by(concat!("polder ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}
