//! Decides and records: schedules, triggers, the moves of runs, and what has to be done because of them.
//!
//! The engine executes nothing. It writes attempts, which agents claim; it knows no executor, no HTTP route and no SQL.
//! Every decision follows one pattern (`moves.rs`): load the run, call the pure `polder_types::run::next`, and commit the
//! new state together with its effects in one transaction. What must happen outside of that transaction is an entry of
//! the outbox or a timer, written in it, so that nothing is lost or done twice when a process dies between two lines.
//!
//! Nothing polls: after a commit, [`wakeups`] wakes whoever waits for it.

mod after;
mod assignment;
mod attempts;
mod calls;
mod claim;
mod create;
mod definitions;
pub mod deploy;
mod engine;
mod error;
mod fault;
mod housekeeping;
pub mod jobs;
pub mod lake;
mod mending;
mod moves;
mod outbox;
mod overview;
mod repeat;
mod schedules;
pub mod secrets;
mod start;
mod timers;
pub mod triggers;
pub mod vault;
mod wakeups;
mod watch;
mod why;

pub use assignment::task as render_task;
pub use engine::{Engine, Options};
pub use error::{Error, Result};
pub use start::{Idempotency, StartRequest, Started};
pub use wakeups::{Change, ChangeKind};
