//! Tables in a folder of their own, written and read for real.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that panics has failed, and stories may be long"
)]

mod bench;
mod branches;
mod deletes;
mod evolving;
mod measure;
mod model;
mod optimising;
mod publishing;
mod s3;
mod script_model;
mod sql;
mod tables;
mod undoing;
mod upserts;
mod vacuuming;
mod work;
mod years;
