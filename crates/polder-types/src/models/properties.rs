//! What stands beside models in YAML: descriptions, settings, tests, and sources.

use std::collections::BTreeMap;

use serde_json::Value;

use super::config::{self, Config};
use super::generic::{Generic, NAMES, Target};
use super::sources::{self, SourceTable};
use crate::definition::{Field, Located, Place, ProblemCode, Reader, Severity, did_you_mean};
use crate::lake::Descriptions;

/// What one file says.
#[derive(Default)]
pub(super) struct Properties<'a> {
    pub(super) described: Vec<Described<'a>>,
    pub(super) sources: Vec<SourceTable<'a>>,
}

/// A model or seed as YAML describes it.
pub(super) struct Described<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) name: Located<String>,
    pub(super) is_seed: bool,
    pub(super) descriptions: Descriptions,
    pub(super) config: Config,
    pub(super) tests: Vec<Found<'a>>,
}

/// A test of a column, where it is asked for.
pub(super) struct Found<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) place: Place,
    pub(super) name: Option<String>,
    pub(super) column: String,
    pub(super) generic: Generic,
    pub(super) config: Config,
}

const TOP: &[&str] = &["version", "models", "seeds", "sources"];
/// What dbt has there too.
const LATER: &[&str] = &[
    "snapshots",
    "exposures",
    "macros",
    "metrics",
    "semantic_models",
    "unit_tests",
    "groups",
    "analyses",
    "saved_queries",
    "data_tests",
];
const KEYS: &[&str] =
    &["name", "description", "columns", "tests", "data_tests", "config", "meta", "docs", "tags"];
const COLUMN_KEYS: &[&str] =
    &["name", "description", "tests", "data_tests", "data_type", "meta", "tags", "quote", "config"];

pub(super) fn read<'a>(field: &Field<'a>) -> Properties<'a> {
    let mut properties = Properties::default();
    for (key, _) in field.entries().unwrap_or_default() {
        if LATER.contains(&key.value) {
            let message = format!("`{}` is not read by this version of Polder", key.value);
            let reader = field.reader;
            reader.report(reader.problem(
                Severity::Warning,
                &key.place,
                ProblemCode::Unsupported,
                message,
                None,
            ));
        }
    }
    field.check_keys(&[TOP, LATER].concat());
    for (key, is_seed) in [("models", false), ("seeds", true)] {
        let items = field.get(key).filter(|field| !field.is_null()).and_then(|field| field.items());
        properties
            .described
            .extend(items.unwrap_or_default().iter().filter_map(|item| described(item, is_seed)));
    }
    let items = field.get("sources").filter(|field| !field.is_null()).and_then(|field| field.items());
    items.unwrap_or_default().iter().for_each(|item| sources::read(item, &mut properties.sources));
    properties
}

fn described<'a>(field: &Field<'a>, is_seed: bool) -> Option<Described<'a>> {
    field.check_keys(KEYS);
    let name = field.require_text("name")?;
    let descriptions = Descriptions { table: description(field), columns: columns(field) };
    let keys = if is_seed { config::OF_SEEDS } else { config::OF_MODELS };
    let mut config = Config::default();
    settings(field.get("config"), &mut config, keys);
    if let Some(tags) = field.get("tags") {
        set(&mut config, "tags", &tags, keys);
    }
    Some(Described { reader: field.reader, name, is_seed, descriptions, config, tests: tests(field) })
}

/// What something is for; an empty text says nothing.
fn description(field: &Field<'_>) -> Option<String> {
    let text = field.get("description")?.scalar_text()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn columns(field: &Field<'_>) -> BTreeMap<String, String> {
    // What is wrong with the list and its names is told where their tests are read.
    let columns = field.get("columns").filter(Field::is_list).and_then(|field| field.items());
    let named = |column: &Field<'_>| Some(column.get("name")?.scalar_text_quietly()?.to_owned());
    let columns = columns.unwrap_or_default().into_iter();
    columns.filter_map(|column| Some((named(&column)?, description(&column)?))).collect()
}

fn settings(field: Option<Field<'_>>, config: &mut Config, keys: &[&str]) {
    for (key, value) in field.and_then(|field| field.entries()).unwrap_or_default() {
        set_at(config, &key, &value, keys);
    }
}

fn set(config: &mut Config, key: &str, value: &Field<'_>, keys: &[&str]) {
    if let Err(wrong) = config.set(key, &value.json(), keys) {
        value.error(wrong.code, wrong.message, wrong.hint);
    }
}

fn set_at(config: &mut Config, key: &Located<&str>, value: &Field<'_>, keys: &[&str]) {
    if let Err(wrong) = config.set(key.value, &value.json(), keys) {
        let place = if wrong.code == ProblemCode::UnknownKey { key.place.clone() } else { value.place() };
        value.reader.error(&place, wrong.code, wrong.message, wrong.hint);
    }
}

/// The tests of a table, and of each of its columns.
pub(super) fn tests<'a>(field: &Field<'a>) -> Vec<Found<'a>> {
    let mut found = of(field, None);
    for column in field.get("columns").and_then(|field| field.items()).unwrap_or_default() {
        column.check_keys(COLUMN_KEYS);
        if let Some(name) = column.require_text("name") {
            found.extend(of(&column, Some(&name.value)));
        }
    }
    found
}

fn of<'a>(field: &Field<'a>, column: Option<&str>) -> Vec<Found<'a>> {
    let lists =
        ["tests", "data_tests"].into_iter().filter_map(|key| field.get(key)).filter(|field| !field.is_null());
    let items = lists.flat_map(|list| list.items().unwrap_or_default());
    items.filter_map(|item| test(&item, column)).collect()
}

