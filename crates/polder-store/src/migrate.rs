//! Migrations: numbered files that are only ever added, one for each dialect, compiled in.
//!
//! Each runs in a transaction of its own, under a lock, together with its entry in `schema_migrations`: a server that is
//! killed half-way, or two that start at once, leave a whole schema. What was applied is compared by checksum.

use sha2::{Digest, Sha256};

use crate::{Error, Result, Store, Tx};

struct Migration {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),+]
    };
}

const MIGRATIONS: &[Migration] = migrations![
    "0001_core",
    "0002_runs",
    "0003_trigger_skips",
    "0004_sessions",
    "0005_overview",
    "0006_lake",
    "0007_lake_steps",
    "0008_checks",
    "0009_retention",
    "0010_rollbacks"
];

const CREATE_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)";

/// The name of the newest migration that this program knows.
pub(crate) fn newest() -> &'static str {
    MIGRATIONS.last().map_or("", |migration| migration.name)
}

/// How many migrations make the schema whose newest is `name`.
pub(crate) fn position(name: &str) -> Option<usize> {
    MIGRATIONS.iter().position(|migration| migration.name == name).map(|index| index + 1)
}

/// Brings the schema to this program's version.
pub(crate) async fn run(store: &Store) -> Result<()> {
    run_first(store, MIGRATIONS.len()).await
}

/// Applies the first `count` migrations, of which some may be there.
pub(crate) async fn run_first(store: &Store, count: usize) -> Result<()> {
    loop {
        let mut tx = store.begin().await?;
        tx.lock("schema", "migrations").await?;
        execute!(tx, sqlx::query(CREATE_TABLE))?;
        let applied = check_applied(&mut tx).await?;
        match MIGRATIONS[..count].get(applied) {
            Some(migration) => apply(&mut tx, migration).await?,
            None => return tx.commit().await,
        }
        tx.commit().await?;
    }
}

async fn check_applied(tx: &mut Tx) -> Result<usize> {
    let sql = "SELECT name, checksum FROM schema_migrations ORDER BY name";
    let applied: Vec<(String, String)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c))?;
    for (index, (name, checksum)) in applied.iter().enumerate() {
        let Some(known) = MIGRATIONS.get(index) else {
            return Err(Error::Schema(format!("it has migration {name}, which is newer than this program")));
        };
        if known.name != name || known.checksum(tx.is_postgres()) != *checksum {
            return Err(Error::Schema(format!("migration {name} is not the one that this program knows")));
        }
    }
    Ok(applied.len())
}

async fn apply(tx: &mut Tx, migration: &Migration) -> Result<()> {
    let postgres = tx.is_postgres();
    execute!(tx, sqlx::raw_sql(migration.sql(postgres)))?;
    let sql = "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)";
    execute!(tx, sqlx::query(sql).bind(migration.name).bind(migration.checksum(postgres)))?;
    Ok(())
}

impl Migration {
    fn sql(&self, postgres: bool) -> &'static str {
        if postgres { self.postgres } else { self.sqlite }
    }

    fn checksum(&self, postgres: bool) -> String {
        hex::encode(Sha256::digest(self.sql(postgres)))
    }
}

#[cfg(test)]
mod tests;
