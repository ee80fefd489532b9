//! Shows runs, and waits for them.

use std::time::Duration;

use polder_types::id::RunId;
use polder_types::run::RunStatus;
use polder_types::wire::Run;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::wakeups::{Change, ChangeKind};
use crate::{Engine, Result};

impl Engine {
    /// A run with its steps and attempts.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn run(&self, run: RunId) -> Result<Run> {
        Ok(self.store().run(run).await?)
    }

    /// A run as soon as its status changes or it has ended, at the latest after `wait`.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn wait_for_run(&self, run: RunId, wait: Duration) -> Result<Run> {
        let mut changes = self.changes();
        let before = self.run(run).await?;
        if before.summary.terminal {
            return Ok(before);
        }
        tokio::select! {
            () = changed(&mut changes, run, before.summary.status) => {}
            () = tokio::time::sleep(wait) => {}
            () = self.inner.shutdown.cancelled() => {}
        }
        self.run(run).await
    }
}

/// Ends when the run's status is another one, or when that may have been missed.
async fn changed(changes: &mut Receiver<Change>, run: RunId, before: RunStatus) {
    loop {
        match changes.recv().await {
            Ok(Change { kind: ChangeKind::Run { id, status, .. }, .. }) if id == run && status != before => {
                return;
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_) | RecvError::Closed) => return,
        }
    }
}
