//! Files one after the other, as rows in the columns of a table.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use polder_ingest::{FoundFile, KeptSchema, Part, ReadOptions, Reader, SchemaChange, Source};
use polder_lake::Error as Lake;
use polder_lake::operations::Batches;

use crate::rejected::Rejected;
use crate::{Error, Result};

/// What is found out while rows go by.
#[derive(Default)]
pub(crate) struct Found {
    /// Rows that fit.
    pub(crate) good: u64,
    /// Whether a column of what came is one that was known.
    pub(crate) is_known: bool,
    pub(crate) rejected: Rejected,
    /// The columns to keep, if there are others than those that the reading began with.
    pub(crate) grown: Option<Arc<KeptSchema>>,
    pub(crate) changes: Vec<SchemaChange>,
    /// The names of columns that nobody is to see, and that there are. None while no row came.
    pub(crate) named: Option<BTreeSet<String>>,
    pub(crate) error: Option<Error>,
}

pub(crate) type Shared = Arc<Mutex<Found>>;

/// All that it takes to read.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) source: Source,
    pub(crate) files: Arc<Vec<FoundFile>>,
    pub(crate) options: Arc<ReadOptions>,
    pub(crate) schema: Arc<KeptSchema>,
}

/// The column that says when a row was brought in.
const LOADED_AT: &str = "_polder_loaded_at";

impl Reading {
    /// The columns of the table.
    pub(crate) fn columns(&self) -> SchemaRef {
        let at = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let own = Arc::new(Field::new(LOADED_AT, at, true));
        Arc::new(Schema::new(self.schema.fields().chain([own]).collect::<Vec<_>>()))
    }

    /// The rows. They end with [`Lake::Source`] when a file cannot be read, which `found` tells of, or when the files have more
    /// columns than this reading knows: then all of them were looked through, and `found` has the columns.
    pub(crate) fn rows(self, found: &Shared) -> Batches {
        let (columns, to, found) = (self.columns(), self.columns(), Arc::clone(found));
        let parts = self.parts().then(move |part| {
            let taken = take(part, &to, &found);
            std::future::ready(taken)
        });
        Batches::new(columns, parts.filter_map(|taken| std::future::ready(taken.transpose())))
    }

    /// Reads for what is found out alone; of the rows themselves nothing is kept.
    pub(crate) async fn look(self, found: &Shared) {
        let to = self.columns();
        self.parts()
            .for_each(|part| {
                // That there are more columns is found out, and so is what went wrong.
                drop(take(part, &to, found));
                std::future::ready(())
            })
            .await;
    }

    /// The schema that one file ends with is the one that the next begins with.
    fn parts(self) -> BoxStream<'static, Option<Result<Part>>> {
        let (count, schema) = (self.files.len(), Arc::clone(&self.schema));
        let begin = (self, schema, 0, None::<Reader>);
        let parts = stream::unfold(begin, move |(reading, mut schema, mut next, mut open)| async move {
            loop {
                let reader = match open.as_mut() {
                    Some(reader) => reader,
                    None if next == count => return None,
                    None => match reading.open(next, &schema).await {
                        Ok(reader) => {
                            next += 1;
                            open.insert(reader)
                        }
                        Err(error) => return Some((Some(Err(error)), (reading, schema, count, None))),
                    },
                };
                match reader.next().await {
                    Some(Ok(part)) => {
                        schema = Arc::clone(&part.schema);
                        return Some((Some(Ok(part)), (reading, schema, next, open)));
                    }
                    Some(Err(error)) => {
                        return Some((Some(Err(error.into())), (reading, schema, count, None)));
                    }
                    None => open = None,
                }
            }
        });
        parts.chain(stream::iter([None])).boxed()
    }

    async fn open(&self, place: usize, schema: &Arc<KeptSchema>) -> Result<Reader> {
        let file = &self.files[place];
        Ok(Reader::open(&self.source, file, Arc::clone(schema), Arc::clone(&self.options)).await?)
    }
}

/// The rows of a part; nothing while only the columns are still looked for. `None` is the end.
fn take(part: Option<Result<Part>>, to: &SchemaRef, found: &Shared) -> Result<Option<RecordBatch>, Lake> {
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = match part {
        None if found.grown.is_some() => return Err(Lake::Source("there are more columns".to_owned())),
        None => return Ok(None),
        Some(part) => part.and_then(|part| found.take(part, to)),
    };
    taken.map_err(|error| {
        let said = Lake::Source(error.to_string());
        found.error = Some(error);
        said
    })
}

impl Found {
    fn take(&mut self, part: Part, to: &SchemaRef) -> Result<Option<RecordBatch>> {
        self.changes.extend(part.changes);
        self.named.get_or_insert_default().extend(part.named.iter().cloned());
        if part.schema.columns.len() + 1 > to.fields().len() {
            self.grown = Some(part.schema);
        }
        if let Some(rejected) = &part.rejected {
            self.rejected.add(rejected, &part.rejected_by)?;
        }
        self.is_known |= part.is_known;
        self.good += part.batch.num_rows() as u64;
        Ok(if self.grown.is_some() || part.batch.num_rows() == 0 { None } else { Some(part.batch) })
    }
}
