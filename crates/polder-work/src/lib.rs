//! What Polder's own programs have to do with the server. Those of an attempt that write to the lake do the same whatever they write: one gets a branch from the server
//! ([`Attempt::begin`]), stays within what its step may use ([`limits()`]), and publishes all of it or nothing ([`Attempt::publish`]).
//!
//! What the server has decided is completed, whatever happens: an attempt that finds the decision of an earlier one begins there. Nothing
//! that went wrong before has left anything that readers see.
//!
//! Programs that answer queries write nothing; what they ask the server meanwhile goes through [`Asking`].

mod asking;
mod attempt;
mod bounds;
mod error;
mod limits;
mod meanwhile;
mod outputs;
mod own;
mod server;
mod telling;

pub use asking::Asking;
pub use attempt::{Attempt, Begun};
pub use bounds::bind_memory;
pub use error::{Error, Result};
pub use limits::limits;
pub use meanwhile::{OFTEN, Turn, meanwhile, rows};
pub use outputs::{report, tell};
pub use telling::{Telling, in_progress};
