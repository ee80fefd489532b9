//! Takes rows away by their places, and puts others there, in one commit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use deltalake::arrow::array::{AsArray, RecordBatch};
use deltalake::arrow::datatypes::UInt64Type;
use deltalake::kernel::Action;
use deltalake::protocol::DeltaOperation;
use futures::{StreamExt, TryStreamExt};

use super::changes::Changes;
use super::{Batches, Note};
use crate::{Error, Result, Table};

/// What became of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Exchanged {
    pub(crate) rows: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// The rows of a file by group, a bit for each.
type Groups = BTreeMap<u32, Vec<u64>>;

#[derive(Debug, Default)]
struct Hits(BTreeMap<usize, Groups>);

impl Table {
    /// Takes away the rows whose places come in the first two columns, which [`Table::places`] gives. The other columns, brought
    /// into those of the table by `replacing`, are the rows to add; without it there are none.
    pub(crate) async fn exchange(
        &self,
        found: Batches,
        replacing: Option<impl FnOnce(Batches) -> Result<Batches>>,
        operation: DeltaOperation,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Exchanged)> {
        let mut changes = Changes::new(self, Arc::new(self.files()?), self.manner(at)?)?;
        let hits = Arc::new(Mutex::new(Hits::default()));
        let mut rows = noted(found, Arc::clone(&hits));
        let mut adds = Vec::new();
        match replacing {
            Some(replacing) => (adds, _) = self.write_files(replacing(rows)?).await?,
            None => while rows.stream.try_next().await?.is_some() {},
        }
        let hits = std::mem::take(&mut *hits.lock().map_err(|_| Error::Unfinished)?);
        let mut done = Exchanged::default();
        for (place, groups) in hits.0 {
            done.rows += changes.take_away(place, &groups).await?;
        }
        changes.add(adds);
        let (actions, bytes) = changes.end().await;
        done.bytes = bytes;
        done.files = actions.iter().filter(|action| matches!(action, Action::Add(_))).count() as u64;
        if actions.is_empty() {
            return Ok((self.clone(), done));
        }
        Ok((self.clone().commit(actions, operation, note).await?, done))
    }
}

/// The columns behind the places, which are written down as they pass.
fn noted(found: Batches, hits: Arc<Mutex<Hits>>) -> Batches {
    let others: Vec<_> = (2..found.schema().fields().len()).collect();
    let schema =
        Arc::new(found.schema().project(&others).unwrap_or_else(|_| found.schema().as_ref().clone()));
    let rows = found.stream.map(move |batch| {
        let batch = batch?;
        hits.lock().map_err(|_| Error::Unfinished)?.note(&batch)?;
        batch.project(&others).map_err(|error| Error::query(error.into()))
    });
    Batches::new(schema, rows)
}

impl Hits {
    fn note(&mut self, batch: &RecordBatch) -> Result<()> {
        let column = |index: usize| batch.column(index).as_primitive::<UInt64Type>().values();
        for (place, row) in column(0).iter().zip(column(1)) {
            let groups = self.0.entry(usize::try_from(*place).unwrap_or(usize::MAX)).or_default();
            let (group, row) = (u32::try_from(row >> 32).unwrap_or(u32::MAX), row & u64::from(u32::MAX));
            let bits = groups.entry(group).or_default();
            let word = usize::try_from(row / 64).unwrap_or(usize::MAX);
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            bits[word] |= 1 << (row % 64);
        }
        Ok(())
    }
}

impl Changes<'_> {
    /// Takes rows out of a file, all of it if it is all of them; how many they were.
    async fn take_away(&mut self, place: usize, groups: &Groups) -> Result<u64> {
        let count = groups.values().flatten().map(|word| u64::from(word.count_ones())).sum();
        if self.file(place).and_then(|file| file.rows) == Some(count) {
            self.remove(place);
        } else {
            self.remove_rows(place, groups.iter().flat_map(rows_of).collect()).await?;
        }
        Ok(count)
    }
}

/// In their order.
fn rows_of((group, bits): (&u32, &Vec<u64>)) -> Vec<(usize, u32)> {
    let words = (0_u32..).zip(bits);
    let rows = words.flat_map(|(place, word)| {
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| place * 64 + bit)
    });
    rows.map(|row| (*group as usize, row)).collect()
}
