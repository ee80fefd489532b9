//! All SQL and migrations: SQLite and PostgreSQL behind one concrete [`Store`].
//!
//! One file per aggregate. A statement is written once, with `$1` placeholders, and runs on both databases; only the
//! DDL differs (`migrations/sqlite`, `migrations/postgres`). How to write a query: see the head of `database.rs`.
//!
//! Logs of attempts are files, not rows: see [`logs`].
//!
//! This crate knows nothing of HTTP, of encryption, of agents or of what a status means: it stores and finds.

#[macro_use]
mod database;
pub mod agents;
pub mod attempts;
pub mod environments;
mod error;
pub mod failures;
pub mod graph;
pub mod history;
pub mod lake;
mod migrate;
mod newest;
pub mod outbox;
pub mod overview;
pub mod run_views;
pub mod runs;
pub mod schedules;
pub mod sight;
mod statement;
mod stored;
pub mod timers;
pub mod triggers;

pub mod audit;
pub mod backup;
pub mod blobs;
pub mod idempotency;
pub mod logs;
pub mod pipelines;
pub mod projects;
pub mod revisions;
pub mod secrets;
pub mod sessions;
pub mod settings;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tokens;

pub use database::{DatabaseUrl, Store, Tx};
pub use error::{Error, Result};
pub use stored::JsonText;
