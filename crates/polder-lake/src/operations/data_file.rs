//! Data files of a table, and how their rows are read.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use deltalake::arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array};
use deltalake::arrow::compute::{cast, take};
use deltalake::arrow::datatypes::{Schema, SchemaRef};
use deltalake::kernel::{Add, LogicalFileView, Remove};
use deltalake::parquet::arrow::ProjectionMask;
use deltalake::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection};
use deltalake::parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStreamBuilder};
use deltalake::parquet::errors::ParquetError;
use deltalake::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryFutureExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::columns::conform;
use crate::{Error, Result, Table, TableName};

/// The end of a file that is read at once: the footer of most files is in it.
const FOOTER: usize = 64 << 10;

/// What is to be known of a table to read and write its files.
pub(crate) struct Files {
    pub(crate) table: TableName,
    pub(crate) store: Arc<dyn ObjectStore>,
    /// All columns.
    pub(crate) schema: SchemaRef,
    /// Those that are in the files: all but the ones that name folders.
    pub(crate) stored: SchemaRef,
    pub(crate) partitions: Vec<String>,
    /// How many of its parts are worked on at once.
    pub(crate) threads: usize,
}

/// A file, committed or not yet.
#[derive(Clone)]
pub(crate) struct DataFile {
    pub(crate) location: Path,
    pub(crate) size: u64,
    /// How many it holds, if the log tells.
    pub(crate) rows: Option<u64>,
    /// The values of the columns that name folders, as the log has them.
    pub(crate) partition: HashMap<String, Option<String>>,
    pub(crate) origin: Origin,
}

#[derive(Clone)]
pub(crate) enum Origin {
    /// How it is removed.
    Committed(Box<Remove>),
    /// Its rows were written for the commit that is being made.
    New(Box<Add>),
}

impl DataFile {
    pub(crate) fn committed(view: &LogicalFileView) -> Self {
        Self {
            location: view.object_store_path(),
            size: u64::try_from(view.size()).unwrap_or(0),
            rows: view.num_records().map(|rows| rows as u64),
            partition: view.partition_values_map(),
            origin: Origin::Committed(Box::new(view.remove_action(true))),
        }
    }

    pub(crate) fn new(add: Add) -> Self {
        Self {
            location: Path::parse(&add.path).unwrap_or_else(|_| Path::from(add.path.as_str())),
            size: u64::try_from(add.size).unwrap_or(0),
            rows: None,
            partition: add.partition_values.clone(),
            origin: Origin::New(Box::new(add)),
        }
    }
}

impl Table {
    pub(crate) fn files(&self) -> Result<Files> {
        let snapshot = self.snapshot()?;
        let (schema, partitions) = (self.schema()?, snapshot.metadata().partition_columns().to_vec());
        let stored = schema.fields().iter().filter(|field| !partitions.contains(field.name())).cloned();
        let stored = Arc::new(Schema::new(stored.collect::<Vec<_>>()));
        let store = self.delta.object_store();
        Ok(Files {
            table: self.name.clone(),
            store,
            schema,
            stored,
            partitions,
            threads: self.lake.threads(),
        })
    }

    /// # Errors
    /// [`Error::Unsupported`] when another writer left rows in the files that the log says are deleted, or named columns otherwise
    /// in them: rewriting such files would bring those rows back, or lose those columns.
    pub(crate) fn committed_files(&self) -> Result<Vec<DataFile>> {
        let snapshot = self.snapshot()?;
        let unsupported = |what| Error::Unsupported { table: self.name.clone(), what };
        if snapshot
            .metadata()
            .configuration()
            .get("delta.columnMapping.mode")
            .is_some_and(|mode| mode != "none")
        {
            return Err(unsupported("names of columns that differ in the files"));
        }
        let log = snapshot.log_data();
        let files = log.iter().map(|view| match view.deletion_vector_descriptor() {
            Some(_) => Err(unsupported("deletion vectors")),
            None => Ok(DataFile::committed(&view)),
        });
        files.collect()
    }
}

/// A file whose footer was read.
pub(crate) struct Opened {
    pub(crate) source: Source,
    pub(crate) metadata: ArrowReaderMetadata,
}

