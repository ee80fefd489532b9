//! Server-sent events: how streams are framed, kept alive and ended.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _, stream};
use serde::Serialize;

use crate::limits::{KEEP_ALIVE, Place};
use crate::{Api, Caller, Error};

/// One event: its kind, its data as JSON in one line, and the id to come back with.
pub(crate) fn event<T: Serialize>(kind: &str, id: Option<&str>, data: &T) -> Event {
    let event = Event::default().event(kind);
    let event = if let Some(id) = id { event.id(id) } else { event };
    match event.json_data(data) {
        Ok(event) => event,
        Err(error) => Event::default().event("error").data(error.to_string().replace(['\r', '\n'], " ")),
    }
}

/// A stream of events that holds its place, and ends when the server stops or the caller's token does.
pub(crate) fn respond<S>(api: &Api, caller: &Caller, place: Place, events: S) -> Response
where
    S: Stream<Item = Event> + Send + 'static,
{
    let stop = api.end_of(caller);
    // Something to read at once: clients and proxies see that the stream is open.
    let hello = stream::once(async { Event::default().comment("open") });
    let events = hello.chain(events.take_until(stop)).map(move |event| {
        let _held = &place;
        Ok::<_, Infallible>(event)
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // Proxies that gather answers before they pass them on would hold the news back.
    response.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    response
}

/// What a stream tells when it cannot go on.
pub(crate) fn failure(error: &Error) -> Event {
    tracing::error!(%error, "a stream of events broke");
    event("error", None, &error.problem())
}
