//! Parquet: rows come in columns already and with types, so there is nothing to cut. Types that Polder does not have become the nearest that
//! holds all their values; what is nested becomes JSON.

mod convert;
mod numbers;
mod ranges;

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use tokio::task::spawn_blocking;

use crate::assemble::{Assembler, Draft, Found};
use crate::column::Failures;
use crate::infer::Guess;
use crate::input::Counter;
use crate::rows::Bad;
use crate::{Error, FoundFile, Limits, Part, Result, SchemaChange, Source};
use convert::Conversion;
use ranges::Ranges;

/// As many values are decoded at once, however many columns there are.
const MOST_VALUES: usize = 2 << 20;

/// A Parquet file that is not open yet.
pub(crate) struct ParquetFile {
    name: String,
    ranges: Ranges,
    limits: Limits,
}

impl ParquetFile {
    /// Must be called where there is a runtime.
    pub(crate) fn new(source: &Source, file: &FoundFile, counter: &Counter, limits: Limits) -> Self {
        Self { name: file.name.clone(), ranges: Ranges::new(source, file, counter), limits }
    }

    /// Adds its columns to what is guessed.
    pub(crate) async fn guess(self, mut guess: Guess) -> Result<Guess> {
        let name = self.name.clone();
        let looked = spawn_blocking(move || self.open().map(|builder| builder.schema().clone())).await;
        let schema = looked.map_err(|error| Error::BrokeOff { file: name, reason: error.to_string() })??;
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        guess.tell(&names, schema.fields().iter().map(|field| convert::column_type(field.data_type())));
        Ok(guess)
    }

    fn open(&self) -> Result<ParquetRecordBatchReaderBuilder<Ranges>> {
        self.ranges.check()?;
        let opened = guarded(|| ParquetRecordBatchReaderBuilder::try_new(self.ranges.clone()));
        opened.map_err(|reason| self.error(0, &reason))
    }

    /// All rows, for a thread that may wait.
    pub(crate) fn parts(self, assembler: Assembler) -> impl Iterator<Item = Result<Part>> {
        let mut state = Some((self, assembler, None));
        std::iter::from_fn(move || {
            let (file, mut assembler, open) = state.take()?;
            let mut open = match open.map_or_else(|| file.start(&mut assembler), Ok) {
                Ok(open) => open,
                Err(error) => return Some(Err(error)),
            };
            let part = open.next(&file, &mut assembler)?;
            state = Some((file, assembler, Some(open)));
            Some(part)
        })
    }

    fn start(&self, assembler: &mut Assembler) -> Result<Open> {
        let builder = self.open()?;
        let schema = builder.schema().clone();
        assembler
            .look(&std::sync::Arc::new(schema.fields().iter().map(|field| field.name().clone()).collect()));
        let wanted: Vec<usize> =
            assembler.slots().iter().flatten().chain(assembler.others()).copied().collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
        let size = self.batch_rows(builder.metadata(), schema.fields().len());
        let reader = guarded(|| builder.with_projection(mask).with_batch_size(size).build());
        let reader = reader.map_err(|reason| self.error(0, &reason))?;
        let mut places = vec![None; schema.fields().len()];
        let mut wanted = wanted;
        wanted.sort_unstable();
        wanted.iter().enumerate().for_each(|(at, slot)| places[*slot] = Some(at));
        Ok(Open { reader, schema, places, row: 0 })
    }

    /// Rows that are as large as those of a block of text, as far as the footer tells.
    fn batch_rows(&self, metadata: &ParquetMetaData, columns: usize) -> usize {
        let size_of_row = |group: &parquet::file::metadata::RowGroupMetaData| {
            group.total_byte_size() / group.num_rows().max(1)
        };
        let largest = metadata.row_groups().iter().map(size_of_row).max().unwrap_or(0);
        let largest = usize::try_from(largest).unwrap_or(0).max(1);
        let rows = (2 * self.limits.block_bytes / largest).min(MOST_VALUES / columns.max(1));
        rows.clamp(1, self.limits.batch_rows)
    }

    fn error(&self, row: u64, reason: &str) -> Error {
        if let Some(error) = self.ranges.failure() {
            return error;
        }
        Error::corrupt(&self.name, row, format!("this is not Parquet that can be read: {reason}"))
    }
}

/// A Parquet file that is being read.
struct Open {
    reader: ParquetRecordBatchReader,
    /// Of the whole file.
    schema: SchemaRef,
    /// Where a column of the file is in what is read of it.
    places: Vec<Option<usize>>,
    row: u64,
}

impl Open {
    fn next(&mut self, file: &ParquetFile, assembler: &mut Assembler) -> Option<Result<Part>> {
        let next = guarded(|| {
            self.reader.next().transpose().map_err(|error| ParquetError::General(error.to_string()))
        });
        match next {
            Ok(None) => None,
            Ok(Some(batch)) => Some(self.part(&batch, file, assembler)),
            Err(reason) => Some(Err(file.error(self.row + 1, &reason))),
        }
    }

    fn part(&mut self, batch: &RecordBatch, file: &ParquetFile, assembler: &mut Assembler) -> Result<Part> {
        let changes = self.changes(batch, assembler)?;
        let broken =
            |error: arrow::error::ArrowError| Error::corrupt(&file.name, self.row + 1, error.to_string());
        let draft = self.draft(batch, assembler).map_err(broken)?;
        self.row += batch.num_rows() as u64;
        assembler.finish(draft, changes)
    }

    fn column<'a>(&self, batch: &'a RecordBatch, slot: usize) -> Option<&'a ArrayRef> {
        self.places[slot].map(|place| batch.column(place))
    }

    fn changes(&self, batch: &RecordBatch, assembler: &mut Assembler) -> Result<Vec<SchemaChange>> {
        let found = assembler.others().iter().filter_map(|slot| {
            let column = self.column(batch, *slot)?;
            let first =
                (0..column.len()).find(|row| column.is_valid(*row) && !column.data_type().is_null())?;
            let column_type = convert::column_type(self.schema.field(*slot).data_type());
            Some(Found { slot: *slot, column_type, line: self.row + 1 + first as u64 })
        });
        let found = found.collect();
        assembler.add(found)
    }

    fn draft(&self, batch: &RecordBatch, assembler: &Assembler) -> Result<Draft, arrow::error::ArrowError> {
        let mut failures = Failures::new();
        let mut columns = Vec::new();
        for (reading, slot) in assembler.readings() {
            let found = slot.and_then(|slot| Some((self.schema.field(slot), self.column(batch, slot)?)));
            let conversion = Conversion { reading, rows: batch.num_rows() };
            columns.push(conversion.array(found, &mut failures)?);
        }
        let lines: Vec<u64> = (1..=batch.num_rows() as u64).map(|row| self.row + row).collect();
        let mut bad = Vec::new();
        for (row, failure) in &failures {
            let raw = convert::row_as_json(&batch.slice(*row, 1))?;
            bad.push(Bad {
                line: lines[*row],
                reason: failure.reason,
                message: failure.message.clone(),
                raw: Some(raw),
            });
        }
        Ok(Draft { columns, lines, failures, bad })
    }
}

/// What goes wrong in the decoder, as text. Damaged files make it panic in places; that must not end more than the file.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged".to_owned()),
    }
}
