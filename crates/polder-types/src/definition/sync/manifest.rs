//! Reads connectors: the part of Airbyte's declarative manifests that Polder does. What it does not do is an error, never passed over.

use std::collections::BTreeMap;

use super::super::ProblemCode;
use super::super::nearest::did_you_mean;
use super::super::reader::{Field, Located, Object, Reader};
use super::super::shapes::connector::{
    Component, DatetimeBasedCursor, DefaultPaginator, DpathExtractor, ManifestFile, ManifestStream,
    PaginationStrategy, RecordSelector, RequestOptionMap, SimpleRetriever,
};
use super::super::tree::Node;
use super::connector::{DatetimeCursor, HttpStream, Paginator, RequestOption, Strategy};
use super::parts::{component, names, seconds, template};
use super::references;

mod requester;

/// A connector that is being read.
#[derive(Default)]
pub(crate) struct Connector {
    /// None of those in which something is wrong, which is told.
    streams: BTreeMap<String, Option<ConnectorStream>>,
}

#[derive(Clone)]
pub(super) struct ConnectorStream {
    pub(super) primary_key: Vec<String>,
    pub(super) http: HttpStream,
}

impl Connector {
    pub(super) fn stream(&self, name: &str) -> Option<Option<&ConnectorStream>> {
        self.streams.get(name).map(Option::as_ref)
    }

    /// The nearest name of a stream, or all of them.
    pub(super) fn hint(&self, name: &str) -> String {
        let names = self.streams.keys().map(String::as_str);
        let all = || format!("its streams are {}", names.clone().collect::<Vec<_>>().join(", "));
        did_you_mean(name, names.clone()).unwrap_or_else(all)
    }
}

/// The connector of a file; `None` if nothing of it can be read, which is told.
pub(crate) fn read(reader: &Reader<'_>, root: &Node) -> Option<Connector> {
    let resolved = references::resolve(reader, root);
    let field = Field { reader, node: &resolved, path: String::new() };
    let object = field.object::<ManifestFile>()?;
    object.ignore();
    component(&object, &["DeclarativeSource"]);
    let mut connector = Connector::default();
    for item in object.require("streams")?.items()? {
        if let Some((name, stream)) = stream(&item) {
            if connector.streams.contains_key(&name.value) {
                let message = format!("a stream `{}` is already in this file", name.value);
                reader.error(&name.place, ProblemCode::DuplicateName, message, None);
            }
            connector.streams.insert(name.value, stream);
        }
    }
    Some(connector)
}

fn stream(field: &Field<'_>) -> Option<(Located<String>, Option<ConnectorStream>)> {
    let object = field.object::<ManifestStream>()?;
    object.ignore();
    component(&object, &["DeclarativeStream"]);
    let name = object.require("name").and_then(|field| Some(field.located(field.text()?.to_owned())));
    let primary_key = object.get("primary_key").map(|field| names(&field)).unwrap_or_default();
    let cursor = object.get("incremental_sync").and_then(|field| cursor(&field));
    let http = object.require("retriever").and_then(|field| retriever(&field, cursor));
    Some((name?, http.map(|http| ConnectorStream { primary_key, http })))
}

fn retriever(field: &Field<'_>, cursor: Option<DatetimeCursor>) -> Option<HttpStream> {
    let object = field.object::<SimpleRetriever>()?;
    component(&object, &["SimpleRetriever"]);
    if let Some(decoder) = object.get("decoder").and_then(|field| field.object::<Component>()) {
        component(&decoder, &["JsonDecoder"]);
    }
    let requester = object.require("requester").and_then(|field| requester::read(&field));
    let records = object.get("record_selector").and_then(|field| records(&field)).unwrap_or_default();
    let paginator = object.get("paginator").and_then(|field| paginator(&field));
    Some(HttpStream { requester: requester?, records, paginator, cursor })
}

fn records(field: &Field<'_>) -> Option<Vec<String>> {
    let selector = field.object::<RecordSelector>()?;
    component(&selector, &["RecordSelector"]);
    let object = selector.get("extractor")?.object::<DpathExtractor>()?;
    component(&object, &["DpathExtractor"]);
    let path = object.require("field_path")?;
    for part in path.items()? {
        if part.scalar_text().is_some_and(|text| text.contains('*')) {
            part.error(ProblemCode::Unsupported, "patterns in the way to records are not done yet", None);
        }
    }
    Some(path.items()?.iter().filter_map(|part| template(part)).collect())
}

