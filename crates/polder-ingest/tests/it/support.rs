//! Reads files that are given as bytes, and shows what came out in a form that reads well in a test.

use std::io::Write as _;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int64Type;
use arrow::json::LineDelimitedWriter;
use futures::StreamExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use polder_ingest::{Error, KeptSchema, ReadOptions, Reader, Sample, SchemaChange, Source, infer};

pub(crate) struct Read {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) changes: Vec<SchemaChange>,
    pub(crate) schema: Arc<KeptSchema>,
    /// What the reading ended with.
    pub(crate) error: Option<Error>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) file: String,
    pub(crate) line: i64,
    pub(crate) reason: String,
    pub(crate) message: String,
    pub(crate) raw: Option<String>,
}

pub(crate) async fn store(files: &[(&str, &[u8])]) -> Arc<dyn ObjectStore> {
    let store = InMemory::new();
    for (name, bytes) in files {
        store.put(&Path::from(*name), bytes.to_vec().into()).await.unwrap();
    }
    Arc::new(store)
}

/// Reads one file by a schema that is decided from it.
pub(crate) async fn read(name: &str, bytes: impl AsRef<[u8]>, options: ReadOptions) -> Result<Read, Error> {
    let source = Source::in_store(store(&[(name, bytes.as_ref())]).await, name).unwrap();
    let options = Arc::new(options);
    let schema = infer(&source, &source.list().await?, &options, Sample::default()).await?;
    read_source(&source, Arc::new(schema), &options).await
}

/// Reads one file by a schema that was kept.
pub(crate) async fn read_by(
    schema: Arc<KeptSchema>,
    name: &str,
    bytes: impl AsRef<[u8]>,
    options: ReadOptions,
) -> Read {
    let source = Source::in_store(store(&[(name, bytes.as_ref())]).await, name).unwrap();
    read_source(&source, schema, &Arc::new(options)).await.unwrap()
}

pub(crate) async fn read_source(
    source: &Source,
    schema: Arc<KeptSchema>,
    options: &Arc<ReadOptions>,
) -> Result<Read, Error> {
    let (batches, rejected, changes) = (Vec::new(), Vec::new(), Vec::new());
    let mut read = Read { batches, rejected, changes, schema, error: None };
    for file in source.list().await? {
        let mut parts = Reader::open(source, &file, read.schema.clone(), options.clone()).await?;
        while let Some(part) = parts.next().await {
            match part {
                Ok(part) => {
                    let counted: u64 = part.rejected_by.values().sum();
                    assert_eq!(
                        counted,
                        part.rejected.as_ref().map_or(0, |rejected| rejected.num_rows() as u64)
                    );
                    read.rejected.extend(part.rejected.iter().flat_map(rejected_rows));
                    read.batches.push(part.batch);
                    read.changes.extend(part.changes);
                    read.schema = part.schema;
                }
                Err(error) => read.error = Some(error),
            }
        }
    }
    Ok(read)
}

fn rejected_rows(batch: &RecordBatch) -> Vec<Rejected> {
    let text = |column: usize, row: usize| batch.column(column).as_string::<i32>().value(row).to_owned();
    (0..batch.num_rows())
        .map(|row| Rejected {
            file: text(0, row),
            line: batch.column(1).as_primitive::<Int64Type>().value(row),
            reason: text(2, row),
            message: text(3, row),
            raw: (!batch.column(4).is_null(row)).then(|| text(4, row)),
        })
        .collect()
}

impl Read {
    /// Each row as JSON, without its nulls.
    pub(crate) fn rows(&self) -> Vec<String> {
        assert!(self.error.is_none(), "{:?}", self.error);
        self.rows_before_error()
    }

    pub(crate) fn rows_before_error(&self) -> Vec<String> {
        let mut writer = LineDelimitedWriter::new(Vec::new());
        self.batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
        String::from_utf8(writer.into_inner()).unwrap().lines().map(str::to_owned).collect()
    }

    /// All rows in one batch.
    pub(crate) fn batch(&self) -> RecordBatch {
        concat_batches(self.batches[0].schema_ref(), &self.batches).unwrap()
    }

    /// `name type` for each column.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.schema.columns.iter().map(|column| format!("{} {}", column.name, column.column_type)).collect()
    }

    /// `line reason` for each rejected row.
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.rejected.iter().map(|rejected| format!("{} {}", rejected.line, rejected.reason)).collect()
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
