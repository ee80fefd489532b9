//! Writes one data file from groups of rows: some encoded anew, some copied as they are.

use std::io::Write;
use std::mem::take;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::kernel::Add;
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory};
use deltalake::parquet::errors::ParquetError;
use deltalake::parquet::file::metadata::ParquetMetaData;
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::parquet::file::reader::{ChunkReader, Length};
use deltalake::parquet::file::writer::SerializedFileWriter;
use object_store::ObjectStore;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use tokio::io::AsyncWriteExt;

use super::row_group::Column;

/// What is encoded and not yet handed to the store.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut buffer = self.0.lock().map_err(|_| std::io::Error::other("a writer panicked"))?;
        buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Part of a file, read by its places in the whole.
struct Part {
    start: u64,
    bytes: Bytes,
}

impl Length for Part {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Part {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let skipped = start.checked_sub(self.start).and_then(|skipped| usize::try_from(skipped).ok());
        let skipped = skipped.filter(|skipped| *skipped <= self.bytes.len());
        let skipped =
            skipped.ok_or_else(|| ParquetError::EOF("a column before its group of rows".to_owned()))?;
        Ok(bytes::Buf::reader(self.bytes.slice(skipped..)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let rest = self.get_read(start)?.into_inner();
        if length > rest.len() {
            return Err(ParquetError::EOF("a column behind its group of rows".to_owned()));
        }
        Ok(rest.slice(..length))
    }
}

pub(crate) struct FileWriter {
    location: Path,
    encoded: Shared,
    writer: SerializedFileWriter<Shared>,
    factory: Arc<ArrowRowGroupWriterFactory>,
    upload: BufWriter,
    written: u64,
}

impl FileWriter {
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        location: Path,
        schema: &SchemaRef,
        properties: WriterProperties,
    ) -> Result<Self, ParquetError> {
        let encoded = Shared::default();
        let writer = ArrowWriter::try_new(encoded.clone(), Arc::clone(schema), Some(properties))?;
        let (writer, factory) = writer.into_serialized_writer()?;
        let upload = BufWriter::new(store, location.clone());
        Ok(Self { location, encoded, writer, factory: Arc::new(factory), upload, written: 0 })
    }

    /// Makes the writers of columns for a group of rows, which may then be encoded anywhere.
    pub(crate) fn factory(&self) -> Arc<ArrowRowGroupWriterFactory> {
        Arc::clone(&self.factory)
    }

    /// Whether groups of rows of a file can be copied: its columns are the same, in the same order and types.
    pub(crate) fn has_columns_of(&self, other: &ParquetMetaData) -> bool {
        self.writer.schema_descr().columns() == other.file_metadata().schema_descr().columns()
    }

    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    pub(crate) async fn append(&mut self, columns: Vec<ArrowColumnChunk>) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for column in columns {
            column.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.upload().await
    }

    /// Copies a group of rows of another file with the same columns, whose bytes begin at `start` there, but for those columns that
    /// were encoded anew.
    pub(crate) async fn copy(
        &mut self,
        start: u64,
        bytes: Bytes,
        columns: Vec<Column>,
    ) -> Result<(), ParquetError> {
        let part = Part { start, bytes };
        let mut group = self.writer.next_row_group()?;
        for column in columns {
            match column {
                Column::Copied(column) => group.append_column(&part, *column)?,
                Column::Encoded(column) => column.append_to_row_group(&mut group)?,
            }
        }
        group.close()?;
        self.upload().await
    }

    async fn upload(&mut self) -> Result<(), ParquetError> {
        let encoded = self.encoded.0.lock().map(|mut buffer| take(&mut *buffer)).unwrap_or_default();
        self.written += encoded.len() as u64;
        let put = self.upload.put(encoded.into()).await;
        put.map_err(|error| ParquetError::External(Box::new(error)))
    }

    /// The action that adds the file to a table, but for its folder's values and whether it changes data.
    pub(crate) async fn finish(
        mut self,
        schema: &SchemaRef,
        indexed: usize,
        also: &[String],
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Add, ParquetError> {
        let metadata = self.writer.finish()?;
        self.upload().await?;
        self.upload.shutdown().await?;
        let statistics = super::statistics::statistics(&metadata, schema, indexed, also);
        Ok(Add {
            path: self.location.to_string(),
            size: i64::try_from(self.written).unwrap_or(i64::MAX),
            modification_time: at.timestamp_millis(),
            data_change: true,
            stats: Some(statistics),
            ..Add::default()
        })
    }
}
