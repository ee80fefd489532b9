//! Executors start what a step asks for, give out what it writes, and end it so that nothing of it is left.
//!
//! [`Executor`] is what they have in common: what they can do, start, wait, stop, recover. An agent hands over an
//! [`Attempt`] and gets a [`Running`] one: its lines (masked, split, bounded in memory), a [`Stopper`], and in the end
//! an [`Exit`]. The first executor is [`process::ProcessExecutor`]; containers and clusters come beside it.
//!
//! What holds for every executor:
//! * an [`Exit`] is proof: when it is given out, no process of the attempt lives;
//! * secrets never leave in a line, a message or an output: all pass through [`mask::Masker`];
//! * an attempt that was started is on record until it is over, so that an agent that was killed finds and ends, when
//!   it comes back, what it had left behind ([`Executor::recover`]).
//!
//! This crate knows nothing of servers, runs or retries: who asks for an attempt, and what follows from its end, is
//! for others to know.

mod error;
mod executor;
pub mod lines;
pub mod mask;
pub mod output;
pub mod process;

pub use error::Error;
pub use executor::{Attempt, Executor, Exit, Fingerprint, Lost, Running, Stopper};
