//! Finds statements that would run through the whole of a table that grows with history.
//!
//! Every statement that a test runs is noted (sqlx tells `tracing`); when a story ends, its database is asked how it would run those
//! that are new to it. So a query without an index fails the first test that uses it, whoever wrote either. PostgreSQL sees little to
//! gain from an index in the small tables of a test, so it is asked with reading whole tables forbidden.

mod postgres;

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::{Mutex, Once};

use sqlx::AssertSqlSafe;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::Store;

/// Tables that hold one row for each thing that ever happened, or for each of thousands of pipelines.
const GROWING: &[&str] = &[
    "attempt_checks",
    "attempts",
    "audit",
    "blobs",
    "idempotency_keys",
    "lake_branches",
    "lake_tables",
    "outbox",
    "pipeline_calls",
    "pipeline_secrets",
    "pipelines",
    "projects",
    "publish_reads",
    "publish_tables",
    "publishes",
    "revisions",
    "run_causes",
    "run_definitions",
    "run_events",
    "runs",
    "sessions",
    "step_runs",
    "ticks",
    "timers",
    "trigger_conditions",
    "trigger_days",
    "trigger_events",
    "trigger_skips",
    "triggers",
    "unmended_runs",
];

/// Those of them that grow with each run, not only with what people do.
const BY_RUN: &[&str] = &[
    "attempts",
    "run_events",
    "runs",
    "step_runs",
    "ticks",
    "trigger_events",
    "trigger_skips",
    "unmended_runs",
];

/// Indexes of what is not over yet: they stay small, so running through one is fine. So is the one of the schedules in force for an
/// answer about all pipelines.
const PARTIAL: &[&str] =
    &["attempts_offered", "runs_active", "runs_active_in", "triggers_next", "publishes_prepared"];

static SEEN: Mutex<Option<HashSet<String>>> = Mutex::new(None);
/// What SQLite and PostgreSQL were not asked about yet.
static NEW: [Mutex<Vec<String>>; 2] = [Mutex::new(Vec::new()), Mutex::new(Vec::new())];
static INSTALL: Once = Once::new();

/// Notes statements from now on, unless the process has a subscriber of its own.
pub(super) fn watch() {
    INSTALL.call_once(|| {
        let _ = tracing::subscriber::set_global_default(Statements);
    });
}

/// Fails if a statement noted since the last time scans a growing table.
pub(super) async fn check(store: &Store) {
    let new = &NEW[usize::from(store.is_postgres())];
    let statements = std::mem::take(&mut *new.lock().expect("no holder panics"));
    for statement in statements {
        let scanned = if store.is_postgres() {
            postgres::poor_steps(store, &statement).await
        } else {
            scanned_tables(store, &statement).await
        };
        assert!(scanned.is_empty(), "{scanned:?}: all would be read, an index is missing, by: {statement}");
    }
}

async fn scanned_tables(store: &Store, statement: &str) -> Vec<String> {
    let mut tx = store.read().await.expect("the store can be read");
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    // What SQLite does not understand was meant for PostgreSQL.
    let steps: Vec<(i64, i64, i64, String)> =
        on!(tx, |c| sqlx::query_as(AssertSqlSafe(explain.as_str())).fetch_all(c)).unwrap_or_default();
    let is_bad = |step: &str| is_scan(step, statement) || is_sort(step, statement);
    steps.into_iter().filter(|step| is_bad(&step.3)).map(|step| step.3).collect()
}

/// True for `SCAN runs`, also under another name; reading along an index is fine where a LIMIT ends it.
fn is_scan(step: &str, statement: &str) -> bool {
    let Some(name) = step.strip_prefix("SCAN ").and_then(|rest| rest.split_whitespace().next()) else {
        return false;
    };
    let along_an_index = step.contains(" USING ") && statement.contains("LIMIT")
        || PARTIAL.iter().any(|index| step.ends_with(&format!(" INDEX {index}")));
    let is_growing =
        |table: &&&str| **table == name || [" ", " AS "].iter().any(|by| names(statement, table, by, name));
    GROWING.iter().any(|table| is_growing(&table)) && !along_an_index
}

/// True where a page of what grows with each run is asked for, and all that matches would be read and sorted for it.
fn is_sort(step: &str, statement: &str) -> bool {
    let grows = BY_RUN.iter().any(|table| statement.contains(&format!("FROM {table} ")));
    let is_page = statement.contains("LIMIT") && !statement.contains("AND FALSE");
    step.starts_with("USE TEMP B-TREE FOR ORDER BY") && grows && is_page
}

/// Whether the statement calls `table` `name`, as in `FROM runs r`.
fn names(statement: &str, table: &str, by: &str, name: &str) -> bool {
    let alias = format!(" {table}{by}{name}");
    statement.split(&alias).skip(1).any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Hears what sqlx says of each statement.
struct Statements;

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Note);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Note;

impl Visit for Note {
    fn record_str(&mut self, field: &Field, value: &str) {
        let statement = value.trim();
        let is_statement =
            ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| statement.starts_with(verb));
        if field.name() == "db.statement" && is_statement {
            let mut seen = SEEN.lock().expect("no holder panics");
            if seen.get_or_insert_default().insert(statement.to_owned()) {
                for new in &NEW {
                    new.lock().expect("no holder panics").push(statement.to_owned());
                }
            }
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
