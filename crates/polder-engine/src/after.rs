//! What to do once a transaction is committed: gathered while it is open, done only if it succeeds.

use polder_store::Tx;

use crate::wakeups::Change;
use crate::{Engine, Error, Result};

/// Whom to wake and what to tell.
#[derive(Debug, Default)]
pub(crate) struct After {
    pub agents: bool,
    /// Attempts that were made claimable and that nobody has claimed in the same transaction.
    pub offers: usize,
    pub timers: bool,
    pub outbox: bool,
    pub changes: Vec<Change>,
}

impl After {
    /// Commits, then wakes and tells. Both happen even if the caller goes away between them, as a client may that loses
    /// its connection: what is committed is never left to the slow sweep.
    pub(crate) async fn commit(self, tx: Tx, engine: &Engine) -> Result<()> {
        let engine = engine.clone();
        let committed = tokio::spawn(async move { self.commit_now(tx, &engine).await });
        committed.await.map_err(|error| Error::Internal(format!("a commit was broken off: {error}")))?
    }

    async fn commit_now(self, tx: Tx, engine: &Engine) -> Result<()> {
        let wakeups = engine.wakeups();
        tx.commit().await?;
        if self.agents || self.offers > 0 {
            wakeups.agents.notify_waiters();
        }
        if self.timers {
            wakeups.timers.notify_one();
        }
        if self.outbox {
            wakeups.outbox.notify_one();
        }
        for change in self.changes {
            wakeups.tell(change);
        }
        Ok(())
    }
}
