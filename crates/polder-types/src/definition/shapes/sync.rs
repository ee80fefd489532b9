//! The form of syncs.
#![expect(dead_code, reason = "the fields are read by the derived JSON Schema only")]

use schemars::JsonSchema;
use serde_json::Value;

use super::{ComputeMap, Map, Name, OneOrMany, PositiveDuration, Retries};
use crate::definition::When;
use crate::definition::sync::{OnSchemaChange, SyncMode};

/// Runs a sync: brings its streams into the lake. What it writes is published when all of it has succeeded, or not at all.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SyncStep {
    name: Name,
    /// The name of a file in `syncs/`, without its ending.
    sync: Name,
    /// Instead of what the sync's own file says.
    compute: Option<ComputeMap>,
    needs: Option<Vec<Name>>,
    when: Option<When>,
    retries: Option<Retries>,
    /// The longest time for one attempt.
    timeout: Option<PositiveDuration>,
}

/// A file in `syncs/`.
#[derive(JsonSchema)]
#[schemars(title = "A sync", deny_unknown_fields)]
pub(crate) struct SyncFile {
    /// The name; that of the file if left out.
    name: Option<Name>,
    description: Option<String>,
    /// The name of a file in `connectors/`, for streams that do not name files.
    connector: Option<Name>,
    /// What the connector's templates know as `config`. Texts within are templates, and may use `secrets`.
    config: Option<Map<Value>>,
    /// Name in `{{ secrets.NAME }}`: name of the secret.
    secrets: Option<Map<String>>,
    /// What hashes of values begin with; a template: `{{ secrets.SALT }}`.
    salt: Option<String>,
    #[schemars(length(min = 1))]
    streams: Vec<SyncStream>,
    into: Option<SyncTarget>,
    /// What happens when a source has a column that the table has not; `evolve` if left out.
    on_schema_change: Option<OnSchemaChange>,
    compute: Option<ComputeMap>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SyncStream {
    /// Of the stream: the table is called so, after the prefix.
    name: String,
    /// A path in the project or a URL, either with patterns such as `*.csv`; or a map that says how files are written.
    files: Option<FilesForm>,
    /// `full_refresh` if left out.
    mode: Option<SyncMode>,
    /// The column that says which of several rows of a key is the latest.
    cursor: Option<String>,
    /// Rows replace those with the same key; without one they are added.
    primary_key: Option<OneOrMany<String>>,
    columns: Option<SyncColumnsMap>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SyncColumnsMap {
    /// Columns that never leave the reader.
    exclude: Option<Vec<String>>,
    /// Columns of which only a salted hash leaves it.
    hash: Option<Vec<String>>,
    /// Types by hand: boolean, bigint, double, decimal(p,s), date, timestamp, timestamptz, text, json.
    types: Option<Map<String>>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum FilesForm {
    Path(String),
    Map(FilesMap),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FilesMap {
    path: String,
    /// As the name ends, if left out.
    format: Option<FileFormat>,
    compression: Option<Compression>,
    encoding: Option<Encoding>,
    csv: Option<CsvMap>,
    json: Option<JsonMap>,
}

#[derive(JsonSchema, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileFormat {
    Csv,
    Jsonl,
    Json,
    Parquet,
}

#[derive(JsonSchema, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Compression {
    Auto,
    None,
    Gzip,
    Zstd,
}

#[derive(JsonSchema, serde::Deserialize)]
pub(crate) enum Encoding {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
    #[serde(rename = "windows-1252")]
    Windows1252,
    #[serde(rename = "latin-1")]
    Latin1,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CsvMap {
    /// The one of `,` `;` tab `|` that is most often in the first line, if left out.
    delimiter: Option<String>,
    /// `null`: quotes mean nothing.
    quote: Option<String>,
    escape: Option<String>,
    /// Whether the first row has the names; true if left out.
    header: Option<bool>,
    comment: Option<String>,
    /// Texts that mean null.
    null: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct JsonMap {
    /// Where the array is: `data.items`.
    path: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SyncTarget {
    /// The schema of the tables; `raw` if left out.
    schema: Option<String>,
    /// What names of tables begin with.
    prefix: Option<String>,
}
