use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use polder_types::id::AuditId;
use polder_types::wire::{AuditEntry, AuditFilter};
use sqlx::AssertSqlSafe;
use tempfile::TempDir;

use super::cell::Cell;
use super::schema::Schema;
use super::*;
use crate::database::Connection;
use crate::testing::{Postgres, TestStore};
use crate::{DatabaseUrl, Error, Result, Store, Tx, audit, on_both_databases, settings};

fn now() -> DateTime<Utc> {
    "2026-11-21T03:00:00Z".parse().unwrap()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn sqlite(&self, name: &str) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.path(name))
    }
}

/// What a database holds: the lines of its backup, whatever their order.
async fn contents(store: &Store) -> Vec<String> {
    let folder = Folder::new();
    write(store, &folder.path("b"), now()).await.unwrap();
    let text = zstd::decode_all(fs::File::open(folder.path("b")).unwrap()).unwrap();
    let mut lines: Vec<String> = String::from_utf8(text).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Puts rows with all kinds of values into every table that there is, whoever made it.
async fn fill(tx: &mut Tx, rows: usize) {
    let schema = Schema::of(tx).await.unwrap();
    let references = references(tx).await;
    for table in schema.tables().unwrap() {
        let types = schema.types(&table).unwrap();
        let nullable = nullable(tx, &table.table).await;
        for row in 0..rows {
            let (columns, name) = (quoted_list(&table.columns), quoted(&table.table));
            let places: Vec<String> = (1..=types.len()).map(|number| format!("${number}")).collect();
            let sql = format!("INSERT INTO {name} ({columns}) VALUES ({})", places.join(", "));
            let Connection::Postgres(connection) = tx.connection() else {
                panic!("only PostgreSQL knows types")
            };
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (column, r#type) in table.columns.iter().zip(&types) {
                let from = (table.table.clone(), column.clone());
                let origin = references.get(&from).unwrap_or(&from);
                let is_null = row % 2 == 1 && nullable.contains(column) && origin == &from;
                let cell = if is_null { Cell::Null } else { value(origin, r#type, row) };
                query = cell.bind_postgres(r#type, query).unwrap();
            }
            query.execute(connection).await.unwrap();
        }
    }
}

/// A value that no other row of this column has.
fn value((table, column): &(String, String), r#type: &str, row: usize) -> Cell {
    let number = i64::try_from(row).unwrap();
    let seed = format!("{table}.{column} {row}");
    match r#type {
        "bigint" => Cell::Integer(number * 4_000_000_007 - 5),
        "boolean" => Cell::Integer(number % 2),
        "double precision" => Cell::Real(1.0 / (row as f64 + 3.0) * 1e-300),
        "bytea" => Cell::Bytes((0..=255).chain([row as u8]).collect()),
        "uuid" => Cell::Bytes(crate::blobs::hash_of(seed.as_bytes()).as_bytes()[..16].to_vec()),
        "timestamp with time zone" => {
            Cell::Text((now() + chrono::TimeDelta::microseconds(number * 1_234_567)).to_rfc3339())
        }
        "jsonb" => Cell::Text(r#"{"a": [1, "ü"]}"#.to_owned()),
        _ => Cell::Text(format!("{seed} 'quoted' \"ü\" \u{1F511}\n\\ \t")),
    }
}

async fn references(tx: &mut Tx) -> BTreeMap<(String, String), (String, String)> {
    let sql =
        "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text, b.attname::text
        FROM pg_constraint c, unnest(c.conkey, c.confkey) AS k (here, there), pg_attribute a, pg_attribute b
        WHERE c.contype = 'f' AND a.attrelid = c.conrelid AND a.attnum = k.here
            AND b.attrelid = c.confrelid AND b.attnum = k.there";
    let rows: Vec<(String, String, String, String)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c)).unwrap();
    rows.into_iter().map(|(table, column, to, key)| ((table, column), (to, key))).collect()
}

async fn nullable(tx: &mut Tx, table: &str) -> Vec<String> {
    let sql = "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1 AND is_nullable = 'YES'";
    on!(tx, |c| sqlx::query_scalar(sql).bind(table).fetch_all(c)).unwrap()
}

#[tokio::test]
async fn every_row_of_every_table_moves_from_postgres_to_sqlite_and_back() {
    let (folder, origin) = (Folder::new(), TestStore::postgres().await);
    let mut tx = origin.store.begin().await.unwrap();
    fill(&mut tx, 250).await;
    tx.commit().await.unwrap();
    let before = contents(&origin.store).await;
    let saved = write(&origin.store, &folder.path("one"), now()).await.unwrap();
    assert!(saved.tables >= 10 && saved.rows >= saved.tables * 250, "{saved:?}");
    assert_eq!(saved.rows + saved.tables + 2, before.len() as u64);

    let sqlite = folder.sqlite("moved.db");
    assert_eq!(restore(&sqlite, &folder.path("one")).await.unwrap(), saved);
    let moved = Store::open(&sqlite).await.unwrap();
    assert_eq!(contents(&moved).await, before);

    write(&moved, &folder.path("two"), now()).await.unwrap();
    let database = Postgres::of_this_process().await.empty_database().await;
    let back = DatabaseUrl::Postgres(database.url().to_owned());
    assert_eq!(restore(&back, &folder.path("two")).await.unwrap(), saved);
    assert_eq!(contents(&Store::open(&back).await.unwrap()).await, before);

    let again = folder.sqlite("again.db");
    restore(&again, &folder.path("two")).await.unwrap();
    assert_eq!(contents(&Store::open(&again).await.unwrap()).await, before);
}

fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(now()),
        at: now(),
        actor: "anna".into(),
        address: None,
        action: "count".into(),
        object: number.to_string(),
        team: None,
        environment: None,
        detail: serde_json::json!({"filler": "x".repeat(200)}),
    }
}

