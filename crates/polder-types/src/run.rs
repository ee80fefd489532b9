//! The states of a run, and the one function that moves them.
//!
//! [`next()`] is pure: state and event and time in, new state and effects out. Whoever calls it commits both in one
//! transaction, so that nothing is lost or done twice when a process dies between two lines. The legal moves stand in
//! one table, [`moves::STEP_MOVES`]; an event that has no move there is an [`IllegalMove`], which for a report from an
//! agent means that it came too late and is refused.

mod event;
pub mod moves;
mod next;
mod state;
pub(crate) mod status;

pub use event::{Effect, Event, Outcome, StopReason};
pub use next::{IllegalMove, Transition, next};
pub use state::{RunState, StepPlan, StepState};
pub use status::{EventStatus, RunStatus, StepStatus, UnknownStatus};

#[cfg(test)]
mod tests;
