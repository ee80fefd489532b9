use std::collections::BTreeMap;

use super::*;
use crate::testing::{Postgres, TestStore};
use crate::{DatabaseUrl, on_both_databases};

/// table.column → declared type and whether it may be null.
type Schema = BTreeMap<String, (String, bool)>;

const SQLITE_COLUMNS: &str = r#"SELECT t.name || '.' || c.name, c.type, c."notnull" = 0
    FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"#;

const POSTGRES_COLUMNS: &str = "SELECT table_name || '.' || column_name, data_type::text, is_nullable = 'YES'
    FROM information_schema.columns WHERE table_schema = 'public'";

async fn schema(store: &Store) -> Schema {
    let mut tx = store.read().await.unwrap();
    let sql = if store.is_postgres() { POSTGRES_COLUMNS } else { SQLITE_COLUMNS };
    let rows: Vec<(String, String, bool)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c)).unwrap();
    rows.into_iter().map(|(column, r#type, null)| (column, (r#type, null))).collect()
}

/// Everything that DDL made, as text.
async fn ddl(store: &Store) -> Vec<String> {
    let sql = if store.is_postgres() {
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
            FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        ORDER BY 1"
    } else {
        "SELECT COALESCE(sql, name) FROM sqlite_master ORDER BY 1"
    };
    let mut tx = store.read().await.unwrap();
    on!(tx, |c| sqlx::query_scalar(sql).fetch_all(c)).unwrap()
}

#[tokio::test]
async fn both_dialects_have_the_same_tables_columns_and_nullability() {
    let (sqlite, postgres) = (TestStore::sqlite().await, TestStore::postgres().await);
    let allowed = [
        ("uuid", "BLOB"),
        ("bytea", "BLOB"),
        ("text", "TEXT"),
        ("jsonb", "TEXT"),
        ("timestamp with time zone", "TEXT"),
        ("bigint", "INTEGER"),
        ("boolean", "BOOLEAN"),
        ("double precision", "REAL"),
    ];
    let same = |schema: Schema| -> BTreeMap<String, bool> {
        schema.into_iter().map(|(column, (_, null))| (column, null)).collect()
    };
    let (in_sqlite, in_postgres) = (schema(&sqlite.store).await, schema(&postgres.store).await);
    for (column, (r#type, _)) in &in_postgres {
        let other = in_sqlite.get(column).map(|(r#type, _)| r#type.as_str());
        let pair = (r#type.as_str(), other.unwrap_or("nothing"));
        assert!(allowed.contains(&pair), "{column} is {} in PostgreSQL and {} in SQLite", pair.0, pair.1);
    }
    assert_eq!(same(in_sqlite), same(in_postgres));
}

async fn empty_databases() -> (tempfile::TempDir, Vec<DatabaseUrl>) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = Postgres::of_this_process().await.empty_database().await;
    let urls = vec![
        DatabaseUrl::Sqlite(folder.path().join("steps.db")),
        DatabaseUrl::Postgres(postgres.url().to_owned()),
    ];
    (folder, urls)
}

#[tokio::test]
async fn one_migration_at_a_time_gives_the_schema_of_all_at_once() {
    let fresh = [TestStore::sqlite().await, TestStore::postgres().await];
    let (_folder, urls) = empty_databases().await;
    for (url, fresh) in urls.iter().zip(&fresh) {
        for count in 1..=MIGRATIONS.len() {
            let store = Store::connect(url).await.unwrap();
            run_first(&store, count).await.unwrap();
            store.close().await;
        }
        assert_eq!(ddl(&Store::open(url).await.unwrap()).await, ddl(&fresh.store).await);
    }
}

#[tokio::test]
async fn servers_that_start_at_once_migrate_once() {
    let (_folder, urls) = empty_databases().await;
    for url in &urls {
        // The first one makes the file: SQLite switches it to WAL, for which it must be alone.
        Store::connect(url).await.unwrap().close().await;
        let (one, two, three) = tokio::join!(Store::open(url), Store::open(url), Store::open(url));
        for store in [one, two, three] {
            store.unwrap().ping().await.unwrap();
        }
    }
}

on_both_databases! {
    async fn a_database_of_a_newer_version_is_refused(store: Store) {
        let mut tx = store.begin().await.unwrap();
        let sql = "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_later', '')";
        execute!(tx, sqlx::query(sql)).unwrap();
        tx.commit().await.unwrap();
        let error = run(&store).await.unwrap_err();
        assert!(error.to_string().contains("9999_later, which is newer"), "{error}");
    }

    async fn a_migration_that_was_changed_afterwards_is_refused(store: Store) {
        let mut tx = store.begin().await.unwrap();
        execute!(tx, sqlx::query("UPDATE schema_migrations SET checksum = 'x' WHERE name = '0001_core'")).unwrap();
        tx.commit().await.unwrap();
        let error = run(&store).await.unwrap_err();
        assert!(error.to_string().contains("0001_core is not the one"), "{error}");
    }
}
