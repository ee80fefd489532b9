//! The stream of changes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event;
use futures::{Stream, StreamExt as _, stream};
use polder_engine::Change;
use polder_types::wire::Role;
use serde::Deserialize;
use serde_json::json;

use crate::changes::{Feed, News};
use crate::extract::Query;
use crate::openapi::ChangeEvent;
use crate::{Api, Caller, Result, sse};

pub(super) const LAST_EVENT_ID: &str = "last-event-id";

/// Which changes to tell.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    team: Option<String>,
    environment: Option<String>,
    /// Go on after this event; the header `Last-Event-ID` says the same.
    from: Option<String>,
}

/// What changes, as it happens
///
/// Server-sent events `change` with the data of one change each. After `Last-Event-ID` the stream goes on where it was; `reset`
/// says that this cannot be done, and what is shown must be loaded anew.
#[utoipa::path(get, path = "/changes", tag = "server", operation_id = "follow_changes",
    params(Filter, ("Last-Event-ID" = Option<String>, Header, description = "Go on after this event")),
    responses((status = 200, body = ChangeEvent, content_type = "text/event-stream")))]
pub(crate) async fn changes(
    State(api): State<Api>,
    caller: Caller,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Result<Response> {
    caller.require_somewhere(Role::Viewer)?;
    let place = api.open().take(api.limits(), &caller.name)?;
    let last = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).or(filter.from.as_deref());
    // A number that never is tells `reset` at once.
    let start = last.map_or_else(|| api.feed().next(), |id| api.feed().after(id).unwrap_or(u64::MAX));
    let events = events(api.feed().clone(), start, Seen { caller: caller.clone(), filter });
    Ok(sse::respond(&api, &caller, place, events))
}

/// What a caller sees of the changes.
struct Seen {
    caller: Caller,
    filter: Filter,
}

impl Seen {
    fn shows(&self, change: &Change) -> bool {
        let wanted = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        self.caller.may(Role::Viewer, Some(&change.team))
            && wanted(&self.filter.team, &change.team)
            && wanted(&self.filter.environment, &change.environment)
    }
}

fn events(feed: Feed, start: u64, seen: Seen) -> impl Stream<Item = Event> + Send {
    let batches = stream::unfold((feed, start, seen), |(feed, next, seen)| async move {
        let (events, next) = match feed.read(next).await {
            News::Reset(next) => {
                (vec![sse::event("reset", Some(&feed.id(next.wrapping_sub(1))), &json!({}))], next)
            }
            News::Changes(changes) => {
                let next = changes.last().map_or(next, |(number, _)| number + 1);
                let shown = changes.iter().filter(|(_, change)| seen.shows(change));
                (
                    shown
                        .map(|(number, change)| sse::event("change", Some(&feed.id(*number)), &**change))
                        .collect(),
                    next,
                )
            }
        };
        Some((stream::iter(events), (feed, next, seen)))
    });
    batches.flatten()
}
