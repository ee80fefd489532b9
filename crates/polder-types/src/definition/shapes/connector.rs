//! The form of connectors: what Polder reads of Airbyte's declarative manifests.
#![expect(dead_code, reason = "the fields are read by the derived JSON Schema only")]

use schemars::JsonSchema;
use serde_json::Value;

use super::{Map, OneOrMany, Scalar};
use crate::definition::sync::connector::{Action, Place};

/// A file in `connectors/`: a declarative manifest as Airbyte has it.
#[derive(JsonSchema)]
#[schemars(title = "A connector", deny_unknown_fields)]
pub(crate) struct ManifestFile {
    version: Option<Scalar>,
    r#type: Option<String>,
    description: Option<String>,
    check: Option<Value>,
    definitions: Option<Map<Value>>,
    #[schemars(length(min = 1))]
    streams: Vec<ManifestStream>,
    spec: Option<Value>,
    schemas: Option<Value>,
    metadata: Option<Value>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ManifestStream {
    r#type: Option<String>,
    name: String,
    primary_key: Option<OneOrMany<String>>,
    retriever: SimpleRetriever,
    incremental_sync: Option<DatetimeBasedCursor>,
    /// Not used: Polder finds types by its own rules.
    schema_loader: Option<Value>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SimpleRetriever {
    r#type: Option<String>,
    requester: HttpRequester,
    record_selector: Option<RecordSelector>,
    paginator: Option<DefaultPaginator>,
    decoder: Option<Component>,
}

/// A component of which only the type matters.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Component {
    r#type: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct HttpRequester {
    r#type: Option<String>,
    url_base: Option<String>,
    path: Option<String>,
    /// Both in one.
    url: Option<String>,
    http_method: Option<HttpMethod>,
    request_parameters: Option<Map<Scalar>>,
    request_headers: Option<Map<Scalar>>,
    request_body_json: Option<Value>,
    authenticator: Option<AuthenticatorMap>,
    error_handler: Option<ErrorHandlerMap>,
}

#[derive(JsonSchema, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum HttpMethod {
    Get,
    Post,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct AuthenticatorMap {
    r#type: String,
    api_token: Option<String>,
    header: Option<String>,
    inject_into: Option<RequestOptionMap>,
    username: Option<String>,
    password: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RequestOptionMap {
    r#type: Option<String>,
    inject_into: Option<Place>,
    field_name: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ErrorHandlerMap {
    r#type: Option<String>,
    max_retries: Option<u32>,
    backoff_strategies: Option<Vec<BackoffStrategy>>,
    response_filters: Option<Vec<ResponseFilter>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct BackoffStrategy {
    r#type: String,
    header: Option<String>,
    backoff_time_in_seconds: Option<f64>,
    factor: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ResponseFilter {
    r#type: Option<String>,
    http_codes: Vec<u16>,
    action: Action,
    error_message: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct RecordSelector {
    r#type: Option<String>,
    extractor: Option<DpathExtractor>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct DpathExtractor {
    r#type: Option<String>,
    field_path: Vec<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct DefaultPaginator {
    r#type: Option<String>,
    pagination_strategy: Option<PaginationStrategy>,
    page_token_option: Option<RequestOptionMap>,
    page_size_option: Option<RequestOptionMap>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct PaginationStrategy {
    r#type: String,
    page_size: Option<u64>,
    start_from_page: Option<i64>,
    inject_on_first_request: Option<bool>,
    cursor_value: Option<String>,
    stop_condition: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct DatetimeBasedCursor {
    r#type: Option<String>,
    cursor_field: String,
    datetime_format: String,
    cursor_datetime_formats: Option<Vec<String>>,
    start_datetime: String,
    end_datetime: Option<String>,
    start_time_option: Option<RequestOptionMap>,
    end_time_option: Option<RequestOptionMap>,
    /// `P1D`, `PT1H`: how much of the time one request is about.
    step: Option<String>,
    cursor_granularity: Option<String>,
    lookback_window: Option<String>,
}
