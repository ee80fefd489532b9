//! Builds the models of a project: each as soon as its parents and their tests have passed, several at a time, all on one branch of the lake.
//!
//! ```text
//! folder ── Plan ──▶ nodes and tests, each with its SQL ── Build ──▶ Checks (what became of each) ── no test failed ──▶ publish
//! ```
//!
//! What there is to build, and in which order, is read by [`polder_types::models`]; here it is run. A [`Plan`] has all of its SQL filled in and
//! parsed before anything is written, so mistakes cost nothing. A [`Build`] runs it: what fails holds back what comes after it and nothing
//! else. `polder task models` ([`step`]) does so for an attempt, and `polder build` ([`local`]) without a server; both publish if nothing failed.

mod at_work;
mod build;
mod error;
pub mod local;
mod log;
mod node;
mod plan;
mod report;
pub mod step;
mod test;

pub use build::{AT_ONCE, Build};
pub use error::{Error, Result};
pub use log::Log;
pub use plan::{Plan, Project, Wish};
