//! Publishes whose attempt is gone: decided, and not seen yet.

use polder_store::attempts::{self, Place};
use polder_store::lake::branches::{self, Branch};
use polder_store::lake::publishes::{self, Publish};
use polder_store::runs;
use polder_store::{Error as Stored, Tx};
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

/// Whether an attempt is there that will complete it.
async fn is_attended(tx: &mut Tx, publish: &Publish) -> Result<bool> {
    let Some(branch) = branches::find(tx, publish.branch).await? else { return Ok(false) };
    match attempt_of(tx, &branch).await? {
        Some(place) => Ok(attempts::holder(tx, place).await?.is_some()),
        None => Ok(false),
    }
}

/// The attempt that a branch was made for: the epoch is the last part of its name.
async fn attempt_of(tx: &mut Tx, branch: &Branch) -> Result<Option<Place>> {
    let epoch = branch.name.as_str().rsplit('-').next().and_then(|epoch| epoch.parse().ok());
    let (Some(run), Some(step), Some(epoch)) = (branch.run, &branch.step, epoch) else { return Ok(None) };
    match attempts::position(tx, run, step).await {
        Ok(position) => Ok(Some(Place { run, position, epoch })),
        Err(Stored::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
