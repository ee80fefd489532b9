//! A stream of an HTTP API as Airbyte's declarative manifests describe it, as far as Polder does it. Texts may have Airbyte's templates,
//! which are filled in for each request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpStream {
    pub requester: Requester,
    /// The keys that lead to the records of a page; none if the page is the list of them, or one.
    pub records: Vec<String>,
    pub paginator: Option<Paginator>,
    pub cursor: Option<DatetimeCursor>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requester {
    pub method: String,
    pub url_base: String,
    pub path: String,
    pub parameters: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    /// A JSON value whose strings are templates.
    pub body: Option<Value>,
    pub authenticator: Option<Authenticator>,
    pub errors: ErrorHandler,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authenticator {
    Bearer { token: String },
    ApiKey { token: String, into: RequestOption },
    Basic { username: String, password: String },
}

/// Where a value goes in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestOption {
    pub place: Place,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    RequestParameter,
    Header,
    BodyJson,
}

/// What is done about answers that are no success. What is not said: 429 and 5xx are tried again, all others fail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorHandler {
    /// Tries after the first; five if nothing is said.
    pub max_retries: Option<u32>,
    /// Seconds between tries, instead of twice as long each time.
    pub constant_seconds: Option<f64>,
    /// Doubled with each try.
    pub factor_seconds: Option<f64>,
    /// A header that says how many seconds to wait, instead of `Retry-After`.
    pub wait_header: Option<String>,
    pub filters: Vec<Filter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub codes: Vec<u16>,
    pub action: Action,
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    Retry,
    Fail,
    /// The page is taken to be empty.
    Ignore,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paginator {
    pub strategy: Strategy,
    /// Where the token of a page goes; none: it is the path of the next page.
    pub token: Option<RequestOption>,
    pub size: Option<RequestOption>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    Page { first: i64, size: Option<u64>, on_first: bool },
    Offset { size: Option<u64>, on_first: bool },
    Cursor { value: String, stop: Option<String>, size: Option<u64> },
}

impl Strategy {
    /// Records on a page that is full.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        match self {
            Self::Page { size, .. } | Self::Offset { size, .. } | Self::Cursor { size, .. } => *size,
        }
    }
}

/// A column of times by which an API tells what is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatetimeCursor {
    pub field: String,
    /// Of times in requests; `strftime`'s, and `%ms` for milliseconds since 1970.
    pub format: String,
    /// Of times in records, each tried in turn; empty: the same.
    pub record_formats: Vec<String>,
    pub start: String,
    /// Now, if nothing is said.
    pub end: Option<String>,
    pub start_option: Option<RequestOption>,
    pub end_option: Option<RequestOption>,
    /// Seconds of one request; none: all at once.
    pub step_seconds: Option<u64>,
    /// Seconds by which times in requests differ at least.
    pub granularity_seconds: Option<u64>,
    /// Seconds that are read again each time.
    pub lookback_seconds: u64,
}
