//! Steps that write to the lake, and what becomes of what they wrote.
//!
//! An attempt's own work proves with a token that it is of that attempt ([`Proof`]), and is refused as soon as the attempt has ended or
//! another one has taken its place. It gets a branch ([`crate::Engine::begin_work`]), asks to publish ([`crate::Engine::prepare_publish`]), completes
//! that, and says so ([`crate::Engine::finish_publish`]).
//!
//! The record of a publish is the point of no return of its step. A later attempt of the step finds it and completes it, and does nothing
//! else; so a step that died between its publish and its end neither loses nor doubles a row. If no attempt follows, whoever runs the
//! server completes it ([`crate::Engine::unfinished_publishes`]).

mod checks;
mod ended;
mod known;
mod prepare;
mod recover;
mod reset;
mod retention;
mod rollback;
mod token;
mod view;
mod work;

pub(crate) use ended::Came;
pub use retention::{Asked, LONGEST as LONGEST_VACUUM, Vacuum};
pub use token::{Proof, TOKEN_PREFIX};
pub use view::Sight;

use polder_store::lake::Place;
use polder_store::runs::PipelineRef;

/// The environment whose tables are the main lines. Every other one begins as a branch of it.
pub const PROD: &str = "prod";

fn place_of(pipeline: &PipelineRef) -> Place<'_> {
    Place { workspace_id: &pipeline.workspace, environment: &pipeline.environment }
}
