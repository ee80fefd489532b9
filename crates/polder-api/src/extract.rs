//! What handlers take from a request. Axum's own extractors, but what does not fit becomes a problem with a code.
//!
//! A body is an object: serde would read a list into one by position, and nobody means that.

mod words;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use polder_types::definition::did_you_mean;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::{Error, Result};

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that may be left out.
#[derive(Debug)]
pub(crate) struct OptionalJson<T>(pub(crate) T);

/// Any JSON, or nothing.
#[derive(Debug)]
pub(crate) struct AnyJson(pub(crate) serde_json::Value);

/// A JSON body with secrets in it: what is wrong with it is told without any word of it.
#[derive(Debug)]
pub(crate) struct PrivateJson<T>(pub(crate) T);

/// A JSON body from an agent: what programs wrote may hold anything.
#[derive(Debug)]
pub(crate) struct Report<T>(pub(crate) T);

/// A body as it is.
#[derive(Debug)]
pub(crate) struct Raw(pub(crate) Bytes);

#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let body = json_bytes(request, state).await?;
        refuse_zero(&body)?;
        object(&body).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Report<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        object(&json_bytes(request, state).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let body = json_bytes(request, state).await?;
        refuse_zero(&body)?;
        if body.trim_ascii().is_empty() { Ok(Self(T::default())) } else { object(&body).map(Self) }
    }
}

impl<S: Send + Sync> FromRequest<S> for AnyJson {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let body = json_bytes(request, state).await?;
        refuse_zero(&body)?;
        let nothing = body.trim_ascii().is_empty();
        if nothing { Ok(Self(serde_json::Value::Null)) } else { parse(&body).map(Self) }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PrivateJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let body = json_bytes(request, state).await?;
        refuse_zero(&body)?;
        require_object(&body)?;
        serde_json::from_slice(&body).map(Self).map_err(|error| without_values(&error))
    }
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        bytes(request, state).await.map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        refuse_zero_in(parts.uri.path())?;
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|error| misread(&error.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        refuse_zero_in(query)?;
        let joined = join_repeated(query);
        let uri = Uri::builder().path_and_query(format!("/?{joined}")).build();
        let uri = uri.map_err(|_| Error::bad_request("the query is not what a URL may hold"))?;
        let query = axum::extract::Query::try_from_uri(&uri);
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|error| misread(&error.body_text()))
    }
}

/// No text of a database can hold U+0000.
fn refuse_zero(body: &[u8]) -> Result<()> {
    let escaped =
        |start: usize| body[..start].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let mut digits = body.windows(5).enumerate().filter(|(_, window)| *window == b"u0000");
    if digits.any(|(start, _)| escaped(start)) { Err(zero()) } else { Ok(()) }
}

fn refuse_zero_in(encoded: &str) -> Result<()> {
    if encoded.contains("%00") { Err(zero()) } else { Ok(()) }
}

fn zero() -> Error {
    Error::bad_request("the request holds the character U+0000, which no text may")
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    let limit = request.extensions().get::<BodyLimit>().map_or(crate::limits::JSON_BODY, |limit| limit.0);
    Bytes::from_request(request, state).await.map_err(|error| match error {
        BytesRejection::FailedToBufferBody(inner)
            if inner.status() == http::StatusCode::PAYLOAD_TOO_LARGE =>
        {
            Error::TooLarge { what: "the body", limit }
        }
        other => Error::bad_request(other.body_text()),
    })
}

/// How large the body of a route may be, put beside axum's own limit so that the error can say it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit(pub(crate) usize);

/// A body that is JSON. `curl -d` calls everything a form; what says that it is something else is refused.
async fn json_bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    let kind = request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?").to_owned());
    let body = bytes(request, state).await?;
    match kind {
        Some(kind) if !body.is_empty() && !is_read(&kind) => Err(Error::UnsupportedMediaType(kind)),
        _ => Ok(body),
    }
}

fn is_read(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "" | "application/json" | "text/json" | "application/x-www-form-urlencoded")
        || essence.ends_with("+json")
}

fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    require_object(body)?;
    parse(body)
}

