//! The client's core: one request, its answer, and what an answer that is none becomes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use polder_types::wire::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::Service;

use crate::error::{BoxError, Error};
use crate::transport::{Body, ByteStream, Transport, root_cause};

/// Longer than the longest long-poll, which is 50 s.
const PATIENCE: Duration = Duration::from_secs(75);
/// Waits before a broken GET is tried again.
const RETRY_WAITS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// A server as a caller sees it. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    token: Option<Arc<HeaderValue>>,
}

/// An answer with its head and its whole body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A request to be: what differs between the routes.
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    timeout: Option<Duration>,
}

impl Client {
    /// A client of the server at `url`, such as `http://127.0.0.1:7070`. Nothing is sent yet.
    ///
    /// # Errors
    /// If the address cannot be one.
    pub fn remote(url: &str, token: Option<&str>) -> Result<Self, Error> {
        let transport = Transport::remote(url)?;
        let token = token
            .map(bearer)
            .transpose()
            .map_err(|message| Error::BadUrl { url: url.to_owned(), message })?;
        Ok(Self { transport, token })
    }

    /// A client of a router in this process; no socket is used.
    #[must_use]
    pub fn in_process<S, B>(service: S, token: &str) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self { transport: Transport::in_process(service), token: bearer(token).ok() }
    }

    /// The server's address, for messages.
    #[must_use]
    pub fn url(&self) -> &str {
        self.transport.base()
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.json(Call::new(Method::GET, path)).await
    }

    pub(crate) async fn get_with<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, Error> {
        self.json(Call::new(Method::GET, path).query(query)).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.json(Call::new(Method::POST, path).json(body)).await
    }

    /// Sends the call and reads the answer as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        Ok(self.json_with_headers(call).await?.0)
    }

    /// The same, with the headers of the answer.
    pub(crate) async fn json_with_headers<T: DeserializeOwned>(
        &self,
        call: Call,
    ) -> Result<(T, HeaderMap), Error> {
        let answer = self.whole(call).await?;
        let value = serde_json::from_slice(&answer.body)
            .map_err(|error| self.unexpected(answer.status, &error.to_string()))?;
        Ok((value, answer.headers))
    }

    /// Sends the call and forgets what a good answer says.
    pub(crate) async fn done(&self, call: Call) -> Result<(), Error> {
        self.whole(call).await.map(drop)
    }

    /// Sends the call and reads the answer to its end.
    pub(crate) async fn whole(&self, call: Call) -> Result<Answer, Error> {
        let waits = if call.method == Method::GET { &RETRY_WAITS[..] } else { &[] };
        for wait in waits {
            match self.whole_once(&call).await {
                Err(Error::Unreachable { unsent: false, .. }) => tokio::time::sleep(*wait).await,
                result => return result,
            }
        }
        self.whole_once(&call).await
    }

    async fn whole_once(&self, call: &Call) -> Result<Answer, Error> {
        let response = self.open(call).await?;
        self.read(response).await
    }

    /// Sends the call; a good answer's body is read by the caller.
    pub(crate) async fn open(&self, call: &Call) -> Result<Response<ByteStream>, Error> {
        let response = self.send(call).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refusal(response).await)
    }

    /// Sends the call, whatever the answer.
    pub(crate) async fn send(&self, call: &Call) -> Result<Response<ByteStream>, Error> {
        let mut request = Request::new(call.body.clone());
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = call.path.parse().map_err(|error: http::uri::InvalidUri| Error::BadUrl {
            url: format!("{}{}", self.url(), call.path),
            message: error.to_string(),
        })?;
        *request.headers_mut() = call.headers.clone();
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, (**token).clone());
        }
        self.transport.send(request, call.timeout).await
    }

    /// Reads an answer to its end.
    pub(crate) async fn read(&self, response: Response<ByteStream>) -> Result<Answer, Error> {
        let (parts, stream) = response.into_parts();
        let body = stream.try_fold(BytesMut::new(), |mut body, chunk| async move {
            body.extend_from_slice(&chunk);
            Ok(body)
        });
        let body = body.await.map_err(|error| self.broken(&*error))?.freeze();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    async fn refusal(&self, response: Response<ByteStream>) -> Error {
        let status = response.status();
        match self.read(response).await {
            Ok(answer) => match serde_json::from_slice::<Problem>(&answer.body) {
                Ok(problem) => Error::Problem(Box::new(problem)),
                Err(_) => self.unexpected(status, &first_line(&answer.body)),
            },
            Err(error) => error,
        }
    }

    pub(crate) fn broken(&self, error: &(dyn std::error::Error + 'static)) -> Error {
        Error::Unreachable { url: self.url().to_owned(), unsent: false, source: root_cause(error).into() }
    }

    fn unexpected(&self, status: StatusCode, message: &str) -> Error {
        let message = if message.is_empty() {
            format!("status {status}")
        } else {
            format!("status {status}: {message}")
        };
        Error::Unexpected { url: self.url().to_owned(), status: Some(status.as_u16()), message }
    }
}

impl Call {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let path = path.to_owned();
        Self { method, path, headers: HeaderMap::new(), body: Bytes::new(), timeout: Some(PATIENCE) }
    }

    /// Adds the fields of a flat struct as `?key=value`, those that are there.
    pub(crate) fn query(mut self, query: &impl Serialize) -> Self {
        if let Some(text) = serde_urlencoded::to_string(query).ok().filter(|text| !text.is_empty()) {
            self.path.push(if self.path.contains('?') { '&' } else { '?' });
            self.path.push_str(&text);
        }
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        // Shapes of the wire always serialise: their maps have text keys.
        self.body = serde_json::to_vec(body).unwrap_or_default().into();
        self.header(CONTENT_TYPE, "application/json")
    }

    pub(crate) fn body(mut self, body: Bytes) -> Self {
        self.body = body;
        self.header(CONTENT_TYPE, "application/octet-stream")
    }

    pub(crate) fn accept(self, media: &str) -> Self {
        self.header(ACCEPT, media)
    }

    /// Adds a header; a value that cannot be one is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn into_path(self) -> String {
        self.path
    }

    /// The answer may take as long as it likes.
    pub(crate) fn patient(mut self) -> Self {
        self.timeout = None;
        self
    }
}

fn bearer(token: &str) -> Result<Arc<HeaderValue>, String> {
    let text = format!("Bearer {}", token.trim());
    let mut value =
        HeaderValue::from_str(&text).map_err(|_| "the token has characters that no token has".to_owned())?;
    value.set_sensitive(true);
    Ok(Arc::new(value))
}

fn first_line(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(300)]);
    text.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests;
