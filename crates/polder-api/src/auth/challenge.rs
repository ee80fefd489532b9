//! What a refused request is told to bring.
//!
//! Where an answer offers `Basic`, a browser asks for a name and a password in a window of its own, also when a script made
//! the request, and sends them with everything from then on. Polder's pages have a form of their own for it.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::Response;

use super::{cookie, csrf};

/// Whether the request was made by a browser for a page. Over plain HTTP not all browsers say so.
pub(crate) fn is_of_page(request: &Request) -> bool {
    let headers = request.headers();
    headers.contains_key("sec-fetch-mode")
        || headers.contains_key(csrf::HEADER)
        || cookie::is_there(headers)
        || request.uri().path() == "/api/v1/session"
}

/// Takes Basic from what a refused request is offered.
pub(crate) fn without_basic(response: &mut Response) {
    if let Some(challenge) = response.headers_mut().get_mut(WWW_AUTHENTICATE) {
        *challenge = HeaderValue::from_static("Bearer realm=\"polder\"");
    }
}
