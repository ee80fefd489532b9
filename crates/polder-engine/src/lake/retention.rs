//! What the lake keeps of what has ended, and whose turn it is to delete the rest.
//!
//! Two steps, with the time that a reader may take between them: a branch is taken from whoever asks from now on, and its files may go when
//! nobody who asked before can still be reading. What must stay is decided here, in one transaction; files are deleted elsewhere, by a program
//! that is told so and knows nothing else. That may be late, or twice, or by two servers at once: what is kept names all that may be needed later.

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::Tx;
use polder_store::lake::branches::Branch;
use polder_store::lake::publishes::Publish;
use polder_store::lake::turns::{self, Turn};
use polder_store::lake::{kept, retention};
use polder_types::definition::duration;
use polder_types::lake::{BranchState, PublishState, Retention};
use polder_types::wire::VacuumSpec;

use crate::{Engine, Error, Result};

/// What nobody has ended in this time has been left by somebody who is gone: a rollback is decided in minutes.
const LEFT: TimeDelta = TimeDelta::days(1);
/// How often the lake is cleaned up.
const EVERY: TimeDelta = TimeDelta::days(1);
/// The longest that it may take; whoever takes longer is gone.
pub const LONGEST: TimeDelta = TimeDelta::hours(2);

/// Who asks for the lake to be cleaned up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The server, once in a while: if it is time.
    ByTheClock,
    /// A person: now.
    ByHand,
}

/// A turn to clean up.
#[derive(Debug, Clone, PartialEq)]
pub struct Vacuum {
    pub begun_at: DateTime<Utc>,
    /// How many branches were taken from readers with it.
    pub branches_removed: u64,
    pub spec: VacuumSpec,
}

impl Engine {
    /// How long the lake keeps what has ended.
    #[must_use]
    pub fn lake_retention(&self) -> Retention {
        self.inner.options.lake_retention
    }

    /// Ends branches that were left, and takes those whose time is over from readers; how many there were of these.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_branches(&self) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let removed = self.remove_branches_in(&mut tx).await?;
        tx.commit().await?;
        Ok(removed)
    }

    async fn remove_branches_in(&self, tx: &mut Tx) -> Result<u64> {
        let now = self.now();
        retention::end_left(tx, now - LEFT, now).await?;
        Ok(retention::remove(tx, self.lake_retention().shown_since(now), now).await?)
    }

    /// Takes the turn to clean up the lake, with what must stay; none if it is not time yet, or somebody else has it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody else has it and a person asks.
    pub async fn begin_vacuum(&self, asked: Asked) -> Result<Option<Vacuum>> {
        let lake = self.lake_url()?;
        let mut tx = self.store().begin().await?;
        if !self.is_turn(&mut tx, asked).await? {
            return Ok(None);
        }
        let branches_removed = self.remove_branches_in(&mut tx).await?;
        let kept = kept::find(&mut tx, self.lake_retention(), self.now()).await?;
        let begun_at = self.now();
        turns::set(&mut tx, &Turn { begun_at, ended_at: None, done: false }).await?;
        tx.commit().await?;
        let spec = VacuumSpec { lake, kept, dry_run: false };
        Ok(Some(Vacuum { begun_at, branches_removed, spec }))
    }

    async fn is_turn(&self, tx: &mut Tx, asked: Asked) -> Result<bool> {
        let (last, now) = (turns::last(tx).await?, self.now());
        let is_busy = last.as_ref().is_some_and(|turn| turn.goes_on(now, LONGEST));
        match asked {
            Asked::ByHand if is_busy => {
                let detail = "the lake is being cleaned up just now: ask again when that is done".to_owned();
                Err(Error::Conflict { detail })
            }
            Asked::ByHand => Ok(true),
            Asked::ByTheClock => {
                let is_early = last.is_some_and(|turn| turn.done && now - turn.begun_at < EVERY);
                Ok(!is_busy && !is_early && self.has_old_files(tx).await?)
            }
        }
    }

    /// As long as the lake is younger than what it keeps, there is nothing to look for.
    async fn has_old_files(&self, tx: &mut Tx) -> Result<bool> {
        let begun_at = retention::begun_at(tx).await?;
        Ok(begun_at.is_some_and(|begun_at| begun_at < self.lake_retention().shown_since(self.now())))
    }

    /// The turn is over. One that was not done is taken again soon.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_vacuum(&self, begun_at: DateTime<Utc>, done: bool) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let is_last = turns::last(&mut tx).await?.is_some_and(|turn| turn.begun_at == begun_at);
        if is_last {
            turns::set(&mut tx, &Turn { begun_at, ended_at: Some(self.now()), done }).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What would be done if somebody took the turn now; nothing is.
    ///
    /// # Errors
    /// When the database fails, or the server has no lake.
    pub async fn try_vacuum(&self) -> Result<Vacuum> {
        let (lake, begun_at) = (self.lake_url()?, self.now());
        let mut tx = self.store().read().await?;
        let ended_before = self.lake_retention().shown_since(begun_at);
        let branches_removed = retention::removable(&mut tx, ended_before).await?;
        let kept = kept::find(&mut tx, self.lake_retention(), begun_at).await?;
        Ok(Vacuum { begun_at, branches_removed, spec: VacuumSpec { lake, kept, dry_run: true } })
    }

    /// That a branch is shown to whoever asks.
    pub(super) fn refuse_removed(&self, branch: &Branch) -> Result<()> {
        match branch.state {
            BranchState::Removed => {
                let ended_at = branch.ended_at.unwrap_or(branch.created_at);
                Err(self.retention_over(format!("the branch {}", branch.name), ended_at))
            }
            _ => Ok(()),
        }
    }

    /// That what a publish has replaced is there for as long as it takes to go back to it.
    pub(super) fn refuse_old(&self, publish: &Publish) -> Result<()> {
        let ended_at = publish.ended_at.filter(|_| publish.state == PublishState::Done);
        let since = self.lake_retention().shown_since(self.now());
        match ended_at.filter(|ended_at| *ended_at < since) {
            Some(ended_at) => {
                Err(self.retention_over(format!("what was before publish {}", publish.id), ended_at))
            }
            None => Ok(()),
        }
    }

    fn retention_over(&self, what: String, ended_at: DateTime<Utc>) -> Error {
        let kept = duration::format(self.lake_retention().kept().to_std().unwrap_or_default());
        Error::RetentionOver { what, ended_at, kept }
    }
}
