//! The keys and names of the shapes, as their JSON Schemas have them.

use std::any::TypeId;
use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex, PoisonError};

use schemars::JsonSchema;
use serde_json::Value;

use super::connector::{
    AuthenticatorMap, BackoffStrategy, Component, DatetimeBasedCursor, DefaultPaginator, DpathExtractor,
    ErrorHandlerMap, HttpRequester, ManifestFile, ManifestStream, PaginationStrategy, RecordSelector,
    RequestOptionMap, ResponseFilter, SimpleRetriever,
};
use super::sync::{CsvMap, FilesMap, JsonMap, SyncColumnsMap, SyncFile, SyncStep, SyncStream, SyncTarget};
use super::{
    Block, Call, ComputeMap, Concurrency, Condition, Defaults, EnvironmentSettings, Executions,
    ExecutionsTrigger, Http, HttpStep, ManualTrigger, ModelsStep, Nothing, Parameter, PipelineFile,
    PipelineStep, ProjectFile, RetriesMap, RunStep, ScheduleTrigger, SqlStep, WebhookTrigger,
};
use crate::definition::reader::Shape;

macro_rules! shapes {
    ($($name:ty),+ $(,)?) => {
        $(impl Shape for $name {
            fn keys() -> &'static [String] {
                static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys_of::<$name>());
                &KEYS
            }
        })+
    };
}

shapes!(
    ProjectFile,
    Defaults,
    EnvironmentSettings,
    PipelineFile,
    ScheduleTrigger,
    ExecutionsTrigger,
    Executions,
    Condition,
    Block,
    WebhookTrigger,
    ManualTrigger,
    Nothing,
    Parameter,
    Concurrency,
    RunStep,
    HttpStep,
    PipelineStep,
    SqlStep,
    ModelsStep,
    ComputeMap,
    Call,
    Http,
    RetriesMap,
    SyncStep,
    SyncFile,
    SyncStream,
    SyncColumnsMap,
    SyncTarget,
    FilesMap,
    CsvMap,
    JsonMap,
    ManifestFile,
    ManifestStream,
    SimpleRetriever,
    Component,
    HttpRequester,
    AuthenticatorMap,
    RequestOptionMap,
    ErrorHandlerMap,
    BackoffStrategy,
    ResponseFilter,
    RecordSelector,
    DpathExtractor,
    DefaultPaginator,
    PaginationStrategy,
    DatetimeBasedCursor,
);

/// A step before it is known what it does: the keys of every kind.
pub(crate) struct AnyStep;

impl Shape for AnyStep {
    fn keys() -> &'static [String] {
        static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
            let [run, http, pipeline] = [RunStep::keys(), HttpStep::keys(), PipelineStep::keys()];
            union([run, http, pipeline, SqlStep::keys(), SyncStep::keys(), ModelsStep::keys()])
        });
        &KEYS
    }
}

/// A trigger before it is known of which kind.
pub(crate) struct AnyTrigger;

impl Shape for AnyTrigger {
    fn keys() -> &'static [String] {
        static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
            let [schedule, executions] = [ScheduleTrigger::keys(), ExecutionsTrigger::keys()];
            union([schedule, executions, WebhookTrigger::keys(), ManualTrigger::keys()])
        });
        &KEYS
    }
}

/// A condition or a block of an executions trigger.
pub(crate) struct AnyItem;

impl Shape for AnyItem {
    fn keys() -> &'static [String] {
        static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| union([Condition::keys(), Block::keys()]));
        &KEYS
    }
}

fn union<const N: usize>(keys: [&'static [String]; N]) -> Vec<String> {
    let all: BTreeSet<&String> = keys.into_iter().flatten().collect();
    all.into_iter().cloned().collect()
}

fn keys_of<T: JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T);
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|map| map.keys().cloned()).collect()
}

/// The names of an enum, from its JSON Schema.
pub(crate) fn names_of<T: JsonSchema + 'static>() -> Vec<String> {
    static NAMES: LazyLock<Mutex<HashMap<TypeId, Vec<String>>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    names.entry(TypeId::of::<T>()).or_insert_with(|| enum_names(schemars::schema_for!(T).as_value())).clone()
}

/// schemars writes variants with comments as `oneOf` of constants, the others as `enum`.
fn enum_names(schema: &Value) -> Vec<String> {
    let own = schema
        .get("const")
        .into_iter()
        .chain(schema.get("enum").and_then(Value::as_array).into_iter().flatten());
    let nested = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten().flat_map(enum_names);
    own.filter_map(Value::as_str).map(str::to_owned).chain(nested).collect()
}

/// What is planned but not there yet, so that nobody looks for a typing error.
pub(crate) fn later(key: &str) -> Option<String> {
    const LATER: &[&str] = &["alerts", "connection", "dataset", "image", "locks"];
    LATER.contains(&key).then(|| format!("this version of Polder does not do `{key}` yet"))
}
