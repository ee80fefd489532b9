//! Publishes whose attempt is gone: decided, and not seen yet.

use polder_store::Tx;
use polder_store::attempts;
use polder_store::lake::branches;
use polder_store::lake::publishes::{self, Publish};
use polder_store::runs;
use polder_types::id::PublishId;
use polder_types::lake::{Intent, Published};

use super::prepare::id_of;
use crate::{Engine, Error, Result};

impl Engine {
    /// What was decided by attempts that have ended since, or that never will: to be completed in the lake by whoever runs the server.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unfinished_publishes(&self) -> Result<Vec<Intent>> {
        let mut tx = self.store().read().await?;
        let mut left = Vec::new();
        for publish in publishes::prepared(&mut tx).await? {
            if !is_attended(&mut tx, &publish).await? {
                left.push(publish.intent);
            }
        }
        Ok(left)
    }

    /// Lets readers see a publish that was completed for an attempt that is gone.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such publish; when the database fails.
    pub async fn recover_publish(&self, intent: &Intent) -> Result<PublishId> {
        let id = id_of(intent)?;
        let mut tx = self.store().begin().await?;
        let publish = publishes::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("the publish"))?;
        let branch = branches::find(&mut tx, publish.branch).await?;
        let team = match branch.and_then(|branch| branch.run) {
            Some(run) => runs::load(&mut tx, run).await?.pipeline.team,
            None => String::new(),
        };
        self.finish(tx, &publish, &team).await?;
        Ok(id)
    }

    /// Gives up a publish that cannot be completed, after what it had done was taken back; `restored` are tables whose logs went on by that.
    ///
    /// # Errors
    /// When it has ended; when the database fails.
    pub async fn undo_publish(&self, intent: &Intent, restored: &[Published]) -> Result<()> {
        let mut tx = self.store().begin().await?;
        publishes::undo(&mut tx, id_of(intent)?, restored, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether an attempt of its step is there, which completes it: the one that decided it, or one that followed.
async fn is_attended(tx: &mut Tx, publish: &Publish) -> Result<bool> {
    let branch = branches::find(tx, publish.branch).await?;
    match branch.and_then(|branch| branch.run.zip(branch.step)) {
        Some((run, step)) => Ok(attempts::is_held(tx, run, &step).await?),
        None => Ok(false),
    }
}
