//! For tests: a fresh, migrated store on each database.
//!
//! ```ignore
//! polder_store::on_both_databases! {
//!     async fn a_new_thing_is_found(store: Store) {
//!         store.add_thing(id, "x").await.unwrap();
//!     }
//! }
//! ```
//!
//! makes the tests `a_new_thing_is_found::sqlite` and `a_new_thing_is_found::postgres`. On SQLite it also fails if a statement
//! that was run would scan a table that grows with history.

mod plans;
mod postgres;

pub use postgres::{Database, Postgres};
use tempfile::TempDir;

use crate::Store;

/// A store of a test's own; what it is made of goes when this is dropped.
#[derive(Debug)]
pub struct TestStore {
    pub store: Store,
    _database: Keeper,
}

#[derive(Debug)]
enum Keeper {
    Folder(#[expect(dead_code, reason = "deleted when dropped")] TempDir),
    Database(#[expect(dead_code, reason = "deleted when dropped")] Database),
}

impl TestStore {
    /// A fresh SQLite in a folder of its own.
    pub async fn sqlite() -> Self {
        plans::watch();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::sqlite(folder.path().join("polder.db")).await.expect("a new SQLite opens");
        Self { store, _database: Keeper::Folder(folder) }
    }

    /// A fresh database in this process's PostgreSQL.
    pub async fn postgres() -> Self {
        let database = Postgres::of_this_process().await.database().await;
        let store = Store::postgres(database.url()).await.expect("a new PostgreSQL database opens");
        Self { store, _database: Keeper::Database(database) }
    }
}

impl TestStore {
    /// Gathers the statistics that PostgreSQL gathers by itself within a minute after many changes.
    pub async fn analyze(&self) {
        if self.store.is_postgres() {
            let mut tx = self.store.begin().await.expect("the store can be written");
            execute!(tx, sqlx::query("ANALYZE")).expect("a database can be analyzed");
            tx.commit().await.expect("it commits");
        }
    }

    /// Fails if a statement that was run meanwhile, here or in a test beside this one, scans a table that grows.
    pub async fn check_plans(&self) {
        plans::check(&self.store).await;
    }
}

/// Makes of each `async fn name(store: Store) { … }` a module of two tests, `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($store:ident: Store) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn story($store: $crate::Store) $body

            #[tokio::test]
            async fn sqlite() {
                let test = $crate::testing::TestStore::sqlite().await;
                story(test.store.clone()).await;
                test.check_plans().await;
            }

            #[tokio::test]
            async fn postgres() {
                let test = $crate::testing::TestStore::postgres().await;
                story(test.store.clone()).await;
                test.check_plans().await;
            }
        }
    )+};
}
