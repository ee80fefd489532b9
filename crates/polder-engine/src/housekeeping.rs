//! Keeps what piles up within bounds: logs and branches of the lake by age, idempotency keys and sessions by
//! expiry. Nothing waits for it.

use std::time::Duration;

use polder_store::{idempotency, sessions};

use crate::{Engine, Result};

const EVERY: Duration = Duration::from_secs(3600);

/// Tidies up now and every hour, until the engine stops.
pub(crate) async fn run(engine: Engine) {
    loop {
        match engine.tidy().await {
            Ok(0) => {}
            Ok(runs) => tracing::info!(runs, "old logs were deleted"),
            Err(error) => tracing::error!(%error, "could not tidy up; it is tried again in an hour"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = engine.inner.shutdown.cancelled() => return,
        }
    }
}

impl Engine {
    /// Deletes logs that are older than they are kept, and idempotency keys and sessions that have expired, and takes old branches
    /// from readers; answers of how many runs the logs were.
    ///
    /// # Errors
    /// When the disk or the database fails.
    pub async fn tidy(&self) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        idempotency::delete_expired(&mut tx, self.now()).await?;
        sessions::delete_expired(&mut tx, self.now()).await?;
        tx.commit().await?;
        let branches = self.remove_branches().await?;
        if branches > 0 {
            tracing::info!(branches, "the time of branches of the lake was over");
        }
        match self.inner.options.keep_logs {
            Some(age) => Ok(self.logs().delete_older(self.now() - age).await?),
            None => Ok(0),
        }
    }
}
