//! What all handlers share.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use polder_engine::Engine;
use polder_store::{Store, Tx};
use polder_types::wire::Grant;
use tokio_util::sync::CancellationToken;

use crate::auth::{self, Known, Throttle, hash_of};
use crate::changes::Feed;
use crate::limits::{Limits, Open};
use crate::metrics::Metrics;
use crate::queries::{Queries, QueryOptions};
use crate::{Caller, Result, recovery, vacuum};

/// The workspace that exists from the start.
pub(crate) const WORKSPACE: &str = "default";

/// What the API is made of.
#[derive(Debug)]
pub struct Options {
    pub engine: Engine,
    /// The version that the server tells about itself.
    pub version: String,
    pub limits: Limits,
    /// Whether `/metrics` can be read without a token.
    pub open_metrics: bool,
    /// Tokens that live in memory only, such as the embedded agent's, each with a name.
    pub internal_tokens: Vec<InternalToken>,
    pub queries: QueryOptions,
    /// Ends long-polls and streams when the server stops.
    pub shutdown: CancellationToken,
}

/// A token that is not stored.
pub struct InternalToken {
    pub token: String,
    pub name: String,
    pub grants: Vec<Grant>,
}

impl std::fmt::Debug for InternalToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InternalToken({})", self.name)
    }
}

/// The state of the router. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Api {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    version: String,
    limits: Limits,
    open_metrics: bool,
    shutdown: CancellationToken,
    started_at: DateTime<Utc>,
    internal: HashMap<[u8; 32], Caller>,
    known: Known,
    throttle: Throttle,
    open: Open,
    queries: Queries,
    feed: Feed,
    metrics: Metrics,
}

impl Api {
    /// Starts to follow the engine's changes, until its shutdown.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let started_at = options.engine.clock().now();
        let internal = options.internal_tokens.into_iter();
        let internal = internal
            .map(|token| (hash_of(&token.token), Caller::internal(WORKSPACE, token.name, token.grants)));
        let feed = Feed::new(started_at);
        let metrics = Metrics::default();
        crate::changes::follow(&options.engine, &feed, &metrics, options.shutdown.clone());
        let queries = Queries::new(options.queries);
        if options.engine.lake_url().is_ok() {
            let programs = queries.programs();
            let (engine, shutdown) = (options.engine.clone(), options.shutdown.clone());
            tokio::spawn(recovery::run(engine.clone(), programs.clone(), shutdown.clone()));
            tokio::spawn(vacuum::run(engine, programs, metrics.clone(), shutdown));
        }
        let inner = Inner {
            version: options.version,
            limits: options.limits,
            open_metrics: options.open_metrics,
            shutdown: options.shutdown,
            started_at,
            internal: internal.collect(),
            known: Known::default(),
            throttle: Throttle::default(),
            open: Open::default(),
            queries,
            feed,
            metrics,
            engine: options.engine,
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn store(&self) -> &Store {
        self.inner.engine.store()
    }

    /// A consistent snapshot to read from.
    pub(crate) async fn read(&self) -> Result<Tx> {
        Ok(self.store().read().await?)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.engine.clock().now()
    }

    pub(crate) fn queries(&self) -> &Queries {
        &self.inner.queries
    }

    pub(crate) fn version(&self) -> &str {
        &self.inner.version
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    pub(crate) fn open_metrics(&self) -> bool {
        self.inner.open_metrics
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.inner.shutdown
    }

    /// Completes when a stream must end: the server stops, or the caller's token or session ends.
    pub(crate) fn end_of(&self, caller: &Caller) -> impl Future<Output = ()> + Send + use<> {
        let stopped = self.inner.shutdown.clone().cancelled_owned();
        let revoked = self.known().end_of(caller, self.now());
        let session_ended = auth::sessions::end_of(self, caller);
        async move {
            tokio::select! { () = stopped => {}, () = revoked => {}, () = session_ended => {} }
        }
    }

    pub(crate) fn started_at(&self) -> DateTime<Utc> {
        self.inner.started_at
    }

    pub(crate) fn internal(&self) -> &HashMap<[u8; 32], Caller> {
        &self.inner.internal
    }

    pub(crate) fn known(&self) -> &Known {
        &self.inner.known
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    pub(crate) fn open(&self) -> &Open {
        &self.inner.open
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.inner.feed
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// Whether browsers reach the server over HTTPS.
    pub(crate) fn is_secure(&self) -> bool {
        self.engine().public_url().starts_with("https://")
    }

    /// The absolute address of a path of the API, such as `/runs/…`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.engine().public_url())
    }
}
