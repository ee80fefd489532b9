//! What Polder's own programs do with SQL. Each runs in a process of its own, so that what it uses is bounded, and what it breaks is
//! its own: `polder task query` answers one query about one view ([`query`]), `polder task sql` runs the statements of a step ([`step`]),
//! `polder task publish` and `polder task restore` do what the server asks for itself ([`publish`]), and so does
//! `polder task vacuum` ([`vacuum`]) and `polder task branch` ([`branch`]).
//!
//! Nothing here decides what anybody may see: the view comes from the server, which knows.

mod answer;
pub mod branch;
mod error;
pub mod publish;
pub mod query;
pub mod result;
mod split;
pub mod step;
pub mod vacuum;

pub use error::{Error, Result};
pub use split::split;