/// Where something goes in a request; none for the path of the next page.
fn option(field: &Field<'_>) -> Option<RequestOption> {
    let object = field.object::<RequestOptionMap>()?;
    let is_path = component(&object, &["RequestOption", "RequestPath"]).as_deref() == Some("RequestPath");
    if is_path {
        object.ignore();
        return None;
    }
    let place = object.require("inject_into").and_then(|field| field.choice());
    let name = object.require("field_name").and_then(|field| template(&field));
    Some(RequestOption { place: place?, name: name? })
}

fn paginator(field: &Field<'_>) -> Option<Paginator> {
    let object = field.object::<DefaultPaginator>()?;
    if component(&object, &["DefaultPaginator", "NoPagination"]).as_deref() == Some("NoPagination") {
        object.ignore();
        return None;
    }
    let strategy = object.require("pagination_strategy").and_then(|field| strategy(&field));
    let token = object.get("page_token_option").and_then(|field| option(&field));
    let size = object.get("page_size_option").and_then(|field| option(&field));
    if size.is_some() && strategy.as_ref().is_some_and(|strategy| strategy.size().is_none()) {
        let message = "`page_size_option` is there, and the strategy has no `page_size`";
        field.error(ProblemCode::Conflict, message, Some("add `page_size: 100` to it".to_owned()));
    }
    Some(Paginator { strategy: strategy?, token, size })
}

const STRATEGIES: [&str; 3] = ["PageIncrement", "OffsetIncrement", "CursorPagination"];

fn strategy(field: &Field<'_>) -> Option<Strategy> {
    let object = field.object::<PaginationStrategy>()?;
    let kind = component(&object, &STRATEGIES);
    if kind.is_none() {
        object.require("type");
    }
    let size = object.get("page_size").and_then(|field| field.integer(1..=1_000_000));
    let size = size.and_then(|size| u64::try_from(size).ok());
    let first = object.get("start_from_page").and_then(|field| field.integer(0..=1_000_000)).unwrap_or(0);
    let on_first = object.get("inject_on_first_request").is_some_and(|field| is_true(&field));
    let stop = object.get("stop_condition").and_then(|field| template(&field));
    let value = object.get("cursor_value");
    match kind?.as_str() {
        "PageIncrement" => Some(Strategy::Page { first, size, on_first }),
        "OffsetIncrement" => Some(Strategy::Offset { size, on_first }),
        "CursorPagination" => cursor_strategy(&object, value.as_ref(), stop, size),
        _ => None,
    }
}

fn cursor_strategy(
    object: &Object<'_>,
    value: Option<&Field<'_>>,
    stop: Option<String>,
    size: Option<u64>,
) -> Option<Strategy> {
    if value.is_none() {
        object.require("cursor_value");
    }
    Some(Strategy::Cursor { value: template(value?)?, stop, size })
}

fn is_true(field: &Field<'_>) -> bool {
    field.json() == serde_json::Value::Bool(true)
}

fn cursor(field: &Field<'_>) -> Option<DatetimeCursor> {
    let object = field.object::<DatetimeBasedCursor>()?;
    component(&object, &["DatetimeBasedCursor"]);
    let text = |key| object.require(key).and_then(|field| template(&field));
    let (name, format, start) = (text("cursor_field"), text("datetime_format"), text("start_datetime"));
    let span = |key| object.get(key).and_then(|field| seconds(&field));
    Some(DatetimeCursor {
        end: object.get("end_datetime").and_then(|field| template(&field)),
        record_formats: object.get("cursor_datetime_formats").map(|field| names(&field)).unwrap_or_default(),
        start_option: object.get("start_time_option").and_then(|field| option(&field)),
        end_option: object.get("end_time_option").and_then(|field| option(&field)),
        step_seconds: span("step"),
        granularity_seconds: span("cursor_granularity"),
        lookback_seconds: span("lookback_window").unwrap_or_default(),
        field: name?,
        format: format?,
        start: start?,
    })
}
