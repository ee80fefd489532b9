use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use polder_types::lake::TableName;
use polder_types::wire::{Checks, TableProgress};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Result;
use crate::meanwhile::OFTEN;
use crate::server::Server;

/// Tables that are told of at most.
const MOST: usize = 1_000;

/// Tells the server how far an attempt is. Work does not wait for that, and goes on if the server cannot be told; of what is quickly done
/// it is not told at all.
pub struct Telling {
    server: Server,
    newest: watch::Sender<Checks>,
    known: Mutex<Known>,
    teller: JoinHandle<()>,
}

#[derive(Default)]
struct Known {
    tables: Vec<TableProgress>,
    told: Option<Instant>,
}

impl Telling {
    pub(crate) fn new(server: Server) -> Self {
        let (newest, news) = watch::channel(Checks::default());
        let teller = tokio::spawn(tell(server.clone(), news));
        Self { server, newest, known: Mutex::default(), teller }
    }

    /// What is known now of models and tests; what comes soon after it is told with what comes next.
    pub fn tell(&self, checks: &Checks) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.told.is_none_or(|told| told.elapsed() >= OFTEN) {
            known.told = Some(Instant::now());
            self.newest.send_replace(known.with(checks));
        }
    }

    /// So many rows have come in for a table since it `began`.
    pub fn came_in(&self, table: &TableName, rows: u64, began: Instant) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).note(in_progress(table, rows, began));
        if began.elapsed() >= OFTEN {
            self.tell(&Checks::default());
        }
    }

    /// So many were written, and that is all.
    pub fn wrote(&self, table: &TableName, rows: u64, bytes: u64, began: Instant) {
        let progress = TableProgress { bytes: Some(bytes), done: true, ..in_progress(table, rows, began) };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).note(progress);
    }

    /// All that there will be to know. What was told before has arrived by then, or never will.
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn end(self, checks: &Checks) -> Result<()> {
        drop(self.newest);
        let _ = self.teller.await;
        let known = self.known.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.server.note(&known.with(checks)).await
    }

    /// The same for who has neither models nor tests, if anything was told before. Work does not fail because it cannot be told.
    pub async fn end_tables(self) {
        let told = self.known.lock().unwrap_or_else(PoisonError::into_inner).told;
        if told.is_some() {
            let _ = self.end(&Checks::default()).await;
        }
    }
}

impl Known {
    /// What is read a second time does not count twice; what is written a second time begins anew.
    fn note(&mut self, mut progress: TableProgress) {
        let Some(before) = self.tables.iter_mut().find(|before| before.table == progress.table) else {
            return if self.tables.len() < MOST {
                self.tables.push(progress)
            };
        };
        if !progress.done && !before.done {
            progress.rows = progress.rows.max(before.rows);
        }
        *before = progress;
    }

    fn with(&self, checks: &Checks) -> Checks {
        let mut checks = checks.clone();
        checks.tables.splice(..0, self.tables.iter().cloned());
        checks
    }
}

/// So many rows have come in for a table since it `began`.
#[must_use]
pub fn in_progress(table: &TableName, rows: u64, began: Instant) -> TableProgress {
    TableProgress { table: table.clone(), rows, bytes: None, milliseconds: milliseconds(began), done: false }
}

fn milliseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

async fn tell(server: Server, mut news: watch::Receiver<Checks>) {
    while news.changed().await.is_ok() {
        let checks = news.borrow_and_update().clone();
        let _ = server.note_once(&checks).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_again_does_not_become_less_until_it_is_done() {
        let (mut known, began) = (Known::default(), Instant::now());
        let table = |name: &str| name.parse::<TableName>().expect("a name");
        known.note(in_progress(&table("raw.a"), 20, began));
        known.note(in_progress(&table("raw.b"), 1, began));
        known.note(in_progress(&table("raw.a"), 5, began));
        let rows = |known: &Known| known.tables.iter().map(|table| table.rows).collect::<Vec<_>>();
        assert_eq!(rows(&known), [20, 1]);
        known.note(TableProgress { done: true, ..in_progress(&table("raw.a"), 7, began) });
        assert_eq!(rows(&known), [7, 1]);
        known.note(in_progress(&table("raw.a"), 2, began));
        assert_eq!(rows(&known), [2, 1], "another statement");
        let more = Checks { tables: vec![in_progress(&table("raw.c"), 3, began)], ..Checks::default() };
        assert_eq!(known.with(&more).tables.iter().map(|table| table.rows).collect::<Vec<_>>(), [2, 1, 3]);
    }
}
