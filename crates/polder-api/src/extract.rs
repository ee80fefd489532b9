//! What handlers take from a request. Axum's own extractors, but what does not fit becomes a problem with a code.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// A JSON body. The type of content is not looked at: `curl -d` calls everything a form.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that may be left out.
#[derive(Debug)]
pub(crate) struct OptionalJson<T>(pub(crate) T);

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
        let body = bytes(request, state).await?;
        refuse_zero(&body)?;
        parse(&body).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Report<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        parse(&bytes(request, state).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let body = bytes(request, state).await?;
        refuse_zero(&body)?;
        if body.trim_ascii().is_empty() { Ok(Self(T::default())) } else { parse(&body).map(Self) }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PrivateJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let body = bytes(request, state).await?;
        refuse_zero(&body)?;
        serde_json::from_slice(&body).map(Self).map_err(|error| Error::bad_request(without_values(&error)))
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
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|error| Error::bad_request(error.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        refuse_zero_in(parts.uri.query().unwrap_or_default())?;
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|error| Error::bad_request(error.body_text()))
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

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        let hint = (error.is_eof() && body.is_empty()).then_some("send a JSON object");
        Error::BadRequest { detail: format!("the body is not what is expected: {error}"), hint }
    })
}

/// What is wrong with a body, by place and expectation only. Serde's own sentences quote values.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = match error.classify() {
        serde_json::error::Category::Data if text.starts_with("missing field") => {
            text.split(" at line").next().unwrap_or("a field is missing").to_owned()
        }
        serde_json::error::Category::Data if text.starts_with("unknown field") => {
            "a field is not known".to_owned()
        }
        serde_json::error::Category::Data => "a value has the wrong type".to_owned(),
        _ => "it is not JSON".to_owned(),
    };
    let (line, column) = (error.line(), error.column());
    format!(
        "the body is not what is expected: {what} (line {line}, column {column}; not shown, as it holds secrets)"
    )
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
            assert!(!without_values(&error).contains(secret), "{body}: {}", without_values(&error));
        }
        let body = r#"{"team": "a", "name": "b", "run": "true", "secret_values": {"x": {"hunter2": 1}}}"#;
        let error = serde_json::from_str::<RegisterJob>(body).unwrap_err();
        assert!(!without_values(&error).contains(secret));
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
        assert!(without_values(&error).contains("missing field `value`"));
    }
}
