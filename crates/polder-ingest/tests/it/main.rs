//! Files as users have them, through the public interface.

mod csv;
mod damage;
mod json;
mod parquet;
mod privacy;
mod properties;
mod schema;
mod source;
mod support;
