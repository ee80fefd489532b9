//! The agent: claims attempts, runs them with an executor, reports what came of them. And the work that Polder's own
//! steps consist of ([`task`]), which an attempt starts like any other program.
//!
//! ```text
//! claim ──▶ prepare the folder ──▶ start ──▶ report the start ──▶ deliver the log ──▶ report the end ──▶ remove the folder
//!   ▲            (revision)      (executor)                          │ orders to stop (claim, heartbeat) end it earlier
//!   └── as many attempts as there are slots; a long-poll, so that work starts when it is there
//! ```
//!
//! What holds:
//! * an attempt's end is reported only when none of its processes lives, so that whoever waits for it may go on;
//! * whatever is reported may be reported twice: numbers of lines and the epoch make that harmless. While the server
//!   cannot be reached, the agent holds on to its attempts and their output, and goes on trying;
//! * a refusal as *fenced* means that the attempt is another's by now: it is killed, and nothing more is said of it;
//! * an agent that was killed finds and ends, when it comes back, what it had left running, and says so before it
//!   takes anything new.
//!
//! The agent does not know the engine: neither retries nor the order of steps. It calls out only, by
//! [`polder_client::Client`], and so runs wherever the server can be reached from, or inside it.

mod agent;
mod attempt;
mod backoff;
mod delivery;
mod environment;
mod error;
mod folder;
mod held;
mod report;
mod revision;
pub mod task;
mod verdict;

pub use agent::{Agent, Config};
pub use environment::{VARIABLES, variables};
pub use error::Error;
pub use report::{of_exit, without_exit};
pub use verdict::of_task;
