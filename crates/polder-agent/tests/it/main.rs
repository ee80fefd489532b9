//! The agent with real processes and a server that does what the test says.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod attempts;
mod faults;
mod revisions;
mod server;
mod support;
mod task_http;
