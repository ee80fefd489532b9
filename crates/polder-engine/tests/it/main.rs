//! The engine as a whole, on both databases: the test is the agent and holds the clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attempts;
mod concurrency;
mod crashes;
mod executions;
mod lake;
mod measure;
mod overview;
mod schedules;
mod story;
