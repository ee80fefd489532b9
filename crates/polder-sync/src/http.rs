//! Streams of HTTP APIs: page after page is put down in a file, which is then read like any other.
//!
//! An API that breaks off, answers with something else than JSON or turns in circles is an error, and nothing of it reaches a table.

mod answer;
mod body;
mod circles;
mod cursor;
mod interval;
mod known;
mod pages;
mod request;
mod retry;
mod spool;
mod template;
mod times;

use std::path::Path;

use polder_types::Clock;
use polder_types::definition::sync::{HttpStream, SyncMode};
use serde_json::Value;

use self::cursor::Cursor;
use self::interval::Interval;
use self::pages::Pages;
use self::request::Requests;
use self::template::Templates;
use crate::log::{AtWork, Log};
use crate::state::CursorState;
use crate::{Error, Result};

/// A stream of an API, and what its templates know.
pub(crate) struct Api<'a> {
    pub(crate) name: &'a str,
    pub(crate) at: &'a AtWork<'a>,
    pub(crate) http: &'a HttpStream,
    pub(crate) config: &'a Value,
    pub(crate) keeping: Keeping,
    pub(crate) clock: &'a dyn Clock,
}

/// What becomes of the records of a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping {
    pub(crate) mode: SyncMode,
    /// Whether a record takes the place of the one that was there, so that it may come a second time.
    pub(crate) has_key: bool,
    /// Whether columns are excluded or hashed, so that no value may be told.
    pub(crate) hides: bool,
}

impl Keeping {
    /// Whether rows are added, so that none may come a second time.
    fn adds(self) -> bool {
        self.mode == SyncMode::Incremental && !self.has_key
    }
}

pub(crate) struct Fetched {
    pub(crate) records: u64,
    /// Answers that the connector passes over.
    pub(crate) passed_over: u64,
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
    let is_incremental = api.keeping.mode == SyncMode::Incremental;
    let state = state.filter(|_| is_incremental);
    let mut cursor = match &api.http.cursor {
        Some(cursor) => Some(Cursor::new(cursor, state, api.keeping, &templates)?),
        None => None,
    };
    let requests = Requests::new(api.http, &templates, api.clock)?;
    let mut pages = Pages::new(api, &requests, &templates, to)?;
    for interval in intervals(cursor.as_ref()) {
        pages.read(interval.as_ref(), cursor.as_mut(), log).await?;
    }
    let (records, passed_over) = pages.end()?;
    log.say(&format!("{}: {records} records, {}", api.name, requests.told()))?;
    let cursor = cursor.filter(|_| is_incremental);
    for warning in cursor.iter().flat_map(Cursor::warnings) {
        log.say(&format!("{}: {warning}", api.name))?;
    }
    Ok(Fetched { records, passed_over, cursor: cursor.and_then(Cursor::into_state) })
}

/// The parts of time to ask for; one that is none where there are no times.
fn intervals(cursor: Option<&Cursor<'_>>) -> Vec<Option<Interval>> {
    let Some(cursor) = cursor else { return vec![None] };
    cursor.intervals().into_iter().map(Some).collect()
}

fn broken(place: &str, reason: impl std::fmt::Display) -> Error {
    Error::api(format!("{place}: {reason}"))
}
