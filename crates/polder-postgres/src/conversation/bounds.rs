//! When a statement has to be over, and a transaction with it.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Conversation;
use crate::error::{Error, Result};

/// When a statement has to be over.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    token: CancellationToken,
    deadline: Instant,
    time: Duration,
}

impl Conversation {
    /// For what is done next.
    pub(super) fn bounds(&self) -> Bounds {
        self.bounds_of(self.control.interrupt.arm())
    }

    /// Each statement of a text has its time, and a cancellation is about all of them.
    pub(super) fn bounds_of(&self, token: CancellationToken) -> Bounds {
        let (now, time) = (Instant::now(), self.settings.statement_time());
        let time = self.tables.until().map_or(time, |until| time.min(until - now));
        Bounds { token, deadline: now + time, time }
    }
}

impl Bounds {
    /// Does something, and gives up when it has to be over.
    pub(super) async fn keep<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.token.cancelled() => Err(Error::cancelled("by its client")),
            () = tokio::time::sleep_until(self.deadline) => {
                Err(Error::cancelled(&format!("after {} ms", self.time.as_millis())))
            }
            done = work => done,
        }
    }
}

/// What the transaction sees is not kept for longer.
pub(super) fn too_old() -> Error {
    let message = "the transaction has been open for as long as it may see the same tables";
    Error::fatal("25P04", message).hint("COMMIT, and begin anew to see them as they are now")
}
