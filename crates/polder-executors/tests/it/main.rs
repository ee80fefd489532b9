//! The process executor with real processes.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod ending;
mod environment;
mod output;
mod recover;
mod refusals;
mod support;
