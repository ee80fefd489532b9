//! The engine as others hold it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::Store;
use polder_store::logs::LogStore;
use polder_types::Clock;
use polder_types::lake::Retention;
use tokio_util::sync::CancellationToken;

use crate::definitions::Definitions;
use crate::vault::Keyring;
use crate::wakeups::{Change, Wakeups};
use crate::{Result, housekeeping, outbox, timers};

/// What an engine needs.
pub struct Options {
    pub store: Store,
    pub logs: LogStore,
    pub keyring: Arc<Keyring>,
    pub clock: Arc<dyn Clock>,
    /// The address under which people and systems reach the server.
    pub public_url: String,
    /// Hosts that a run's end may be posted to.
    pub allowed_callback_hosts: Vec<String>,
    /// The address of the lake, such as `file:///…/lake` or `s3://bucket/lake`; none: steps cannot write to one.
    pub lake: Option<String>,
    /// How long the lake keeps what has ended.
    pub lake_retention: Retention,
    /// How long logs are kept; none: for ever.
    pub keep_logs: Option<TimeDelta>,
}

/// Decides and records. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub options: Options,
    pub wakeups: Wakeups,
    pub definitions: Definitions,
    pub http: reqwest::Client,
    pub shutdown: CancellationToken,
    pub seen: crate::claim::Seen,
}

impl Engine {
    /// An engine whose timers and outbox run until `shutdown`.
    ///
    /// # Errors
    /// When the HTTP client for callbacks cannot be made.
    #[expect(clippy::unused_async, reason = "starting will ask the database who else is there")]
    pub async fn start(options: Options, shutdown: CancellationToken) -> Result<Self> {
        let engine = Self::idle(options, shutdown)?;
        tokio::spawn(timers::run(engine.clone()));
        tokio::spawn(outbox::run(engine.clone()));
        tokio::spawn(housekeeping::run(engine.clone()));
        Ok(engine)
    }

    /// An engine that does what is due only when told to by [`Engine::run_due`]: for tests that hold the clock.
    ///
    /// # Errors
    /// When the HTTP client for callbacks cannot be made.
    pub fn idle(options: Options, shutdown: CancellationToken) -> Result<Self> {
        let http = crate::calls::client()?;
        let (wakeups, definitions, seen) =
            (Wakeups::default(), Definitions::default(), crate::claim::Seen::default());
        Ok(Self { inner: Arc::new(Inner { options, wakeups, definitions, http, shutdown, seen }) })
    }

    /// Does everything that is due now: timers, ticks and the outbox, until nothing is left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_due(&self) -> Result<()> {
        while timers::run_due(self).await? | outbox::run_due(self).await? {}
        Ok(())
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.options.store
    }

    #[must_use]
    pub fn logs(&self) -> &LogStore {
        &self.inner.options.logs
    }

    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.inner.options.keyring
    }

    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.inner.options.clock
    }

    /// The address under which people and systems reach the server, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.inner.options.public_url.trim_end_matches('/')
    }

    /// Follows all changes from now on.
    #[must_use]
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<Change> {
        self.inner.wakeups.changes()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.options.clock.now()
    }

    pub(crate) fn wakeups(&self) -> &Wakeups {
        &self.inner.wakeups
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}
