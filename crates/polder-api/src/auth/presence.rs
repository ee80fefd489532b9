//! Whether somebody stands behind a request of a page, or the page asks by itself.
//!
//! A page that is open asks again and again: by a timer, or because something has changed. If that counted as use, a session
//! would never end as long as some page is open, and whoever finds the machine would be signed in.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// What a page sets on what it asks for by itself.
const HEADER: &str = "x-polder-background";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Somebody,
    Nobody,
}

/// A stream is opened by the browser, which sets no header of ours, and anew whenever it breaks.
pub(super) fn of(headers: &HeaderMap) -> Presence {
    let is_stream = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/event-stream"));
    if is_stream || headers.contains_key(HEADER) { Presence::Nobody } else { Presence::Somebody }
}
