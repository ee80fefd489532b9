//! The logs of a run: a page of lines, a text, or a stream.

mod begin;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::Event;
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _, stream};
use polder_types::id::RunId;
use polder_types::wire::{NumberedLine, Page, Run};
use serde::Deserialize;
use serde_json::json;

use super::changes::LAST_EVENT_ID;
use crate::extract::{Path, Query};
use crate::limits::Place;
use crate::logs::{Read, Reader, Selection};
use crate::{Api, Caller, Result, sse, wait};

const PAGE: usize = 1_000;
const LONGEST_PAGE: usize = 10_000;

/// Which lines.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only this step.
    step: Option<String>,
    /// Only this attempt, from 1.
    epoch: Option<u32>,
    /// Go on after this position (`next_cursor`, or the id of an event); or, with `step`, begin with the line of this number.
    from: Option<String>,
    /// `next_cursor` of the page before; the same as `from`.
    cursor: Option<String>,
    /// Begin this many lines before the end of the attempt's log; needs `step`, and counts only where nothing says where to go on.
    tail: Option<u64>,
    /// Wait for further lines until the run has ended.
    #[serde(default)]
    #[param(required = false)]
    follow: bool,
    /// Only lines that contain this text, in capitals or not.
    search: Option<String>,
    /// At most this many lines, from 1 to 10,000 (what is beyond is taken as the nearest of them); 1,000 if left out.
    limit: Option<usize>,
    /// `text`: the lines as they are, as a file to keep; what a link in a browser can ask for.
    #[param(inline)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Json,
    Text,
}

/// The logs of a run
///
/// A page of lines in JSON. With `follow=true` server-sent events: `line` for each line, `end` when the run has ended; with
/// `Last-Event-ID` they go on where they were. With `Accept: text/plain` the lines as they are.
#[utoipa::path(get, path = "/runs/{id}/logs", tag = "runs", operation_id = "get_logs",
    params(("id" = RunId, Path), Asked, ("Last-Event-ID" = Option<String>, Header, description = "Go on after this event"),
        ("Accept" = Option<String>, Header, description = "`text/plain` for the lines as they are")),
    responses((status = 200, content((Page<NumberedLine> = "application/json"), (String = "text/plain"), (NumberedLine = "text/event-stream")))))]
pub(crate) async fn logs(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<RunId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let run = wait::visible(&api, &caller, id).await?;
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let position = begin::position(&api, &run, &asked, header(LAST_EVENT_ID)).await?;
    let selection = Selection { step: asked.step.clone(), epoch: asked.epoch };
    let reader = Reader::new(&api, &run, selection, position);
    let kept = asked.format == Some(Format::Text);
    let plain = kept || header(ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/plain"));
    if plain || asked.follow {
        let place = api.open().take(api.limits(), &caller.name)?;
        let reader = reader.only(asked.search.as_deref());
        return Ok(match (plain, kept) {
            (false, _) => sse::respond(&api, &caller, place, events(reader)),
            (true, false) => text(&api, &caller, reader, &asked, place),
            (true, true) => named(text(&api, &caller, reader, &asked, place), &file_name(&run, &asked)),
        });
    }
    match asked.search.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Ok(found(reader, text, &asked).await?.into_response()),
        None => Ok(page(reader, &asked).await?.into_response()),
    }
}

async fn page(mut reader: Reader, asked: &Asked) -> Result<Json<Page<NumberedLine>>> {
    let limit = size(asked);
    let lines = reader.read(limit).await?;
    let more = lines.len() >= limit || reader.has_more().await?;
    let next_cursor = lines.last().filter(|_| more).map(|last| last.position.clone());
    Ok(Json(Page { items: lines.into_iter().map(|read| read.line).collect(), next_cursor }))
}

async fn found(reader: Reader, text: &str, asked: &Asked) -> Result<Json<Page<NumberedLine>>> {
    let (items, next_cursor) = reader.search(text, size(asked)).await?;
    Ok(Json(Page { items, next_cursor }))
}

fn size(asked: &Asked) -> usize {
    asked.limit.unwrap_or(PAGE).clamp(1, LONGEST_PAGE)
}

/// Events until the run has ended, or the client or the server goes.
fn events(reader: Reader) -> impl Stream<Item = Event> + Send {
    let batches = stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        match reader.follow().await {
            Ok(lines) if !lines.is_empty() => {
                let events = lines.iter().filter(|read| reader.is_wanted(&read.line)).map(line);
                Some((stream::iter(events.collect::<Vec<_>>()), Some(reader)))
            }
            Ok(_) if reader.status().is_terminal() => {
                Some((stream::iter(vec![sse::event("end", None, &json!({"status": reader.status()}))]), None))
            }
            Ok(_) => None,
            Err(error) => Some((stream::iter(vec![sse::failure(&error)]), None)),
        }
    });
    batches.flatten()
}

fn line(read: &Read) -> Event {
    sse::event("line", Some(&read.position), &read.line)
}

/// The lines as they are; of several steps, each with its step in front.
fn text(api: &Api, caller: &Caller, reader: Reader, asked: &Asked, place: Place) -> Response {
    let (follow, prefixed) = (asked.follow, asked.step.is_none());
    let stop = api.end_of(caller);
    let chunks = stream::unfold((reader, place), move |(mut reader, place)| async move {
        let lines = if follow { reader.follow().await } else { reader.read(PAGE).await };
        match lines {
            Ok(lines) if lines.is_empty() => None,
            Ok(lines) => {
                let wanted = lines.iter().filter(|read| reader.is_wanted(&read.line));
                Some((
                    Ok(wanted.map(|read| plain(&read.line, prefixed)).collect::<String>()),
                    (reader, place),
                ))
            }
            Err(error) => Some((Err(error), (reader, place))),
        }
    });
    let mut response = Body::from_stream(chunks.take_until(stop)).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn plain(line: &NumberedLine, prefixed: bool) -> String {
    let end = if line.content.continued { "" } else { "\n" };
    if prefixed {
        format!("{} | {}{end}", line.step, line.content.text)
    } else {
        format!("{}{end}", line.content.text)
    }
}

/// The answer as a file of this name.
fn named(mut response: Response, name: &str) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    response.headers_mut().extend(disposition.ok().map(|disposition| (CONTENT_DISPOSITION, disposition)));
    response
}

/// `delays-2026-02-03-load-1.log`, with nothing in it that a header or a file system could take offence at.
fn file_name(run: &Run, asked: &Asked) -> String {
    let about = run.summary.logical_day.map_or_else(|| run.summary.id.to_string(), |day| day.to_string());
    let parts = [
        Some(run.summary.pipeline.clone()),
        Some(about),
        asked.step.clone(),
        asked.epoch.map(|epoch| epoch.to_string()),
    ];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join("-");
    let harmless =
        |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
    format!("{}.log", name.chars().map(harmless).collect::<String>())
}
