//! The whole API through its router, without a socket: each story on SQLite and on PostgreSQL.

mod access;
mod audit;
mod deployments;
mod harness;
mod jobs;
mod live;
mod logs;
mod openapi;
mod problems;
mod runs;
mod secrets;
mod serving;
