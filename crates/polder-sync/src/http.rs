//! Streams of HTTP APIs: page after page is put down in a file, which is then read like any other.
//!
//! An API that breaks off, answers with something else than JSON or turns in circles is an error, and nothing of it reaches a table.

mod answer;
mod body;
mod cursor;
mod pages;
mod request;
mod retry;
mod template;
mod times;

use std::path::Path;

use polder_types::Clock;
use polder_types::definition::sync::{HttpStream, SyncMode};
use serde_json::Value;

use self::cursor::Cursor;
use self::pages::Pages;
use self::request::Requests;
use self::template::Templates;
use crate::log::Log;
use crate::state::CursorState;
use crate::{Error, Result};

/// A stream of an API, and what its templates know.
pub(crate) struct Api<'a> {
    pub(crate) name: &'a str,
    pub(crate) http: &'a HttpStream,
    pub(crate) config: &'a Value,
    pub(crate) mode: SyncMode,
    /// Whether rows are added, so that none may come a second time.
    pub(crate) adds: bool,
    pub(crate) clock: &'a dyn Clock,
}

pub(crate) struct Fetched {
    pub(crate) records: u64,
    pub(crate) cursor: Option<CursorState>,
}

/// Puts down the records of all pages, one after the other, as JSON.
pub(crate) async fn fetch(
    api: &Api<'_>,
    state: Option<&CursorState>,
    to: &Path,
    log: &mut Log<'_>,
) -> Result<Fetched> {
    let templates = Templates::new(api.config, api.clock.now());
    let state = state.filter(|_| api.mode == SyncMode::Incremental);
    let mut cursor = match &api.http.cursor {
        Some(cursor) => Some(Cursor::new(cursor, state, api.adds, &templates)?),
        None => None,
    };
    let intervals = cursor.as_ref().map_or_else(|| vec![None], Cursor::intervals);
    let requests = Requests::new(api.http, &templates, api.clock)?;
    let mut pages = Pages::new(api, &requests, &templates, to)?;
    for interval in &intervals {
        pages.read(interval.as_ref(), cursor.as_mut(), log).await?;
    }
    let records = pages.end()?;
    let kept =
        (api.mode == SyncMode::Incremental).then(|| cursor.map(Cursor::into_state)).flatten().flatten();
    log.say(&format!("{}: {records} records, {}", api.name, requests.told()))?;
    Ok(Fetched { records, cursor: kept })
}

fn broken(place: &str, reason: impl std::fmt::Display) -> Error {
    Error::api(format!("{place}: {reason}"))
}
