//! What a request that is not for the API gets.

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::encoding::{self, Encoded};
use super::files::Files;
use super::headers;

/// What stands in `index.html` for a number that is good for one answer.
const NONCE: &str = "__CSP_NONCE__";
const INDEX: &str = "index.html";
const MISSING: &str = include_str!("missing.html");
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
/// The names of these files change with what is in them.
const ASSETS: &str = "assets/";

pub(super) fn answer(files: &Files, method: &Method, path: &str, request: &HeaderMap) -> Response<Body> {
    let mut response = match *method {
        Method::GET | Method::HEAD => page_or_file(files, path, request),
        _ => no_method(),
    };
    if method == Method::HEAD {
        let length = std::mem::take(response.body_mut()).len();
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response.map(Body::from)
}

fn page_or_file(files: &Files, path: &str, request: &HeaderMap) -> Response<Vec<u8>> {
    let name = path.strip_prefix('/').unwrap_or(path);
    let file = if matches!(name, "" | INDEX) { None } else { encoding::best(files, name, request) };
    match file {
        Some(file) => file_answer(name, file, request),
        None if is_page(name, request) => index(files),
        None => text(StatusCode::NOT_FOUND, "There is no such file.\n"),
    }
}

/// A page's address may end like a file's (`…/extract.py`): then it counts that the browser asks for a page.
fn is_page(name: &str, request: &HeaderMap) -> bool {
    let ends_like_a_file = name.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let accept = request.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    name == INDEX || !name.starts_with(ASSETS) && (!ends_like_a_file || accept.contains("text/html"))
}

/// With a nonce of its own each time; so there is nothing to compare it by, and it is always sent whole.
fn index(files: &Files) -> Response<Vec<u8>> {
    let Some(file) = files.get(INDEX) else { return missing() };
    let nonce = headers::nonce();
    let page = String::from_utf8_lossy(&file.bytes).replace(NONCE, &nonce);
    let mut response = respond(StatusCode::OK, HTML, page.into_bytes(), Some(&nonce));
    set(&mut response, CACHE_CONTROL, "no-cache");
    response
}

/// The server is fine, but whoever waits for the interface shall not take this for it.
fn missing() -> Response<Vec<u8>> {
    let mut response = respond(StatusCode::SERVICE_UNAVAILABLE, HTML, MISSING.into(), None);
    set(&mut response, CACHE_CONTROL, "no-store");
    response
}

fn file_answer(name: &str, encoded: Encoded, request: &HeaderMap) -> Response<Vec<u8>> {
    let Encoded { file, encoding, varies } = encoded;
    let tag = format!("\"{}{}\"", hex::encode(&file.hash[..16]), encoding.unwrap_or_default());
    let mut response = if is_known(request, &tag) {
        respond(StatusCode::NOT_MODIFIED, &media_type(name), Vec::new(), None)
    } else {
        respond(StatusCode::OK, &media_type(name), file.bytes.into_owned(), None)
    };
    set(&mut response, ETAG, &tag);
    let for_ever = name.starts_with(ASSETS);
    set(
        &mut response,
        CACHE_CONTROL,
        if for_ever { "public, max-age=31536000, immutable" } else { "no-cache" },
    );
    if let Some(encoding) = encoding {
        set(&mut response, CONTENT_ENCODING, encoding);
    }
    if varies {
        set(&mut response, VARY, "accept-encoding");
    }
    response
}

fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn media_type(name: &str) -> String {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = kind.type_() == mime_guess::mime::TEXT || kind.subtype() == mime_guess::mime::JSON;
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}

fn no_method() -> Response<Vec<u8>> {
    let mut response = text(
        StatusCode::METHOD_NOT_ALLOWED,
        "Only GET and HEAD are answered here; the API is under /api/v1.\n",
    );
    set(&mut response, ALLOW, "GET, HEAD");
    response
}

fn text(status: StatusCode, text: &str) -> Response<Vec<u8>> {
    let mut response = respond(status, TEXT, text.into(), None);
    set(&mut response, CACHE_CONTROL, "no-store");
    response
}

fn respond(status: StatusCode, kind: &str, body: Vec<u8>, nonce: Option<&str>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, kind);
    headers::secure(response.headers_mut(), nonce);
    response
}

fn set(response: &mut Response<Vec<u8>>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}
