//! The whole API through its router, without a socket: each story on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that panics has failed, and stories may be long"
)]

mod access;
mod audit;
mod deployments;
mod harness;
mod jobs;
mod live;
mod logs;
mod openapi;
mod problems;
mod requests;
mod runs;
mod secrets;
mod serving;
mod sessions;
mod views;
