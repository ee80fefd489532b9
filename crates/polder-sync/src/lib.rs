//! `polder task sync`: brings the streams of a sync into the lake, all of them or nothing.
//!
//! ```text
//! files ───────────────────────────────┐
//! HTTP API ── pages ── temporary file ─┴─ polder-ingest ── rows ── polder-lake ── one publish
//!                                            └── rows that do not fit ── <table>__rejected
//! ```
//!
//! A stream is read in two steps: what there is to read is [gathered], then [landed](land). How far it was read stands with the
//! rows in the table ([`state`]), so that neither is there without the other: whatever dies, no row is lost and none comes twice.

mod error;
mod gathered;
mod http;
mod land;
mod location;
mod log;
mod reading;
mod rejected;
mod rules;
mod state;
pub mod step;
mod told;
mod types;

pub use error::{Error, Result};