/// One more entry in the audit log, and their number in the settings, at once.
async fn count_up(store: &Store, number: u64) -> Result<()> {
    let mut tx = store.begin().await?;
    audit::insert(&mut tx, "default", &entry(number)).await?;
    settings::set(&mut tx, "count", &number.to_string()).await?;
    tx.commit().await
}

async fn empty_target(folder: &Folder, name: &str) -> (DatabaseUrl, Option<crate::testing::Database>) {
    if name.is_empty() {
        let database = Postgres::of_this_process().await.empty_database().await;
        return (DatabaseUrl::Postgres(database.url().to_owned()), Some(database));
    }
    (folder.sqlite(name), None)
}

on_both_databases! {
    async fn a_backup_while_writes_go_on_is_one_moment(store: Store) {
        for number in 1..=300 {
            count_up(&store, number).await.unwrap();
        }
        let folder = Folder::new();
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let writing = tokio::spawn({
            let (store, stop) = (store.clone(), stop.clone());
            async move {
                let mut number = 300;
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    number += 1;
                    count_up(&store, number).await.unwrap();
                }
                number
            }
        });
        let mut path = folder.path("0");
        for number in 0..5 {
            path = folder.path(&number.to_string());
            write(&store, &path, now()).await.unwrap();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(writing.await.unwrap() > 300, "nothing was written meanwhile");

        for name in ["restored.db", ""] {
            let (target, _database) = empty_target(&folder, name).await;
            restore(&target, &path).await.unwrap();
            let restored = Store::open(&target).await.unwrap();
            let mut tx = restored.read().await.unwrap();
            let count: usize = settings::get(&mut tx, "count").await.unwrap().unwrap().parse().unwrap();
            let (mut entries, mut cursor) = (0, None);
            loop {
                let filter = AuditFilter { cursor, limit: Some(500), ..AuditFilter::default() };
                let page = audit::list(&mut tx, "default", &filter).await.unwrap();
                entries += page.items.len();
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(entries, count);
        }
    }

    async fn a_database_with_data_is_not_restored_into(store: Store) {
        let folder = Folder::new();
        count_up(&store, 1).await.unwrap();
        write(&store, &folder.path("b"), now()).await.unwrap();
        let (target, _database) = empty_target(&folder, if store.is_postgres() { "" } else { "full.db" }).await;
        let other = Store::open(&target).await.unwrap();
        count_up(&other, 7).await.unwrap();
        let before = contents(&other).await;
        let error = restore(&target, &folder.path("b")).await.unwrap_err();
        assert!(error.to_string().contains("not empty"), "{error}");
        assert_eq!(contents(&other).await, before);
    }

    async fn a_damaged_file_restores_nothing(store: Store) {
        let folder = Folder::new();
        for number in 1..=20 {
            count_up(&store, number).await.unwrap();
        }
        let whole = folder.path("whole");
        write(&store, &whole, now()).await.unwrap();
        let bytes = fs::read(&whole).unwrap();
        let (target, _database) = empty_target(&folder, if store.is_postgres() { "" } else { "target.db" }).await;
        let damaged = folder.path("damaged");
        let step = bytes.len() / 12 + 1;
        for size in (0..bytes.len()).step_by(step) {
            fs::write(&damaged, &bytes[..size]).unwrap();
            let error = restore(&target, &damaged).await.unwrap_err();
            assert!(matches!(error, Error::Backup(_)), "cut at {size}: {error}");
            let mut changed = bytes.clone();
            changed[size] ^= 0x10;
            fs::write(&damaged, &changed).unwrap();
            let name = format!("changed-{size}.db");
            let (other, _other) = empty_target(&folder, if store.is_postgres() { "" } else { &name }).await;
            // A few bits of a compressed file mean nothing: then all is there, as the checksum says.
            if restore(&other, &damaged).await.is_ok() {
                let restored = contents(&Store::open(&other).await.unwrap()).await;
                assert_eq!(restored, contents(&store).await, "changed at {size}");
            }
        }
        restore(&target, &whole).await.unwrap();
        assert_eq!(contents(&Store::open(&target).await.unwrap()).await, contents(&store).await);
    }
}

async fn restored_from(lines: &str) -> Error {
    let folder = Folder::new();
    fs::write(folder.path("b"), zstd::encode_all(lines.as_bytes(), 1).unwrap()).unwrap();
    restore(&folder.sqlite("t.db"), &folder.path("b")).await.unwrap_err()
}

#[tokio::test]
async fn what_is_newer_or_no_backup_is_refused() {
    let head = |version: u32, schema: &str| {
        format!(r#"{{"polder_backup":{version},"schema":"{schema}","created_at":"2026-11-21T03:00:00Z"}}"#)
    };
    let mut told = Vec::new();
    for lines in [
        head(2, "0001_core"),
        head(1, "9999_later"),
        "{}".to_owned(),
        head(1, "0001_core"),
        format!("{}\n[1]\n", head(1, "0001_core")),
        format!("{}\n{}\n", head(1, "0001_core"), r#"{"table":"sqlite_master","columns":["name"]}"#),
        format!("{}\n{}\n[1]\n", head(1, "0001_core"), r#"{"table":"settings","columns":["name","value"]}"#),
        format!("{}\n{}\n", head(1, "0001_core"), r#"{"rows":3}"#),
    ] {
        told.push(restored_from(&lines).await.to_string());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    backup: it comes from a newer version of polder
    backup: it comes from a newer version of polder (its schema is 9999_later)
    backup: the file is damaged: it is not a backup of polder
    backup: the file is damaged: its end is missing
    backup: the file is damaged: a row without a table
    backup: the file is damaged: the table sqlite_master is not known
    backup: the file is damaged: a row of table settings has 1 values
    backup: the file is damaged: rows are missing
    ");
}

#[tokio::test]
async fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    let folder = Folder::new();
    let lines = [
        r#"{"polder_backup":1,"schema":"0001_core","created_at":"2026-11-21T03:00:00Z"}"#,
        r#"{"table":"workspaces","columns":["id","name"]}"#,
        r#"["default","Mine"]"#,
        r#"{"rows":1}"#,
    ];
    fs::write(folder.path("b"), zstd::encode_all(lines.join("\n").as_bytes(), 1).unwrap()).unwrap();
    restore(&folder.sqlite("t.db"), &folder.path("b")).await.unwrap();
    let store = Store::open(&folder.sqlite("t.db")).await.unwrap();
    assert!(contents(&store).await.contains(&r#"["default","Mine"]"#.to_owned()));
}

#[tokio::test]
async fn a_file_that_exists_is_not_overwritten_and_only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, test) = (Folder::new(), TestStore::sqlite().await);
    write(&test.store, &folder.path("b"), now()).await.unwrap();
    assert_eq!(fs::metadata(folder.path("b")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(write(&test.store, &folder.path("b"), now()).await.unwrap_err(), Error::Io(_)));
    assert!(folder.path("b").exists());
}
