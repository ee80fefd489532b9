//! Making a backup.

use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use serde::Serialize;
use sqlx::AssertSqlSafe;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot};

use super::cell::Cell;
use super::schema::Schema;
use super::{End, Head, MARK, Summary, Table, VERSION, quoted, quoted_list};
use crate::database::Connection;
use crate::{Error, Result, Store, Tx, migrate};

const LEVEL: i32 = 3;
/// Packed bytes are passed on in pieces of about this size.
const PIECE: usize = 64 << 10;

/// Writes a backup to a new file, which only its owner can read: it has the hashes of tokens and the sealed secrets.
///
/// # Errors
/// When the file exists, the disk is full, or the database fails. Then no file is left.
pub async fn write(store: &Store, path: &Path, now: DateTime<Utc>) -> Result<Summary> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await?;
    let (mut pieces, summary) = stream(store.clone(), now);
    let written = async {
        while let Some(piece) = pieces.recv().await {
            file.write_all(&piece?).await?;
        }
        file.sync_all().await?;
        summary.await.map_err(|_| Error::Backup("it was interrupted".to_owned()))
    };
    let written = written.await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(path).await;
    }
    written
}

/// The bytes of a backup, as fast as they are taken; if all of them were made without an error, then also what is in it.
#[must_use]
pub fn stream(
    store: Store,
    now: DateTime<Utc>,
) -> (mpsc::Receiver<Result<Vec<u8>>>, oneshot::Receiver<Summary>) {
    let (pieces, taken) = mpsc::channel(4);
    let (done, summary) = oneshot::channel();
    tokio::spawn(async move {
        match dump(&store, now, &pieces).await {
            Ok(summary) => {
                let _ = done.send(summary);
            }
            Err(error) => {
                let _ = pieces.send(Err(error)).await;
            }
        }
    });
    (taken, summary)
}

async fn dump(store: &Store, now: DateTime<Utc>, pieces: &mpsc::Sender<Result<Vec<u8>>>) -> Result<Summary> {
    let mut tx = store.read().await?;
    let mut sink = Sink { encoder: zstd::Encoder::new(Vec::new(), LEVEL)?, pieces };
    sink.encoder.include_checksum(true)?;
    let head = Head { polder_backup: VERSION, schema: migrate::newest().to_owned(), created_at: now };
    sink.line(&head).await?;
    let schema = Schema::of(&mut tx).await?;
    let mut summary = Summary::default();
    for table in schema.tables()? {
        sink.line(&table).await?;
        summary.rows += dump_table(&mut tx, &schema, &table, &mut sink).await?;
        summary.tables += 1;
    }
    sink.line(&End { rows: summary.rows }).await?;
    sink.finish().await?;
    Ok(summary)
}

async fn dump_table(tx: &mut Tx, schema: &Schema, table: &Table, sink: &mut Sink<'_>) -> Result<u64> {
    let (columns, name) = (quoted_list(&table.columns), quoted(&table.table));
    let order = quoted_list(schema.key(table));
    let sql = format!("{MARK} SELECT {columns} FROM {name} ORDER BY {order}");
    let count = table.columns.len();
    let mut rows = 0;
    match tx.connection() {
        Connection::Sqlite(c) => {
            let mut found = sqlx::query(AssertSqlSafe(sql.as_str())).fetch(c);
            while let Some(row) = found.try_next().await? {
                let cells: Result<Vec<Cell>> =
                    (0..count).map(|index| Cell::from_sqlite(&row, index)).collect();
                sink.line(&cells?).await?;
                rows += 1;
            }
        }
        Connection::Postgres(c) => {
            let mut found = sqlx::query(AssertSqlSafe(sql.as_str())).fetch(c);
            while let Some(row) = found.try_next().await? {
                let cells: Result<Vec<Cell>> =
                    (0..count).map(|index| Cell::from_postgres(&row, index)).collect();
                sink.line(&cells?).await?;
                rows += 1;
            }
        }
    }
    Ok(rows)
}

/// Packs lines and passes them on.
struct Sink<'a> {
    encoder: zstd::Encoder<'static, Vec<u8>>,
    pieces: &'a mpsc::Sender<Result<Vec<u8>>>,
}

impl Sink<'_> {
    async fn line<T: Serialize>(&mut self, line: &T) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(|error| Error::Backup(error.to_string()))?;
        text.push(b'\n');
        self.encoder.write_all(&text)?;
        if self.encoder.get_ref().len() >= PIECE {
            let piece = std::mem::take(self.encoder.get_mut());
            return self.pass_on(piece).await;
        }
        Ok(())
    }

    async fn finish(self) -> Result<()> {
        let Self { encoder, pieces } = self;
        let last = encoder.finish()?;
        pieces.send(Ok(last)).await.map_err(|_| nobody())
    }

    async fn pass_on(&self, piece: Vec<u8>) -> Result<()> {
        self.pieces.send(Ok(piece)).await.map_err(|_| nobody())
    }
}

fn nobody() -> Error {
    Error::Backup("nobody takes it any more".to_owned())
}
