//! `polder task http`: sends the request of an `http` step and judges the answer.
//!
//! What is sent may hold secrets in every part, so that only the method and where it goes are shown; of a request that
//! does hold some, not even the path. The body of
//! an answer is read up to [`LARGEST`] and shown, shortened, if the answer does not count as success. Outputs: `status`,
//! and `body` if the answer is a JSON object. Redirects are followed within the same host only: headers hold secrets.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use polder_executors::output;
use polder_types::definition::HttpRequest;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most of an answer that is read.
pub const LARGEST: usize = 1024 * 1024;

/// The largest body that becomes an output.
const LARGEST_OUTPUT: usize = 256 * 1024;

/// How much of a refusal is shown.
const SHOWN: usize = 2000;

/// How many redirects are followed.
const REDIRECTS: usize = 10;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(30);

/// How long a server may be silent: while it works on an answer, or between two parts of it.
pub const SILENCE: Duration = Duration::from_secs(600);

/// Why the step failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the request on standard input cannot be read: {0}")]
    Spec(#[from] serde_json::Error),
    #[error("the request cannot be sent: {0}")]
    Request(String),
    #[error("{place} cannot be reached: {reason}")]
    Unreachable { place: String, reason: String },
    #[error("{place} did not answer within {} s", after.as_secs())]
    Silent { place: String, after: Duration },
    #[error("{place} broke off its answer: {reason}")]
    Broken { place: String, reason: String },
    #[error("{place} answered {status}, which does not count as success (expected {expected})")]
    Refused { place: String, status: StatusCode, expected: String },
    #[error("{place} redirects to another host: give that address, if it is meant")]
    Redirected { place: String },
    #[error("{place}: it was redirected more than {REDIRECTS} times")]
    RedirectedTooOften { place: String },
    #[error("the outputs could not be written: {0}")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// The exit code of the program: those of curl, where it has one.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Spec(_) | Self::Request(_) => 3,
            Self::Unreachable { .. } => 7,
            Self::Broken { .. } => 18,
            Self::Refused { .. } => 22,
            Self::Io(_) => 23,
            Self::Silent { .. } => 28,
            Self::Redirected { .. } | Self::RedirectedTooOften { .. } => 47,
        }
    }
}

/// What to send, as it stands on standard input.
#[derive(Debug, Serialize, Deserialize)]
pub struct Spec {
    #[serde(flatten)]
    pub request: HttpRequest,
    /// Whether secrets may be anywhere in the request.
    #[serde(default)]
    pub has_secrets: bool,
}

/// Sends the request that `spec` describes (JSON of [`Spec`]), says in `log` what happens, and writes outputs to
/// the file `output`. `silence` is usually [`SILENCE`].
///
/// # Errors
///
/// Every variant of [`Error`]; none has more of the request in it than method, host and path, and of one with secrets
/// no path.
pub async fn run(
    spec: &[u8],
    output: Option<&Path>,
    silence: Duration,
    log: &mut (dyn Write + Send),
) -> Result<(), Error> {
    let Spec { request, has_secrets } = serde_json::from_slice(spec)?;
    let url: Url =
        request.url.parse().map_err(|error| Error::Request(format!("its address is not valid: {error}")))?;
    let place = if has_secrets { bare_place(&request, &url) } else { place(&request.method, &url) };
    writeln!(log, "{place}")?;
    let begin = Instant::now();
    let mut response =
        prepare(&request, url, silence)?.send().await.map_err(|error| failure(&place, silence, &error))?;
    let status = response.status();
    let (body, whole) = read(&mut response).await.map_err(|error| failure(&place, silence, &error))?;
    let more = if whole { "" } else { " and more" };
    writeln!(log, "{status} after {} ms, {} bytes{more}", begin.elapsed().as_millis(), body.len())?;
    if status.is_redirection() && request.expect.is_empty() {
        return Err(Error::Redirected { place });
    }
    if !is_expected(&request.expect, status) {
        show(&body, log)?;
        return Err(Error::Refused { place, status, expected: expected(&request.expect) });
    }
    match output {
        Some(path) => write_outputs(path, status, &body, whole, log),
        None => Ok(()),
    }
}

