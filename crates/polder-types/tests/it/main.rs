//! Tests of `polder-types` as its users see it.
#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "what is wrong in a test shall end it, and a list of cases is long"
)]

mod corpus;
mod definitions;
mod mistakes;
mod models;
mod parameters;
mod schedules;
mod schemas;
mod script;
mod statements;
mod support;
mod syncs;
mod templates;
