//! What every program of an attempt does that writes to the lake, whatever it writes there: it gets a branch from the server
//! ([`Attempt::begin`]), stays within what its step may use ([`limits()`]), and publishes all of it or nothing ([`Attempt::publish`]).
//!
//! What the server has decided is completed, whatever happens: an attempt that finds the decision of an earlier one begins there. Nothing
//! that went wrong before has left anything that readers see.

mod attempt;
mod error;
mod limits;
mod outputs;
mod server;
mod telling;

pub use attempt::{Attempt, Begun};
pub use error::{Error, Result};
pub use limits::limits;
pub use outputs::{report, tell};
pub use telling::Telling;
