//! The store's suite: every story runs on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod access;
mod database;
mod deployments;
mod given;
mod idempotency;
mod lake;
mod lists;
mod own;
mod runs;
mod sessions;