fn require_object(body: &[u8]) -> Result<()> {
    let what = match body.trim_ascii().first() {
        None => "the request has no body",
        Some(b'[') => "the body is a list",
        Some(b'"') => "the body is a text",
        Some(b'0'..=b'9' | b'-' | b't' | b'f' | b'n') => "the body is a single value",
        _ => return Ok(()),
    };
    Err(Error::BadRequest { detail: what.to_owned(), hint: Some("send a JSON object".to_owned()) })
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        let words::Said { what, hint } = words::said(&error.to_string());
        let detail = match error.classify() {
            Category::Data => format!("the body is not what is expected: {what}"),
            _ => format!("the body is not JSON: {what}"),
        };
        Error::BadRequest { detail, hint }
    })
}

/// What axum says of a path or a query: an introduction, the parameter, and what its parser says.
fn misread(text: &str) -> Error {
    let text = text.split_once(": ").map_or(text, |(_, rest)| rest);
    let (place, message) = match text.split_once(": ") {
        Some((place, message)) if !text.starts_with("unknown") && !text.starts_with("invalid") => {
            (format!("{}: ", place.strip_prefix("Cannot parse ").unwrap_or(place)), message)
        }
        _ => (String::new(), text),
    };
    let words::Said { what, hint } = words::said(message);
    Error::BadRequest { detail: format!("{place}{what}"), hint }
}

/// A parameter that is given several times is one list. Which ones may be is looked at before (`strict.rs`).
fn join_repeated(query: &str) -> String {
    let mut joined: Vec<(&str, String)> = Vec::new();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    for (name, value) in pairs {
        match joined.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push_str(&format!(",{value}")),
            None => joined.push((name, value.to_owned())),
        }
    }
    joined.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// What is wrong with a body, by place and expectation only. Serde's own sentences quote values.
fn without_values(error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let mut hint = None;
    let what = match error.classify() {
        Category::Data if text.starts_with("missing field") => {
            text.split(" at line").next().unwrap_or("a field is missing").to_owned()
        }
        Category::Data => {
            words::unknown(&text).map_or("a value has the wrong type".to_owned(), |(name, known)| {
                hint = did_you_mean(name, known.iter().copied());
                format!("a field is not known; known: {}", known.join(", "))
            })
        }
        _ => "it is not JSON".to_owned(),
    };
    let (line, column) = (error.line(), error.column());
    let detail = format!(
        "the body is not what is expected: {what} (line {line}, column {column}; not shown, as it holds secrets)"
    );
    Error::BadRequest { detail, hint }
}

#[cfg(test)]
mod tests {
    use polder_types::wire::{RegisterJob, SetSecret};

    use super::*;

    #[test]
    fn a_body_with_secrets_is_never_quoted() {
        let secret = "hunter2";
        for body in [
            r#"{"value": ["hunter2"]}"#,
            r#"{"value": 1, "hunter2": 2}"#,
            r#"{"value": hunter2}"#,
            r#""hunter2""#,
            r#"{"hunter2": "hunter2"}"#,
            r#"{"value": "hunter2""#,
        ] {
            let error = serde_json::from_str::<SetSecret>(body).unwrap_err();
            assert!(!without_values(&error).to_string().contains(secret), "{body}");
        }
        let body = r#"{"team": "a", "name": "b", "run": "true", "secret_values": {"x": {"hunter2": 1}}}"#;
        let error = serde_json::from_str::<RegisterJob>(body).unwrap_err();
        assert!(!without_values(&error).to_string().contains(secret));
    }

    #[test]
    fn zero_characters_are_found_and_nothing_else() {
        for refused in [r#"{"a": "\u0000"}"#, r#"{"a": "\\\u0000"}"#, r#""x\u0000""#] {
            assert!(refuse_zero(refused.as_bytes()).is_err(), "{refused}");
        }
        for fine in [r#"{"a": "\\u0000"}"#, r#"{"a": "u0000"}"#, r#"{"a": "\u0001"}"#, ""] {
            assert!(refuse_zero(fine.as_bytes()).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = serde_json::from_str::<SetSecret>("{}").unwrap_err();
        assert!(without_values(&error).to_string().contains("missing field `value`"));
    }
}
