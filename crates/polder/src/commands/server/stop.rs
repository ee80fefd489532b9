//! Stopping: the first Ctrl-C or TERM asks everything to end, the second does not wait for it.

use std::process::ExitCode;

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What a shell expects of a program that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

/// The signals that end a server.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub fn listen() -> Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Runs the work; a signal cancels the token, a second one drops the work.
    pub async fn wait_for(
        &mut self,
        (stop, work): (CancellationToken, impl Future<Output = Result<()>>),
    ) -> Result<ExitCode> {
        tokio::pin!(work);
        tokio::select! {
            result = &mut work => return result.map(|()| ExitCode::SUCCESS),
            () = self.next() => tracing::info!("stopping; once more to stop at once"),
        }
        stop.cancel();
        tokio::select! {
            result = &mut work => result.map(|()| ExitCode::SUCCESS),
            () = self.next() => Ok(ExitCode::from(INTERRUPTED)),
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
