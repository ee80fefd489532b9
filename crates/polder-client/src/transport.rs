//! How a request gets to the server: over a socket, or straight into its router.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::BoxStream;
use http::{Request, Response};
use http_body_util::{BodyDataStream, BodyExt as _, Full};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

use crate::error::{BoxError, Error};

/// The body of a request.
pub type Body = Full<Bytes>;
/// The body of an answer, as it arrives.
pub type ByteStream = BoxStream<'static, Result<Bytes, BoxError>>;
/// A router in the same process.
pub type InProcessService = BoxCloneSyncService<Request<Body>, Response<ByteStream>, Infallible>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(crate) enum Transport {
    Remote { http: reqwest::Client, base: String },
    InProcess(InProcessService),
}

impl Transport {
    pub(crate) fn remote(url: &str) -> Result<Self, Error> {
        let base = url.trim_end_matches('/').to_owned();
        let parsed: reqwest::Url = base.parse().map_err(|error| bad_url(&base, &error))?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
            return Err(bad_url(&base, &"it must start with http:// or https://"));
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("polder/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none());
        if is_this_machine(&parsed) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| bad_url(&base, &error))?;
        Ok(Self::Remote { http, base })
    }

    pub(crate) fn in_process<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = service.map_response(|response| {
            response.map(|body| {
                let stream: ByteStream =
                    Box::pin(BodyDataStream::new(body.map_err(Into::into)).into_stream());
                stream
            })
        });
        Self::InProcess(BoxCloneSyncService::new(service))
    }

    /// The address for messages.
    pub(crate) fn base(&self) -> &str {
        match self {
            Self::Remote { base, .. } => base,
            Self::InProcess(_) => "in-process",
        }
    }

    /// Sends the request, whose URI is only a path, and waits for the head of the answer.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Option<Duration>,
    ) -> Result<Response<ByteStream>, Error> {
        match self {
            Self::Remote { http, base } => send_remote(http, base, request, timeout).await,
            Self::InProcess(service) => {
                let Ok(response) = service.clone().oneshot(request.map(Full::new)).await;
                Ok(response)
            }
        }
    }
}

async fn send_remote(
    http: &reqwest::Client,
    base: &str,
    request: Request<Bytes>,
    timeout: Option<Duration>,
) -> Result<Response<ByteStream>, Error> {
    let (parts, body) = request.into_parts();
    let mut builder =
        http.request(parts.method, format!("{base}{}", parts.uri)).headers(parts.headers).body(body);
    if let Some(timeout) = timeout {
        builder = builder.timeout(timeout);
    }
    let answer = builder.send().await.map_err(|error| unreachable(base, error))?;
    let mut response = Response::new(());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    let stream: ByteStream = Box::pin(answer.bytes_stream().map_err(BoxError::from));
    Ok(response.map(|()| stream))
}

fn unreachable(base: &str, error: reqwest::Error) -> Error {
    let unsent = error.is_connect();
    // The URL is in the message already, and its query may be a filter that nobody wants to read.
    let source: BoxError = root_cause(&error.without_url()).into();
    Error::Unreachable { url: base.to_owned(), unsent, source }
}

/// The innermost cause says it best: `Connection refused (os error 111)` instead of a chain of wrappers.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn bad_url(url: &str, message: &dyn std::fmt::Display) -> Error {
    Error::BadUrl { url: url.to_owned(), message: message.to_string() }
}

fn is_this_machine(url: &reqwest::Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_a_scheme_and_loses_its_last_slash() {
        let remote = Transport::remote("http://127.0.0.1:7070/").expect("a good address");
        assert_eq!(remote.base(), "http://127.0.0.1:7070");
        for bad in ["127.0.0.1:7070", "localhost", "ftp://host", ""] {
            assert!(matches!(Transport::remote(bad), Err(Error::BadUrl { .. })), "{bad}");
        }
    }
}
