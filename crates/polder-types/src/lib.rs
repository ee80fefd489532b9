//! The domain of Polder, without I/O: ids, definitions with their parsing and validation, schedules, the states of a
//! run and their legal moves, how triggers decide, error codes, and the shapes that travel over the API.
//!
//! This crate knows nothing of tokio, SQL, HTTP or files: what it needs from the world (time, contents) is an argument.

pub mod clock;
pub mod code;
pub mod definition;
pub mod executions;
#[doc(hidden)]
pub mod fuzzing;
pub mod id;
pub mod lake;
pub mod models;
mod moment;
pub mod run;
pub mod schedule;
pub mod script;
pub mod template;
pub mod wire;

pub use clock::{Clock, ManualClock, SystemClock};
pub use code::Code;
pub use moment::moment;
