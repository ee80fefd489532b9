//! What to do once a transaction is committed: gathered while it is open, done only if it succeeds.

use polder_store::Tx;

use crate::wakeups::{Change, Wakeups};
use crate::{Error, Result};

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
    /// Commits, then wakes and tells.
    pub(crate) async fn commit(self, tx: Tx, wakeups: &Wakeups) -> Result<()> {
        tx.commit().await.map_err(Error::from)?;
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
