//! Tests of `polder-types` as its users see it.

mod corpus;
mod definitions;
mod parameters;
mod schedules;
mod schemas;
mod support;
mod templates;