fn prepare(request: &HttpRequest, url: Url, silence: Duration) -> Result<RequestBuilder, Error> {
    let wrong = |problem: String| Error::Request(problem);
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(format!("`{}` is not http or https", url.scheme())));
    }
    let client = Client::builder()
        .user_agent(concat!("polder/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(silence)
        .redirect(same_host_only())
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let method: Method =
        request.method.to_uppercase().parse().map_err(|_| wrong("its method is not valid".to_owned()))?;
    let mut builder = client.request(method, url);
    for (name, value) in &request.headers {
        let value = reqwest::header::HeaderValue::from_str(value)
            .map_err(|_| wrong(format!("the value of the header `{name}` is not valid")))?;
        let name: reqwest::header::HeaderName =
            name.parse().map_err(|_| wrong(format!("`{name}` is no name of a header")))?;
        builder = builder.header(name, value);
    }
    Ok(match &request.body {
        None => builder,
        Some(Value::String(text)) => builder.body(text.clone()),
        Some(value) if has_content_type(request) => builder.body(value.to_string()),
        Some(value) => builder.json(value),
    })
}

fn has_content_type(request: &HttpRequest) -> bool {
    request.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"))
}

fn same_host_only() -> Policy {
    Policy::custom(|attempt| {
        let first = attempt.previous().first();
        let same = first.is_some_and(|first| {
            first.host() == attempt.url().host() && first.scheme() == attempt.url().scheme()
        });
        if attempt.previous().len() > REDIRECTS {
            attempt.error("too many redirects")
        } else if same {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

/// Method, host and path: what may be shown. An address that is secret as a whole is hidden in logs where it is shown
/// as a whole; so its beginning must not be, and a path that a query follows is left out.
fn place(method: &str, url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = if url.query().is_none() && url.fragment().is_none() { url.path() } else { "/…" };
    format!("{} {}://{}{port}{path}", method.to_uppercase(), url.scheme(), url.host_str().unwrap_or_default())
}

/// Method and host, for a request that may have secrets in its path too, which an address writes in its own way. A host
/// is shown only as it was given: then it is hidden in logs if it is a secret.
fn bare_place(request: &HttpRequest, url: &Url) -> String {
    let host = url.host_str().filter(|host| request.url.contains(*host)).unwrap_or("…");
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{} {}://{host}{port}/…", request.method.to_uppercase(), url.scheme())
}

/// The body, and whether it is all of it.
async fn read(response: &mut Response) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            body.truncate(LARGEST);
            return Ok((body, false));
        }
    }
    Ok((body, true))
}

fn failure(place: &str, silence: Duration, error: &reqwest::Error) -> Error {
    let place = place.to_owned();
    if error.is_redirect() {
        return Error::RedirectedTooOften { place };
    }
    if error.is_builder() {
        return Error::Request(root_cause(error));
    }
    if error.is_connect() {
        return Error::Unreachable { place, reason: root_cause(error) };
    }
    if error.is_timeout() {
        return Error::Silent { place, after: silence };
    }
    Error::Broken { place, reason: root_cause(error) }
}

/// The innermost cause: the outer ones have the whole address in them.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::eq(cause, std::ptr::from_ref::<dyn std::error::Error>(error)) {
        "it failed".to_owned()
    } else {
        cause.to_string()
    }
}

fn is_expected(expect: &[u16], status: StatusCode) -> bool {
    if expect.is_empty() { status.is_success() } else { expect.contains(&status.as_u16()) }
}

fn expected(expect: &[u16]) -> String {
    match expect {
        [] => "200 to 299".to_owned(),
        some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn show(body: &[u8], log: &mut (dyn Write + Send)) -> Result<(), Error> {
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]);
    if !text.trim().is_empty() {
        let more = if body.len() > SHOWN { "…" } else { "" };
        writeln!(log, "{}{more}", text.trim_end())?;
    }
    Ok(())
}

fn write_outputs(
    path: &Path,
    status: StatusCode,
    body: &[u8],
    whole: bool,
    log: &mut (dyn Write + Send),
) -> Result<(), Error> {
    let mut outputs = json!({"status": status.as_u16()});
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) if output::is_too_deep(&value) => too_deep(log)?,
        Err(error) if output::exceeds_the_parser(&error) => too_deep(log)?,
        Ok(Value::Object(_)) if body.len() > LARGEST_OUTPUT => {
            writeln!(log, "the answer is too large to become the output `body`")?;
        }
        Ok(object @ Value::Object(_)) if whole => outputs["body"] = object,
        _ => {}
    }
    Ok(std::fs::write(path, outputs.to_string())?)
}

fn too_deep(log: &mut (dyn Write + Send)) -> std::io::Result<()> {
    writeln!(
        log,
        "the answer is nested deeper than {} levels: it does not become the output `body`",
        output::DEEPEST
    )
}
