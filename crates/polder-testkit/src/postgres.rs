//! Stores for tests: a fresh one on each database. The harness is part of the store's own tests, see `polder_store::testing`.

pub use polder_store::on_both_databases;
pub use polder_store::testing::{Database, Postgres, TestStore};
