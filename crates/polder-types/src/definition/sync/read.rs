//! Reads the files of syncs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::reader::{Field, Object, shorten};
use super::super::shapes::sync::{SyncColumnsMap, SyncFile, SyncStream, SyncTarget};
use super::super::steps::compute;
use super::super::texts::{self, Text};
use super::super::values::names_hint;
use super::super::{ProblemCode, is_name, values};
use super::manifest::{Connector, ConnectorStream};
use super::parts::names;
use super::{Stream, StreamSource, Sync, SyncColumns, files, modes};
use crate::lake::{SchemaName, TableName};
use crate::template::Quoting;

/// Where tables go if nothing is said.
const SCHEMA: &str = "raw";

/// A sync that is being read.
pub(crate) struct Draft<'a> {
    pub(crate) sync: Sync,
    pub(crate) secrets: BTreeMap<String, String>,
    /// Its templates, which are checked with those of the steps that run it.
    pub(crate) texts: Vec<Text<'a>>,
}

/// What streams need to know of the rest of their file.
struct Around<'c> {
    connector: Option<&'c Connector>,
    /// A connector is named that is not there, which is told once.
    is_lost: bool,
    has_salt: bool,
    schema: String,
    prefix: String,
}

/// Reads the sync of a file that is called `name`.
pub(crate) fn read<'a>(
    field: &Field<'a>,
    name: &str,
    connectors: &BTreeMap<String, Connector>,
) -> Option<Draft<'a>> {
    let object = field.object::<SyncFile>()?;
    check_name(&object, name);
    let mut texts = Vec::new();
    object.get("description").map(|field| field.text());
    let named = object.get("connector");
    let connector = named.as_ref().and_then(|field| connector(field, connectors));
    let is_lost = named.is_some() && connector.is_none();
    let secrets = object.get("secrets").map(|field| values::secrets(&field)).unwrap_or_default();
    let config = config(object.get("config"), &mut texts);
    let salt = object.get("salt").and_then(|field| secret_text(&field, &mut texts));
    let into = object.get("into").and_then(|field| target(&field));
    let (schema, prefix) = into.unwrap_or_else(|| (SCHEMA.to_owned(), String::new()));
    let around = Around { connector, is_lost, has_salt: salt.is_some(), schema, prefix };
    let streams = object.require("streams").and_then(|field| streams(&field, &around, &mut texts));
    let sync = Sync {
        name: name.to_owned(),
        streams: streams.unwrap_or_default(),
        on_schema_change: object.get("on_schema_change").and_then(|field| field.choice()).unwrap_or_default(),
        salt,
        config,
        compute: object.get("compute").map(|field| compute(&field)).unwrap_or_default(),
    };
    Some(Draft { sync, secrets, texts })
}

fn check_name(object: &Object<'_>, name: &str) {
    let Some(field) = object.get("name") else {
        if !is_name(name) {
            let message = format!("`{}` is not a valid name", shorten(name));
            let hint = Some("rename the file: lower-case letters, digits, `-` and `_`".to_owned());
            object.field.error(ProblemCode::InvalidName, message, hint);
        }
        return;
    };
    let Some(given) = values::name(&field).filter(|given| given.value != name) else { return };
    let message = format!("the file is called `{name}.yaml`, and the sync `{}`", shorten(&given.value));
    let hint = Some(format!("write `name: {name}`, or leave it out"));
    field.error(ProblemCode::Conflict, message, hint);
}

fn connector<'c>(field: &Field<'_>, known: &'c BTreeMap<String, Connector>) -> Option<&'c Connector> {
    let name = field.text()?;
    let found = known.get(name);
    if found.is_none() {
        let message = format!("there is no connector `{}`", shorten(name));
        let hint = names_hint(name, known.keys().map(String::as_str))
            .unwrap_or_else(|| format!("write one to `connectors/{name}.yaml`"));
        field.error(ProblemCode::UnknownName, message, Some(hint));
    }
    found
}

fn config<'a>(field: Option<Field<'a>>, texts: &mut Vec<Text<'a>>) -> BTreeMap<String, serde_json::Value> {
    let all = |(field, value)| Text { field, value, quoting: Quoting::None, has_secrets: true };
    texts.extend(field.iter().flat_map(texts::within).map(all));
    let entries = field.and_then(|field| field.entries()).unwrap_or_default();
    entries.into_iter().map(|(key, field)| (key.value.to_owned(), field.json())).collect()
}

fn secret_text<'a>(field: &Field<'a>, texts: &mut Vec<Text<'a>>) -> Option<String> {
    let value = field.text()?;
    if !value.contains("{{") {
        let hint =
            Some("write `salt: \"{{ secrets.SALT }}\"`, and name the secret under `secrets`".to_owned());
        field.error(ProblemCode::InvalidValue, "a salt that stands in a file is no secret", hint);
    }
    texts.push(Text { field: field.clone(), value, quoting: Quoting::None, has_secrets: true });
    Some(value.to_owned())
}

fn target(field: &Field<'_>) -> Option<(String, String)> {
    let object = field.object::<SyncTarget>()?;
    let schema = object.get("schema").and_then(|field| {
        let text = field.text()?;
        if let Err(error) = SchemaName::new(text) {
            field.error(ProblemCode::InvalidName, error.to_string(), None);
            return None;
        }
        Some(text.to_owned())
    });
    let prefix = object.get("prefix").and_then(|field| field.text().map(str::to_owned));
    Some((schema.unwrap_or_else(|| SCHEMA.to_owned()), prefix.unwrap_or_default()))
}

