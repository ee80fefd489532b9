//! The server, as an attempt's own work talks to it. A server that is away comes back: the attempt has all its time to wait for it.

use std::time::Duration;

use polder_client::Client;
use polder_types::id::PublishId;
use polder_types::wire::{AttemptKey, Checks, LakeTask, LakeWork, PublishRequest};

use crate::{Error, Result};

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(crate) struct Server {
    client: Client,
    key: AttemptKey,
}

impl Server {
    pub(crate) fn new<T>(task: &LakeTask<T>) -> Result<Self> {
        let client = Client::remote(&task.server, Some(&task.token))?;
        Ok(Self { client, key: task.key.clone() })
    }

    pub(crate) async fn begin(&self) -> Result<LakeWork> {
        patiently(async || self.client.begin_lake_work(&self.key).await).await
    }

    pub(crate) async fn note(&self, checks: &Checks) -> Result<()> {
        patiently(async || self.client.note_checks(&self.key, checks).await).await
    }

    pub(crate) async fn note_once(&self, checks: &Checks) -> Result<()> {
        self.client.note_checks(&self.key, checks).await.map_err(Error::from)
    }

    pub(crate) async fn decide(&self, request: &PublishRequest) -> Result<()> {
        patiently(async || self.client.prepare_publish(&self.key, request).await).await
    }

    pub(crate) async fn finish(&self, id: PublishId) -> Result<()> {
        patiently(async || self.client.finish_publish(&self.key, id).await).await
    }
}

/// All of these may be said twice.
async fn patiently<T>(ask: impl AsyncFn() -> Result<T, polder_client::Error>) -> Result<T> {
    let mut wait = FIRST_WAIT;
    loop {
        match ask().await {
            Err(error) if error.is_temporary() => tokio::time::sleep(wait).await,
            other => return other.map_err(Error::from),
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}
