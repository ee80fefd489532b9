//! Which files a stream reads, and how they are written.

use serde_json::{Map, Value};

use super::super::ProblemCode;
use super::super::reader::{Field, Object, Plain, Shape, shorten};
use super::super::shapes::sync::{Compression, CsvMap, Encoding, FileFormat, FilesMap, JsonMap};
use super::super::texts::Text;
use super::StreamSource;
use crate::template::Quoting;

pub(super) fn read<'a>(field: &Field<'a>, texts: &mut Vec<Text<'a>>) -> Option<StreamSource> {
    if !field.is_map() {
        return Some(StreamSource::Files { path: path(field, texts)?, format: Value::Object(Map::new()) });
    }
    let object = field.object::<FilesMap>()?;
    let path = object.require("path").and_then(|field| path(&field, texts));
    let mut format = Map::new();
    chosen::<FileFormat>(&object, "format", &mut format);
    chosen::<Compression>(&object, "compression", &mut format);
    chosen::<Encoding>(&object, "encoding", &mut format);
    let parts = [("csv", object.get("csv").and_then(|field| csv(&field)))];
    let json = object.get("json").and_then(|field| json(&field));
    for (name, part) in parts.into_iter().chain([("json", json)]) {
        format.extend(part.map(|part| (name.to_owned(), part)));
    }
    Some(StreamSource::Files { path: path?, format: Value::Object(format) })
}

/// Where a key stands that says how files are written, for those who write it beside them.
pub(super) fn belongs_to_files(key: &str) -> Option<String> {
    let has = |keys: &[String]| keys.iter().any(|known| known == key);
    if has(FilesMap::keys()) {
        return Some(format!("it stands with the path: `files: {{path: …, {key}: …}}`"));
    }
    has(CsvMap::keys()).then(|| format!("it stands with the path: `files: {{path: …, csv: {{{key}: …}}}}`"))
}

fn chosen<T: serde::de::DeserializeOwned + schemars::JsonSchema + 'static>(
    object: &Object<'_>,
    key: &'static str,
    format: &mut Map<String, Value>,
) {
    let Some(field) = object.get(key) else { return };
    if field.choice::<T>().is_some() {
        format.insert(key.to_owned(), field.json());
    }
}

fn path<'a>(field: &Field<'a>, texts: &mut Vec<Text<'a>>) -> Option<String> {
    let value = field.text()?;
    if value.trim().is_empty() {
        field.error(ProblemCode::InvalidValue, "there is no path", None);
    }
    if value.starts_with('/') || value.split('/').any(|part| part == "..") {
        let hint = "paths are relative to the folder of polder.yaml; for others write a URL such as s3://bucket/folder/*.csv";
        let message = format!("`{}` is outside of the project", shorten(value));
        field.error(ProblemCode::OutsideProject, message, Some(hint.to_owned()));
    }
    texts.push(Text { field: field.clone(), value, quoting: Quoting::None, has_secrets: false });
    Some(value.to_owned())
}

fn csv(field: &Field<'_>) -> Option<Value> {
    let object = field.object::<CsvMap>()?;
    let mut csv = Map::new();
    for key in ["delimiter", "quote", "escape", "comment"] {
        let Some(field) = object.get_or_null(key) else { continue };
        if field.is_null() || character(&field) {
            csv.insert(key.to_owned(), field.json());
        }
    }
    if let Some(field) = object.get("header") {
        match field.plain() {
            Some(Plain::Boolean(header)) => drop(csv.insert("header".to_owned(), header.into())),
            _ => field.error(ProblemCode::WrongType, "expected true or false", None),
        }
    }
    if let Some(items) = object.get("null").and_then(|field| field.items()) {
        let texts = items.iter().filter_map(|item| item.scalar_text()).collect();
        csv.insert("null".to_owned(), texts);
    }
    Some(Value::Object(csv))
}

/// Whether it is one character of ASCII.
fn character(field: &Field<'_>) -> bool {
    let Some(text) = field.text() else { return false };
    let is_one = text.len() == 1 && text.is_ascii();
    if !is_one {
        let hint = Some("for a tab write \"\\t\", in double quotes".to_owned());
        let message = format!("`{}` is not one ASCII character", shorten(text));
        field.error(ProblemCode::InvalidValue, message, hint);
    }
    is_one
}

fn json(field: &Field<'_>) -> Option<Value> {
    let object = field.object::<JsonMap>()?;
    let path = object.get("path").and_then(|field| field.text().map(str::to_owned));
    Some(serde_json::json!({"path": path.unwrap_or_default()}))
}
