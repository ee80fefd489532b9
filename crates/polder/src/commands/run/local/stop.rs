//! How a running attempt is told to stop.

use std::sync::{Arc, OnceLock};

use polder_types::run::StopReason;
use tokio_util::sync::CancellationToken;

/// Tells an attempt to stop, and why. The first reason stays.
#[derive(Clone, Default)]
pub(super) struct Stop {
    ordered: CancellationToken,
    reason: Arc<OnceLock<StopReason>>,
}

impl Stop {
    pub(super) fn order(&self, reason: StopReason) {
        let _ = self.reason.set(reason);
        self.ordered.cancel();
    }

    pub(super) async fn ordered(&self) {
        self.ordered.cancelled().await;
    }

    /// What the log says then, as it does on a server.
    pub(super) fn remark(&self) -> String {
        let why = match self.reason.get() {
            Some(StopReason::TimedOut) => "it took longer than it may",
            _ => "the run was aborted",
        };
        format!("told to stop: {why}")
    }
}
