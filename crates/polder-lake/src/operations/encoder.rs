//! Encodes rows in memory, as groups of rows that any file of the same columns can take over.

use deltalake::arrow::array::RecordBatch;
use deltalake::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};

type Parquet<T> = Result<T, deltalake::parquet::errors::ParquetError>;

/// Encodes rows into groups of at most so many.
pub(crate) struct Encoder<'a> {
    factory: &'a ArrowRowGroupWriterFactory,
    limit: usize,
    /// Of all leaves of the columns, those that are encoded; all if none are given.
    leaves: Option<&'a [bool]>,
    open: Option<(Vec<ArrowColumnWriter>, usize)>,
    full: Vec<Vec<ArrowColumnChunk>>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(
        factory: &'a ArrowRowGroupWriterFactory,
        limit: usize,
        leaves: Option<&'a [bool]>,
    ) -> Self {
        Self { factory, limit, leaves, open: None, full: Vec::new() }
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Parquet<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let (mut writers, rows) = match self.open.take() {
            Some(open) => open,
            None => (self.writers()?, 0),
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

    fn writers(&self) -> Parquet<Vec<ArrowColumnWriter>> {
        let all = self.factory.create_column_writers(0)?;
        let Some(leaves) = self.leaves else { return Ok(all) };
        Ok(all.into_iter().zip(leaves).filter(|(_, wanted)| **wanted).map(|(writer, _)| writer).collect())
    }

    fn close(&mut self) -> Parquet<()> {
        if let Some((writers, _)) = self.open.take() {
            self.full.push(writers.into_iter().map(ArrowColumnWriter::close).collect::<Parquet<_>>()?);
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Parquet<Vec<Vec<ArrowColumnChunk>>> {
        self.close()?;
        Ok(self.full)
    }
}
