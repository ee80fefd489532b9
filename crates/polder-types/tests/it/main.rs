//! Tests of `polder-types` as its users see it.
#![allow(clippy::unwrap_used, reason = "what is wrong in a test shall end it")]

mod corpus;
mod definitions;
mod mistakes;
mod models;
mod parameters;
mod schedules;
mod schemas;
mod support;
mod syncs;
mod templates;
