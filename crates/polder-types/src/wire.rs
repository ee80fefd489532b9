//! The shapes that travel over the API, shared by server, client, agent and the OpenAPI document.
//!
//! Only shapes: no behaviour beyond what a shape says of itself. Times are RFC 3339 in UTC; lists come as [`Page`].

mod access;
mod agent;
mod checks;
mod deployment;
mod graph;
mod history;
mod lake;
mod overview;
mod own;
mod page;
mod pipeline;
mod problem;
mod run;
mod task;
mod trigger;

pub use access::*;
pub use agent::*;
pub use checks::*;
pub use deployment::*;
pub use graph::*;
pub use history::*;
pub use lake::*;
pub use overview::*;
pub use own::*;
pub use page::*;
pub use pipeline::*;
pub use problem::*;
pub use run::*;
pub use task::*;
pub use trigger::*;
