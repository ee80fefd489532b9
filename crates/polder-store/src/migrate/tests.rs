use std::collections::BTreeMap;

use super::*;
use crate::testing::{Database, Postgres, TestStore};
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

/// They are there for as long as what they come with.
async fn empty_databases() -> ((tempfile::TempDir, Database), Vec<DatabaseUrl>) {
    let folder = tempfile::tempdir().unwrap();
    let postgres = Postgres::of_this_process().await.empty_database().await;
    let urls = vec![
        DatabaseUrl::Sqlite(folder.path().join("steps.db")),
        DatabaseUrl::Postgres(postgres.url().to_owned()),
    ];
    ((folder, postgres), urls)
}

#[tokio::test]
async fn one_migration_at_a_time_gives_the_schema_of_all_at_once() {
    let fresh = [TestStore::sqlite().await, TestStore::postgres().await];
    let (_kept, urls) = empty_databases().await;
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
    let (_kept, urls) = empty_databases().await;
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

/// A database of before the overview: what of it is broken, and which pipelines call which.
mod before_the_overview {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::*;

    const DEFINITION: &str = r#"{"version": 1, "content": {"steps": [{"name": "a", "kind": {"run": {"shell": "x"}}},
        {"name": "b", "kind": {"pipeline": {"team": "t", "pipeline": "other", "parameters": {}}}}]}}"#;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_715_600 + hour * 3600, 0).unwrap()
    }

    async fn pipeline(tx: &mut Tx) -> Uuid {
        let id = Uuid::from_u128(1);
        let project = "INSERT INTO projects (id, workspace_id, environment, team, name, job, created_at)
            VALUES ($1, 'default', 'prod', 't', 'p', FALSE, $2)";
        execute!(tx, sqlx::query(project).bind(id).bind(at(0))).unwrap();
        let revision = "INSERT INTO revisions (id, project_id, number, created_at, created_by, source, definition, files)
            VALUES ($1, $1, 1, $2, 'anna', '{}', '{}', '[]')";
        execute!(tx, sqlx::query(revision).bind(id).bind(at(0))).unwrap();
        let pipeline = "INSERT INTO pipelines (id, workspace_id, environment, team, name, project_id, revision_id, job, definition,
            search, paused, created_at, updated_at) VALUES ($1, 'default', 'prod', 't', 'p', $1, $1, FALSE, $3, '', FALSE, $2, $2)";
        execute!(tx, sqlx::query(pipeline).bind(id).bind(at(0)).bind(DEFINITION)).unwrap();
        execute!(tx, sqlx::query("INSERT INTO run_definitions (hash, definition) VALUES ('x', '{}')"))
            .unwrap();
        id
    }

    async fn run(tx: &mut Tx, number: u32, status: &str, hour: i64, day: Option<&str>) {
        let sql = "INSERT INTO runs (id, pipeline_id, workspace_id, environment, team, pipeline, definition_hash, status, logical_at,
            logical_day, created_at, started_at, ended_at, parameters, labels, reason, root_id)
            VALUES ($1, $2, 'default', 'prod', 't', 'p', 'x', $3, $4, $5, $6, $6, $7, '{}', '{}', '{}', $1)";
        let ended_at = (status != "RUNNING").then(|| at(i64::from(number)));
        execute!(
            tx,
            sqlx::query(sql)
                .bind(Uuid::from_u128(u128::from(number)))
                .bind(Uuid::from_u128(1))
                .bind(status)
                .bind(at(hour))
                .bind(day)
                .bind(at(i64::from(number)))
                .bind(ended_at)
        )
        .unwrap();
    }

    #[tokio::test]
    async fn is_taken_over() {
        let (_kept, urls) = empty_databases().await;
        for url in &urls {
            let store = Store::connect(url).await.unwrap();
            run_first(&store, position("0004_sessions").unwrap()).await.unwrap();
            let mut tx = store.begin().await.unwrap();
            pipeline(&mut tx).await;
            for (number, status, hour, day) in [
                (10, "FAILED", 0, None),
                (11, "SUCCEEDED", 0, None),
                (12, "FAILED", 1, None),
                (13, "ABORTED", 1, None),
                (14, "FAILED", 2, Some("2026-11-01")),
                (15, "TIMED_OUT", 3, Some("2026-11-01")),
                (16, "RUNNING", 4, Some("2026-11-01")),
                (17, "FAILED", 5, Some("2026-11-02")),
                (18, "SUCCEEDED", 6, Some("2026-11-02")),
            ] {
                run(&mut tx, number, status, hour, day).await;
            }
            tx.commit().await.unwrap();
            super::run(&store).await.unwrap();
            let mut tx = store.read().await.unwrap();
            let sql = "SELECT run_id, mending_run_id FROM unmended_runs ORDER BY run_id";
            let found: Vec<(Uuid, Option<Uuid>)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c)).unwrap();
            let id = Uuid::from_u128;
            assert_eq!(found, [(id(12), None), (id(15), Some(id(16)))]);
            let sql = "SELECT pipeline_id, team, pipeline FROM pipeline_calls";
            let calls: Vec<(Uuid, String, String)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c)).unwrap();
            assert_eq!(calls, [(id(1), "t".to_owned(), "other".to_owned())]);
        }
    }
}
