//! Publishes that were decided by attempts that are gone: completed here, so that their tables are free again.

use std::time::Duration;

use polder_engine::{Change, ChangeKind, Engine};
use polder_types::lake::Intent;
use polder_types::run::RunStatus;
use polder_types::wire::{PublishDone, PublishSpec};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::programs::Programs;
use crate::{Error, Result};

/// How often it is looked for what no wake-up told of: another server may have died.
const SWEEP: Duration = Duration::from_secs(60);
/// How long one may take.
const TIME: Duration = Duration::from_secs(600);

/// Looks at the start, when a run has not ended well, and once in a while; until the server stops.
pub(crate) async fn run(engine: Engine, programs: Programs, shutdown: CancellationToken) {
    let mut changes = engine.changes();
    loop {
        if let Err(error) = complete_all(&engine, &programs).await {
            tracing::warn!(%error, "publishes that were left could not be looked for; trying again");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
            () = next_failure(&mut changes) => {}
        }
    }
}

async fn next_failure(changes: &mut Receiver<Change>) {
    let is_failure = |change: &Change| {
        matches!(change.kind, ChangeKind::Run { status, .. }
            if matches!(status, RunStatus::Failed | RunStatus::TimedOut | RunStatus::Aborted))
    };
    loop {
        match changes.recv().await {
            Ok(change) if is_failure(&change) => return,
            Ok(_) => {}
            // What was missed may have been one.
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn complete_all(engine: &Engine, programs: &Programs) -> Result<()> {
    for intent in engine.unfinished_publishes().await? {
        // One that cannot be completed must not keep the others.
        if let Err(error) = complete(engine, programs, &intent).await {
            tracing::warn!(publish = intent.publish, %error, "a publish that was left is not completed");
        }
    }
    Ok(())
}

/// Completes a publish that was decided, and lets readers see it.
///
/// # Errors
/// [`Error::Lake`] when it could not be completed, and was taken back; or may be tried again.
pub(crate) async fn complete(engine: &Engine, programs: &Programs, intent: &Intent) -> Result<()> {
    let spec = PublishSpec { lake: engine.lake_url()?, intent: intent.clone(), at: engine.clock().now() };
    match programs.ask("publish", &spec, TIME).await? {
        PublishDone::Completed => {
            let id = engine.recover_publish(intent).await?;
            tracing::info!(publish = %id, "completed a publish");
            Ok(())
        }
        PublishDone::Undone(restored) => {
            engine.undo_publish(intent, &restored).await?;
            let publish = &intent.publish;
            tracing::warn!(publish, "somebody else has written to a table: the publish was taken back");
            Err(Error::Lake("somebody who does not go through Polder has written to one of the tables: nothing was published".to_owned()))
        }
    }
}
