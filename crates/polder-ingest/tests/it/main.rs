//! Files as users have them, through the public interface.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod csv;
mod damage;
mod json;
mod parquet;
mod privacy;
mod properties;
mod schema;
mod source;
mod support;
