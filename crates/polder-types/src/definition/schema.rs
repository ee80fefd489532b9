//! JSON Schemas of users' files, for editors: made from the structs whose keys the parser reads by.

use serde_json::Value;

use super::shapes::{PipelineFile, ProjectFile};

/// The schema of `polder.yaml`.
#[must_use]
pub fn project() -> Value {
    schemars::schema_for!(ProjectFile).to_value()
}

/// The schema of a pipeline file.
#[must_use]
pub fn pipeline() -> Value {
    schemars::schema_for!(PipelineFile).to_value()
}
