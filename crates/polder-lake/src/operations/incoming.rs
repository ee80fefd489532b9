//! The rows that come in: in the table's columns, sorted by key, the last of each key, in chunks that fit into memory.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use deltalake::arrow::compute::{SortOptions, concat_batches, filter_record_batch};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::arrow::row::Rows;
use deltalake::datafusion::common::HashMap;
use futures::StreamExt;

use super::columns::{Batches, conform};
use super::key::{Key, ORDER};
use super::sort::sorted;
use crate::{Error, Result, Table, TableName};

/// Bytes of a chunk's rows, about.
const CHUNK: usize = 64 << 20;
/// Remembers the order in which rows came in. No column of a table can be called so.
const SEQUENCE: &str = "\u{0}sequence";

/// Which of several rows of one key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wins<'a> {
    /// The one with the largest cursor, or that comes last; and it replaces the one in the table.
    New { cursor: Option<&'a str> },
    /// The one in the table, or that comes first.
    Old,
}

/// Reads chunk after chunk. The keys of each are behind those of the one before.
pub(crate) struct Incoming {
    table: TableName,
    key: Arc<Key>,
    /// Of the table.
    schema: SchemaRef,
    rows: Batches,
    /// The last row of the chunk before: the next one may begin with the same key.
    pending: Option<RecordBatch>,
    pub(crate) duplicates: u64,
}

/// Rows sorted by key, one of each.
pub(crate) struct Chunk {
    pub(crate) batch: RecordBatch,
    /// The key columns.
    pub(crate) columns: Vec<ArrayRef>,
    /// Where the row of an encoded key is.
    places: HashMap<Box<[u8]>, u32>,
}

impl Chunk {
    fn new(batch: RecordBatch, key: &Key) -> Result<Self> {
        let columns = key.columns(&batch);
        let encoded = key.encode(&columns)?;
        let places = (0..).zip(encoded.iter()).map(|(place, row)| (Box::from(row.as_ref()), place)).collect();
        Ok(Self { batch, columns, places })
    }

    pub(crate) fn place(&self, key: &[u8]) -> Option<u32> {
        self.places.get(key).copied()
    }
}

impl Incoming {
    pub(crate) fn new(
        to: &Table,
        schema: &SchemaRef,
        key: &Arc<Key>,
        wins: Wins<'_>,
        batches: Batches,
    ) -> Result<Self> {
        let table = &to.name;
        let (cursor, descending) = match wins {
            Wins::New { cursor } => (cursor, false),
            Wins::Old => (None, true),
        };
        let cursor = cursor.map(|cursor| schema.index_of(cursor)).transpose().map_err(|_| Error::Column {
            table: table.clone(),
            column: cursor.unwrap_or_default().to_owned(),
            reason: "it is the cursor, and the table has no such column".to_owned(),
        })?;
        let numbered = numbered(table, schema, key, batches);
        let sequence = schema.fields().len();
        let order = key.fields().iter().filter_map(|field| schema.index_of(field.name()).ok());
        let order = order.chain(cursor).map(|index| (index, ORDER));
        let last = (sequence, SortOptions { descending, ..ORDER });
        let order: Vec<_> = order.chain([last]).collect();
        let rows = sorted(numbered, &order, &to.lake.means()?)?;
        let (table, schema, key) = (table.clone(), Arc::clone(schema), Arc::clone(key));
        Ok(Self { table, key, schema, rows, pending: None, duplicates: 0 })
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Chunk>> {
        let (mut gathered, mut bytes) = (Vec::from_iter(self.pending.take()), 0);
        let mut is_last = true;
        while let Some(batch) = self.rows.stream.next().await {
            let batch = batch?;
            bytes += batch.get_array_memory_size();
            gathered.push(batch);
            if bytes >= CHUNK {
                is_last = false;
                break;
            }
        }
        if gathered.is_empty() {
            return Ok(None);
        }
        let numbered = gathered[0].schema();
        let all = concat_batches(&numbered, &gathered).map_err(|error| self.failed(error))?;
        drop(gathered);
        let chunk = self.last_of_each(&all, is_last)?;
        Ok(Some(Chunk::new(chunk, &self.key)?))
    }

    /// Without the rows that one behind them replaces, and, as long as there is more, the last one: it is kept for the next chunk.
    fn last_of_each(&mut self, all: &RecordBatch, is_last: bool) -> Result<RecordBatch> {
        let encoded = self.key.encode(&self.key.columns(all))?;
        let rows = all.num_rows();
        let mut stays: Vec<bool> = (1..rows).map(|next| differ(&encoded, next)).collect();
        self.duplicates += stays.iter().filter(|stays| !**stays).count() as u64;
        stays.push(is_last);
        if !is_last {
            let last = UInt64Array::from(vec![rows as u64 - 1]);
            let kept = deltalake::arrow::compute::take_record_batch(all, &last);
            self.pending = Some(kept.map_err(|error| self.failed(error))?);
        }
        let columns: Vec<_> = (0..self.schema.fields().len()).collect();
        let plain =
            all.project(&columns).and_then(|all| filter_record_batch(&all, &BooleanArray::from(stays)));
        let plain = plain.and_then(|rows| rows.with_schema(Arc::clone(&self.schema)));
        plain.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: deltalake::arrow::error::ArrowError) -> Error {
        Error::delta(&self.table)(error.into())
    }
}

fn differ(keys: &Rows, next: usize) -> bool {
    keys.row(next - 1) != keys.row(next)
}

/// The rows as the table has them, each with its place in the order in which they came.
fn numbered(table: &TableName, schema: &SchemaRef, key: &Arc<Key>, batches: Batches) -> Batches {
    let mut fields = schema.fields().to_vec();
    fields.push(Arc::new(Field::new(SEQUENCE, DataType::UInt64, false)));
    let with_number = Arc::new(Schema::new(fields));
    let (table, to, key, numbered) =
        (table.clone(), Arc::clone(schema), Arc::clone(key), Arc::clone(&with_number));
    let mut next = 0;
    let stream = batches.stream.map(move |batch| {
        let batch = conform(&table, &batch?, &to)?;
        key.refuse_nulls(&batch)?;
        let first = next;
        next += batch.num_rows() as u64;
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(UInt64Array::from_iter_values(first..next)));
        RecordBatch::try_new(Arc::clone(&numbered), columns)
            .map_err(|error| Error::delta(&table)(error.into()))
    });
    Batches::new(with_number, stream)
}
