//! Restoring a backup.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use sqlx::AssertSqlSafe;
use tokio::sync::mpsc;

use super::cell::Cell;
use super::schema::Schema;
use super::{Head, Line, MARK, Summary, Table, VERSION, quoted, quoted_list};
use crate::database::Connection;
use crate::{DatabaseUrl, Error, Result, Store, Tx, migrate};

/// Rows that go into one statement, if their columns allow it.
const ROWS: usize = 200;
/// Both databases take more values than this in one statement.
const VALUES: usize = 30_000;
/// A statement gets no more rows once they have this many bytes.
const BYTES: usize = 4 << 20;
/// No line is longer: a blob of the largest size, in hexadecimal.
const LONGEST_LINE: u64 = 1 << 30;

/// Puts a backup into an empty database, all or nothing, and opens it.
///
/// # Errors
/// When the database has data, the backup comes from a newer version or is damaged, or the database fails.
pub async fn restore(url: &DatabaseUrl, path: &Path) -> Result<Summary> {
    let (head, lines) = open(path).await?;
    let store = Store::connect(url).await?;
    let restored = restore_into(&store, &head, lines).await;
    store.close().await;
    restored
}

async fn restore_into(store: &Store, head: &Head, mut lines: Lines) -> Result<Summary> {
    let count = migrate::position(&head.schema).ok_or_else(|| {
        Error::Backup(format!("it comes from a newer version of polder (its schema is {})", head.schema))
    })?;
    migrate::run_first(store, count).await?;
    let mut tx = store.begin().await?;
    let schema = Schema::of(&mut tx).await?;
    refuse_data(&mut tx, &schema).await?;
    execute!(tx, sqlx::query("DELETE FROM workspaces"))?;
    let summary = load(&mut tx, &schema, &mut lines).await?;
    tx.commit().await?;
    migrate::run(store).await?;
    Ok(summary)
}

/// Every table must be empty but that of the workspaces, which a migration fills.
async fn refuse_data(tx: &mut Tx, schema: &Schema) -> Result<()> {
    for table in schema.tables()?.iter().filter(|table| table.table != "workspaces") {
        let sql = format!("{MARK} SELECT '' FROM {} LIMIT 1", quoted(&table.table));
        let any: Option<String> =
            on!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql.as_str())).fetch_optional(c))?;
        if any.is_some() {
            let message =
                format!("the database is not empty (table {}); restore into a new one", table.table);
            return Err(Error::Backup(message));
        }
    }
    Ok(())
}

async fn load(tx: &mut Tx, schema: &Schema, lines: &mut Lines) -> Result<Summary> {
    let mut summary = Summary::default();
    let mut batch: Option<Batch> = None;
    while let Some(line) = lines.recv().await {
        match line? {
            Line::Row(cells) => {
                let batch = batch.as_mut().ok_or_else(|| damaged("a row without a table"))?;
                batch.push(cells)?;
                summary.rows += 1;
                if batch.is_full() {
                    batch.insert(tx).await?;
                }
            }
            Line::Table(table) => {
                let next = Batch::new(table, schema)?;
                if let Some(mut last) = batch.replace(next) {
                    last.insert(tx).await?;
                }
                summary.tables += 1;
            }
            Line::End(end) => {
                if let Some(mut last) = batch.take() {
                    last.insert(tx).await?;
                }
                // Only when it is read to its end is the file's checksum compared.
                return match lines.recv().await.transpose()? {
                    None if end.rows == summary.rows => Ok(summary),
                    None => Err(damaged("rows are missing")),
                    Some(_) => Err(damaged("it goes on behind its end")),
                };
            }
        }
    }
    Err(damaged("its end is missing"))
}

/// Rows of one table that go into one statement.
struct Batch {
    table: Table,
    types: Vec<String>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl Batch {
    fn new(table: Table, schema: &Schema) -> Result<Self> {
        let types = schema
            .types(&table)
            .ok_or_else(|| damaged(&format!("the table {} is not known", table.table)))?;
        Ok(Self { table, types, rows: Vec::new(), bytes: 0 })
    }

    fn push(&mut self, cells: Vec<Cell>) -> Result<()> {
        if cells.len() != self.types.len() {
            return Err(damaged(&format!("a row of table {} has {} values", self.table.table, cells.len())));
        }
        self.bytes += cells.iter().map(size_of_cell).sum::<usize>();
        self.rows.push(cells);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || (self.rows.len() + 1) * self.types.len() > VALUES || self.bytes > BYTES
    }

    async fn insert(&mut self, tx: &mut Tx) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let sql = self.statement(rows.len());
        let cells = rows.into_iter().flatten();
        match tx.connection() {
            Connection::Sqlite(c) => {
                let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
                cells.fold(query, |query, cell| cell.bind_sqlite(query)).execute(c).await?;
            }
            Connection::Postgres(c) => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
                for (cell, r#type) in cells.zip(self.types.iter().cycle()) {
                    query = cell.bind_postgres(r#type, query)?;
                }
                query.execute(c).await?;
            }
        }
        Ok(())
    }

    fn statement(&self, rows: usize) -> String {
        let width = self.types.len();
        let row = |row: usize| {
            let places: Vec<String> =
                (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", places.join(", "))
        };
        let values: Vec<String> = (0..rows).map(row).collect();
        let (table, columns) = (quoted(&self.table.table), quoted_list(&self.table.columns));
        format!("{MARK} INSERT INTO {table} ({columns}) VALUES {}", values.join(", "))
    }
}

fn size_of_cell(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Bytes(bytes) => bytes.len(),
        _ => 8,
    }
}

type Lines = mpsc::Receiver<Result<Line>>;

/// The first line of a backup, and the others as they are taken.
async fn open(path: &Path) -> Result<(Head, Lines)> {
    let file = tokio::fs::File::open(path).await?.into_std().await;
    let (sender, lines) = mpsc::channel(4);
    let (head, first) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let mut reader = match reader(file) {
            Ok(reader) => reader,
            Err(error) => return drop(head.send(Err(error))),
        };
        let first = next(&mut reader).and_then(|line| line.ok_or_else(|| damaged("it is empty")));
        let is_good = first.is_ok();
        let _ = head.send(first);
        while is_good && let Some(line) = next(&mut reader).transpose() {
            let is_last = line.is_err();
            let line = line.and_then(|line| parsed(&line));
            if sender.blocking_send(line).is_err() || is_last {
                break;
            }
        }
    });
    let first = first.await.map_err(|_| damaged("it cannot be read"))??;
    let head: Head = serde_json::from_str(&first).map_err(|_| damaged("it is not a backup of polder"))?;
    if head.polder_backup > VERSION {
        return Err(Error::Backup("it comes from a newer version of polder".to_owned()));
    }
    Ok((head, lines))
}

type Reader = BufReader<zstd::Decoder<'static, BufReader<File>>>;

fn reader(file: File) -> Result<Reader> {
    Ok(BufReader::new(zstd::Decoder::new(file)?))
}

fn next(reader: &mut Reader) -> Result<Option<String>> {
    let mut line = String::new();
    let read = reader.by_ref().take(LONGEST_LINE).read_line(&mut line);
    match read.map_err(|error| damaged(&error.to_string()))? {
        0 => Ok(None),
        _ => Ok(Some(line)),
    }
}

fn parsed(line: &str) -> Result<Line> {
    serde_json::from_str(line).map_err(|error| damaged(&error.to_string()))
}

fn damaged(what: &str) -> Error {
    Error::Backup(format!("the file is damaged: {what}"))
}
