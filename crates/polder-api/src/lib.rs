//! The HTTP API: router on one page, thin handlers, authentication, OpenAPI, live events.
//!
//! A handler unwraps the request, checks the caller's right, calls the engine or the store, and wraps the answer; what
//! it fails with becomes an answer in one place ([`Error`]). Authentication is not a handler's business: a layer in
//! front of all routes but a few (`open` in the router) refuses whoever brings no valid token, so that a new route cannot
//! forget it.
//!
//! This crate knows no SQL, decides nothing about runs, and starts nothing but the programs that open tables for it (`programs`).

mod audit;
pub mod auth;
mod changes;
mod compress;
mod error;
mod extract;
pub mod limits;
mod logs;
mod metrics;
mod openapi;
mod postgres;
mod programs;
mod queries;
mod questions;
mod recovery;
mod router;
mod routes;
mod serve;
mod sse;
mod state;
mod strict;
mod vacuum;
mod wait;

pub use auth::{Caller, first_admin_token, new_token};
pub use error::{Error, PROBLEM_JSON, Result};
pub use limits::Limits;
pub use openapi::document;
pub use postgres::{PostgresOptions, Tls, serve_postgres};
pub use queries::QueryOptions;
pub use router::router;
pub use serve::serve;
pub use state::{Api, InternalToken, Options};
