//! Builds on a lake in a folder, without a server.

#![expect(clippy::unwrap_used, reason = "a build that cannot go on has failed")]

mod bench;
mod builds;