fn streams<'a>(field: &Field<'a>, around: &Around<'_>, texts: &mut Vec<Text<'a>>) -> Option<Vec<Stream>> {
    let items = field.items()?;
    if items.is_empty() {
        field.error(ProblemCode::InvalidValue, "a sync has one stream at least", None);
    }
    let mut seen = BTreeSet::new();
    let mut streams = Vec::new();
    for item in items {
        let Some(stream) = stream(&item, around, texts) else { continue };
        if !seen.insert(stream.table.key()) {
            let message = format!("another stream goes to {} too", stream.table);
            item.error(ProblemCode::DuplicateName, message, Some("name one of them otherwise".to_owned()));
        }
        streams.push(stream);
    }
    Some(streams)
}

fn stream<'a>(field: &Field<'a>, around: &Around<'_>, texts: &mut Vec<Text<'a>>) -> Option<Stream> {
    let object = field.object_hinting::<SyncStream>(files::belongs_to_files)?;
    let name_field = object.require("name");
    let table = name_field.as_ref().and_then(|field| table(field, around));
    let mode = object.get("mode").and_then(|field| field.choice()).unwrap_or_default();
    let columns =
        object.get("columns").and_then(|field| columns(&field, around.has_salt)).unwrap_or_default();
    let cursor = object.get("cursor").and_then(|field| field.text().map(str::to_owned));
    let key = object.get("primary_key").map(|field| names(&field));
    let files = object.get("files");
    let read = files.as_ref().map(|field| files::read(field, texts));
    let name = name_field?.text()?;
    let told = match read {
        Some(source) => (source?, Vec::new()),
        None => from_connector(&object.field, name, around)?,
    };
    let (source, own_key) = told;
    let cursor = cursor.or_else(|| cursor_of(&source));
    let primary_key = key.unwrap_or(own_key);
    modes::check(&object.field, mode, &source, &primary_key);
    Some(Stream { name: name.to_owned(), table: table?, mode, cursor, primary_key, columns, source })
}

fn table(field: &Field<'_>, around: &Around<'_>) -> Option<TableName> {
    let name = format!("{}{}", around.prefix, field.text()?);
    if name.to_ascii_lowercase().ends_with(TableName::REJECTED) {
        let message = format!(
            "tables that end in `{}` are for the rows of others that do not fit",
            TableName::REJECTED
        );
        field.error(ProblemCode::InvalidName, message, Some("name the stream otherwise".to_owned()));
        return None;
    }
    match TableName::new(&around.schema, &name) {
        Ok(table) => Some(table),
        Err(error) => {
            field.error(ProblemCode::InvalidName, error.to_string(), None);
            None
        }
    }
}

fn from_connector(field: &Field<'_>, name: &str, around: &Around<'_>) -> Option<(StreamSource, Vec<String>)> {
    if around.is_lost {
        return None;
    }
    let Some(connector) = around.connector else {
        let hint = "add `files: data/*.csv`, or a `connector` to the sync".to_owned();
        field.error(ProblemCode::MissingKey, "nothing says where the stream comes from", Some(hint));
        return None;
    };
    let Some(stream) = connector.stream(name) else {
        let message = format!("the connector has no stream `{}`", shorten(name));
        field.error(ProblemCode::UnknownName, message, Some(connector.hint(name)));
        return None;
    };
    let ConnectorStream { primary_key, http } = stream?;
    Some((StreamSource::Http(Box::new(http.clone())), primary_key.clone()))
}

fn cursor_of(source: &StreamSource) -> Option<String> {
    match source {
        StreamSource::Http(http) => http.cursor.as_ref().map(|cursor| cursor.field.clone()),
        StreamSource::Files { .. } => None,
    }
}

fn columns(field: &Field<'_>, has_salt: bool) -> Option<SyncColumns> {
    let object = field.object::<SyncColumnsMap>()?;
    let list = |key| object.get(key).map(|field: Field<'_>| names(&field)).unwrap_or_default();
    let (exclude, hash) = (list("exclude"), list("hash"));
    if !hash.is_empty() && !has_salt {
        let hint = "add `salt: \"{{ secrets.SALT }}\"` and `secrets: {SALT: name-of-the-secret}` to the sync";
        let message = "hashes without a secret salt can be turned back by trying";
        field.error(ProblemCode::MissingKey, message, Some(hint.to_owned()));
    }
    let types = object.get("types").map(|field| values::texts(&field)).unwrap_or_default();
    let types =
        types.into_iter().filter_map(|(key, field)| Some((key.value.to_owned(), column_type(&field)?)));
    Some(SyncColumns { exclude, hash, types: types.collect() })
}

const TYPES: [&str; 8] = ["boolean", "bigint", "double", "date", "timestamp", "timestamptz", "text", "json"];

fn column_type(field: &Field<'_>) -> Option<String> {
    let text = field.scalar_text()?;
    let lower = text.trim().to_ascii_lowercase();
    if !TYPES.contains(&lower.as_str()) && !is_decimal(&lower) {
        let hint = super::super::nearest::did_you_mean(&lower, TYPES)
            .unwrap_or_else(|| format!("there are {} and decimal(12,2)", TYPES.join(", ")));
        field.error(ProblemCode::InvalidValue, format!("`{}` is not a type", shorten(text)), Some(hint));
    }
    Some(lower)
}

fn is_decimal(text: &str) -> bool {
    let arguments = text.strip_prefix("decimal").map(str::trim);
    let arguments = arguments.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
    let Some(arguments) = arguments else { return false };
    let (digits, scale) = arguments.split_once(',').unwrap_or((arguments, "0"));
    let number = |text: &str| text.trim().parse::<u8>().ok();
    let (digits, scale) = (number(digits), number(scale));
    digits.zip(scale).is_some_and(|(digits, scale)| (1..=38).contains(&digits) && scale <= digits)
}