impl Files {
    pub(crate) async fn open(&self, file: &DataFile, page_index: bool) -> Result<Opened> {
        let mut source =
            Source { store: Arc::clone(&self.store), location: file.location.clone(), size: file.size };
        let policy = if page_index { PageIndexPolicy::Optional } else { PageIndexPolicy::Skip };
        let options = ArrowReaderOptions::new().with_page_index_policy(policy);
        let metadata = ArrowReaderMetadata::load_async(&mut source, options).await;
        Ok(Opened { source, metadata: metadata.map_err(|error| self.unreadable(error))? })
    }

    /// Some columns of some groups of rows, as the table has them. Only columns that are stored in files.
    pub(crate) fn read(
        &self,
        file: &Opened,
        row_groups: Vec<usize>,
        columns: &SchemaRef,
    ) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        self.read_rows(file, row_groups, columns, None)
    }

    /// The same, of some rows.
    pub(crate) fn read_rows(
        &self,
        file: &Opened,
        row_groups: Vec<usize>,
        columns: &SchemaRef,
        rows: Option<RowSelection>,
    ) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        let found = file.metadata.schema();
        let wanted = columns.fields().iter().filter_map(|field| found.index_of(field.name()).ok());
        let mask = ProjectionMask::roots(file.metadata.parquet_schema(), wanted);
        let reader =
            ParquetRecordBatchStreamBuilder::new_with_metadata(file.source.clone(), file.metadata.clone())
                .with_projection(mask)
                .with_row_groups(row_groups)
                .with_batch_size(8192);
        let reader = match rows {
            Some(rows) => reader.with_row_selection(rows),
            None => reader,
        };
        let reader = reader.build().map_err(|error| self.unreadable(error))?;
        let (table, columns) = (self.table.clone(), Arc::clone(columns));
        let conformed = reader.map(move |batch| {
            let batch = batch.map_err(|error| Error::delta(&table)(error.into()))?;
            conform(&table, &batch, &columns)
        });
        Ok(conformed.boxed())
    }

    /// The value of a column that names folders, for as many rows.
    pub(crate) fn partition_value(&self, file: &DataFile, column: &str, rows: usize) -> Result<ArrayRef> {
        let to = self.schema.field_with_name(column).map_err(|error| self.wrong(error))?.data_type();
        let text = file.partition.get(column).and_then(Option::as_deref).filter(|text| !text.is_empty());
        let value = cast(&StringArray::from(vec![text]), to).map_err(|error| self.wrong(error))?;
        take(&value, &UInt32Array::from(vec![0; rows]), None).map_err(|error| self.wrong(error))
    }

    /// Rows of a file with the columns that name its folder, in the table's order.
    pub(crate) fn with_partition(&self, file: &DataFile, stored: &RecordBatch) -> Result<RecordBatch> {
        let column = |name: &String| match stored.column_by_name(name) {
            Some(column) => Ok(Arc::clone(column)),
            None => self.partition_value(file, name, stored.num_rows()),
        };
        let columns = self.schema.fields().iter().map(|field| column(field.name())).collect::<Result<_>>()?;
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|error| self.wrong(error))
    }

    pub(crate) fn unreadable(&self, error: ParquetError) -> Error {
        Error::delta(&self.table)(error.into())
    }

    pub(crate) fn wrong(&self, error: deltalake::arrow::error::ArrowError) -> Error {
        Error::delta(&self.table)(error.into())
    }
}

/// A file in a store, as Parquet's reader wants it.
#[derive(Clone)]
pub(crate) struct Source {
    store: Arc<dyn ObjectStore>,
    location: Path,
    size: u64,
}

fn unreachable(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

impl AsyncFileReader for Source {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        self.store.get_range(&self.location, range).map_err(unreachable).boxed()
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move { self.store.get_ranges(&self.location, &ranges).await.map_err(unreachable) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        let size = self.size;
        let reader =
            ParquetMetaDataReader::new().with_arrow_reader_options(options).with_prefetch_hint(Some(FOOTER));
        async move { reader.load_and_finish(self, size).await.map(Arc::new) }.boxed()
    }
}
