//! The real program against a real server, as a user has it in front of them: each test is a session at a terminal, and
//! its snapshot is what they see.

#![expect(clippy::unwrap_used, reason = "a session that cannot go on has failed")]

mod catalog;
mod crashes;
mod disk;
mod errors;
mod lake;
mod local;
mod mistakes;
mod models;
mod own;
mod postgres;
mod retention;
mod session;
mod story;
mod syncs;
mod ui;