/// `unique`, or `accepted_values: {values: […]}`.
fn test<'a>(field: &Field<'a>, column: Option<&str>) -> Option<Found<'a>> {
    if !field.is_map() {
        let name = field.text()?;
        let known = Located { value: name, place: field.place() };
        let generic = generic(&known, None, field)?;
        return finished(field, known.place, generic, column, None, Config::default());
    }
    let entries = field.entries()?;
    let (key, told) = entries.iter().find(|(key, _)| !BESIDE.contains(&key.value))?.clone();
    let mut config = Config::default();
    let mut name = None;
    let mut own_column = None;
    let beside = entries.iter().filter(|(other, _)| other.value != key.value).cloned();
    let within = told.entries_or_none();
    for (key, value) in beside.chain(within) {
        match key.value {
            "name" => name = value.text().map(str::to_owned),
            "column_name" => own_column = value.text().map(str::to_owned),
            "config" => settings(Some(value), &mut config, config::OF_TESTS),
            "severity" | "where" | "tags" | "enabled" | "meta" => {
                set_at(&mut config, &key, &value, config::OF_TESTS)
            }
            _ => {}
        }
    }
    let generic = generic(&key, Some(&told), field)?;
    finished(field, key.place, generic, column.or(own_column.as_deref()), name, config)
}

/// What may stand beside a test's name, or within it.
const BESIDE: &[&str] =
    &["name", "column_name", "config", "severity", "where", "tags", "enabled", "meta", "description"];

fn finished<'a>(
    field: &Field<'a>,
    place: Place,
    generic: Generic,
    column: Option<&str>,
    name: Option<String>,
    config: Config,
) -> Option<Found<'a>> {
    let Some(column) = column else {
        let hint = Some("write it below a column, or add `column_name: …`".to_owned());
        field.reader.error(
            &place,
            ProblemCode::MissingKey,
            format!("`{}` tests a column, and none is named", generic.name()),
            hint,
        );
        return None;
    };
    Some(Found { reader: field.reader, place, name, column: column.to_owned(), generic, config })
}

fn generic(name: &Located<&str>, told: Option<&Field<'_>>, field: &Field<'_>) -> Option<Generic> {
    let own: &[&str] = match name.value {
        "accepted_values" => &["values", "quote"],
        "relationships" => &["to", "field"],
        "unique" | "not_null" => &[],
        _ => return unknown(name, field.reader),
    };
    let told = told.filter(|told| !told.is_null());
    if let Some(told) = told {
        told.check_keys(&[own, BESIDE, &["arguments"]].concat());
    }
    let inner = told.and_then(|told| told.get("arguments")).or_else(|| told.cloned());
    match name.value {
        "unique" => Some(Generic::Unique),
        "not_null" => Some(Generic::NotNull),
        "accepted_values" => accepted(name, inner.as_ref(), field.reader),
        _ => relationship(name, inner.as_ref(), field.reader),
    }
}

fn unknown<T>(name: &Located<&str>, reader: &Reader<'_>) -> Option<T> {
    let hint = did_you_mean(name.value, NAMES).unwrap_or_else(|| {
        format!("there are {}; others are written as a SELECT of bad rows in `tests/`", NAMES.join(", "))
    });
    reader.error(
        &name.place,
        ProblemCode::UnknownName,
        format!("there is no test `{}`", name.value),
        Some(hint),
    );
    None
}

fn missing<T>(name: &Located<&str>, key: &str, reader: &Reader<'_>) -> Option<T> {
    let message = format!("`{}` needs `{key}`", name.value);
    reader.error(&name.place, ProblemCode::MissingKey, message, Some(format!("add `{key}: …` below it")));
    None
}

fn accepted(name: &Located<&str>, told: Option<&Field<'_>>, reader: &Reader<'_>) -> Option<Generic> {
    let Some(values) = told.and_then(|told| told.get("values")) else {
        return missing(name, "values", reader);
    };
    let values: Vec<Value> = values.items()?.iter().map(Field::json).collect();
    if values.is_empty() {
        return missing(name, "values", reader);
    }
    let quote =
        told.and_then(|told| told.get("quote")).is_none_or(|field| field.json() != Value::Bool(false));
    Some(Generic::AcceptedValues { values, quote })
}

fn relationship(name: &Located<&str>, told: Option<&Field<'_>>, reader: &Reader<'_>) -> Option<Generic> {
    let Some(to) = told.and_then(|told| told.get("to")) else { return missing(name, "to", reader) };
    let Some(field) = told.and_then(|told| told.get("field")) else { return missing(name, "field", reader) };
    let Some(target) = target(to.text()?) else {
        let hint = Some("write `to: ref('orders')` or `to: source('raw', 'orders')`".to_owned());
        to.error(ProblemCode::InvalidValue, "this names no table", hint);
        return None;
    };
    Some(Generic::Relationships { to: target, field: field.text()?.to_owned() })
}

/// `ref('orders')`, `source('raw', 'orders')`.
fn target(text: &str) -> Option<Target> {
    let text = text.trim().trim_start_matches("{{").trim_end_matches("}}").trim();
    let (function, rest) = text.split_once('(')?;
    let arguments = rest.trim_end().strip_suffix(')')?.split(',');
    let arguments: Vec<&str> = arguments.map(|argument| argument.trim().trim_matches(['\'', '"'])).collect();
    match (function.trim(), arguments.as_slice()) {
        ("ref", [name]) => Some(Target::Ref((*name).to_owned())),
        ("source", [source, table]) => Some(Target::Source((*source).to_owned(), (*table).to_owned())),
        _ => None,
    }
}
