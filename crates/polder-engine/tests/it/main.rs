//! The engine as a whole, on both databases: the test is the agent and holds the clock.

mod attempts;
mod concurrency;
mod crashes;
mod executions;
mod schedules;
mod story;
