//! JSON Schemas of users' files, for editors: made from the structs whose keys the parser reads by.

use schemars::Schema;
use serde_json::Value;

use super::shapes::connector::ManifestFile;
use super::shapes::sync::SyncFile;
use super::shapes::{PipelineFile, ProjectFile};

/// The schema of `polder.yaml`.
#[must_use]
pub fn project() -> Value {
    named(schemars::schema_for!(ProjectFile), "urn:polder:schema:project:1")
}

/// The schema of a pipeline file.
#[must_use]
pub fn pipeline() -> Value {
    named(schemars::schema_for!(PipelineFile), "urn:polder:schema:pipeline:1")
}

/// The schema of a file in `syncs/`.
#[must_use]
pub fn sync() -> Value {
    named(schemars::schema_for!(SyncFile), "urn:polder:schema:sync:1")
}

/// The schema of a file in `connectors/`.
#[must_use]
pub fn connector() -> Value {
    named(schemars::schema_for!(ManifestFile), "urn:polder:schema:connector:1")
}

fn named(mut schema: Schema, id: &str) -> Value {
    schema.insert("$id".to_owned(), id.into());
    schema.to_value()
}
