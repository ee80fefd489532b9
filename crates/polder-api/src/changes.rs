//! The stream of changes: what happened lately, numbered, so that a client that lost its connection goes on where it was.
//!
//! The numbers belong to this start of the server. A client that comes back with a number that is too old, or from an
//! earlier start, is told `reset`: it has to load what it shows anew.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use polder_engine::{Change, ChangeKind, Engine};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;

/// How many changes are kept for clients that come back.
const KEPT: usize = 10_000;
/// How many are handed out at once.
const BATCH: usize = 256;

/// The changes of late. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    /// Tells this start of the server from others.
    start: i64,
    ring: Arc<Mutex<Ring>>,
    next: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct Ring {
    /// The number of the first change that is kept.
    first: u64,
    changes: VecDeque<Arc<Change>>,
}

/// What a client gets next.
#[derive(Debug, PartialEq)]
pub(crate) enum News {
    Changes(Vec<(u64, Arc<Change>)>),
    /// Some were missed; numbering goes on here.
    Reset(u64),
}

impl Feed {
    pub(crate) fn new(started_at: DateTime<Utc>) -> Self {
        Self {
            start: started_at.timestamp_micros(),
            ring: Arc::default(),
            next: Arc::new(watch::Sender::new(0)),
        }
    }

    /// The id that a change is known by to clients.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{:x}-{number}", self.start)
    }

    /// The number to go on with after an id; none if the id is from another start of the server.
    pub(crate) fn after(&self, id: &str) -> Option<u64> {
        let (start, number) = id.split_once('-')?;
        let same = i64::from_str_radix(start, 16).ok()? == self.start;
        number.parse::<u64>().ok().filter(|_| same).map(|number| number.saturating_add(1))
    }

    /// The number that the next change will have.
    pub(crate) fn next(&self) -> u64 {
        *self.next.borrow()
    }

    fn push(&self, change: Change) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.changes.push_back(Arc::new(change));
        if ring.changes.len() > KEPT {
            ring.changes.pop_front();
            ring.first += 1;
        }
        let next = ring.first + ring.changes.len() as u64;
        drop(ring);
        self.next.send_replace(next);
    }

    /// Changes were lost on the way here: everybody has to begin anew.
    fn lost(&self) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.first += ring.changes.len() as u64 + 1;
        ring.changes.clear();
        let next = ring.first;
        drop(ring);
        self.next.send_replace(next);
    }

    /// Waits until there is something from `number` on.
    pub(crate) async fn read(&self, number: u64) -> News {
        let mut next = self.next.subscribe();
        // The sender lives as long as this feed does.
        let _ = next.wait_for(|next| *next != number).await;
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let end = ring.first + ring.changes.len() as u64;
        if number < ring.first || number > end {
            return News::Reset(end);
        }
        let skipped = usize::try_from(number - ring.first).unwrap_or(usize::MAX);
        let changes = (number..).zip(ring.changes.iter().skip(skipped).take(BATCH).cloned());
        News::Changes(changes.collect())
    }
}

/// Takes up the engine's changes until the server stops.
pub(crate) fn follow(engine: &Engine, feed: &Feed, metrics: &Metrics, shutdown: CancellationToken) {
    let mut changes = engine.changes();
    let (feed, metrics) = (feed.clone(), metrics.clone());
    tokio::spawn(shutdown.run_until_cancelled_owned(async move {
        loop {
            match changes.recv().await {
                Ok(change) => take(&feed, &metrics, change),
                Err(RecvError::Lagged(_)) => feed.lost(),
                Err(RecvError::Closed) => return,
            }
        }
    }));
}

/// New lines of logs are left to those who follow that log: they would drown everything else.
fn take(feed: &Feed, metrics: &Metrics, change: Change) {
    metrics.note(&change);
    if !matches!(change.kind, ChangeKind::Log { .. }) {
        feed.push(change);
    }
}

#[cfg(test)]
mod tests {
    use polder_types::id::PipelineId;

    use super::*;

    fn change() -> Change {
        let kind =
            ChangeKind::Pipeline { id: PipelineId(uuid::Uuid::nil()), pipeline: "p".into(), paused: true };
        Change { at: DateTime::UNIX_EPOCH, team: "t".into(), environment: "prod".into(), kind }
    }

    fn feed() -> Feed {
        Feed::new(DateTime::from_timestamp_micros(255).unwrap())
    }

    async fn numbers(feed: &Feed, from: u64) -> Vec<u64> {
        match feed.read(from).await {
            News::Changes(changes) => changes.into_iter().map(|(number, _)| number).collect(),
            News::Reset(_) => panic!("a reset"),
        }
    }

    #[test]
    fn ids_are_of_one_start() {
        assert_eq!(feed().id(7), "ff-7");
        assert_eq!(feed().after("ff-7"), Some(8));
        for other in ["fe-7", "7", "ff-", "", "ff-x"] {
            assert_eq!(feed().after(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn a_client_goes_on_where_it_was() {
        let feed = feed();
        for _ in 0..5 {
            feed.push(change());
        }
        assert_eq!(numbers(&feed, 0).await, [0, 1, 2, 3, 4]);
        assert_eq!(numbers(&feed, 3).await, [3, 4]);
        let waiting = tokio::spawn({
            let feed = feed.clone();
            async move { numbers(&feed, 5).await }
        });
        feed.push(change());
        assert_eq!(waiting.await.unwrap(), [5]);
    }

    #[tokio::test]
    async fn who_was_away_too_long_is_reset() {
        let feed = feed();
        for _ in 0..KEPT + 3 {
            feed.push(change());
        }
        assert_eq!(feed.read(2).await, News::Reset(KEPT as u64 + 3));
        assert_eq!(numbers(&feed, 3).await.len(), BATCH);
        let next = feed.next();
        feed.lost();
        assert_eq!(feed.read(next).await, News::Reset(next + 1), "what was lost on the way is told");
        assert_eq!(feed.read(next + 100).await, News::Reset(next + 1), "numbers of the future too");
    }
}
