//! The branch of an attempt: made when its work asks for it, the same one however often it asks.

use polder_store::Tx;
use polder_store::attempts::Place as AttemptPlace;
use polder_store::lake::branches::{self, Branch};
use polder_store::lake::publishes::{self, Publish};
use polder_store::lake::{self as stored, environments};
use polder_store::runs::StoredRun;
use polder_types::id::{BranchId, PublishId, RunId};
use polder_types::lake::{BranchName, BranchState, Line};
use polder_types::wire::LakeWork;

use super::token::proven;
use super::{PROD, Proof, place_of};
use crate::{Engine, Error, Result};

impl Engine {
    /// What an attempt's own work needs before it writes to the lake.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the attempt has ended; [`Error::Conflict`] when the server has no lake.
    pub async fn begin_work(&self, proof: &Proof) -> Result<LakeWork> {
        let mut tx = self.store().begin().await?;
        let (run, place) = proven(&mut tx, proof).await?;
        let lake = self.lake_url()?;
        let root = self.root(&mut tx, place_of(&run.pipeline)).await?;
        let branch = self.branch_of(&mut tx, &run, place, &proof.key.step).await?;
        let decided = decided(&mut tx, run.id, &proof.key.step).await?.map(|publish| publish.intent);
        tx.commit().await?;
        let publish = PublishId::new(self.now());
        Ok(LakeWork { lake, branch: branch.name, view: branch.view, root, publish, decided })
    }

    /// Where the lake is.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the server has none.
    pub fn lake_url(&self) -> Result<String> {
        let none = || Error::Conflict { detail: "this server has no lake: start it with --lake".to_owned() };
        self.inner.options.lake.clone().ok_or_else(none)
    }

    /// Where an environment's new tables are made. One that was never used begins as what `prod` is.
    pub(super) async fn root(&self, tx: &mut Tx, place: stored::Place<'_>) -> Result<Line> {
        if place.environment == PROD {
            return Ok(Line::main());
        }
        self.lock_environment(tx, place).await?;
        match environments::root(tx, place).await? {
            Some(root) => Ok(root),
            None => self.begin_environment(tx, place).await,
        }
    }

    /// Where its tables are stays as it is until the transaction ends: nobody begins to write while it is reset.
    pub(super) async fn lock_environment(&self, tx: &mut Tx, place: stored::Place<'_>) -> Result<()> {
        Ok(tx.lock("environment", format!("{} {}", place.workspace_id, place.environment)).await?)
    }

    /// Makes the tables of an environment those of `prod`, without copying any.
    pub(super) async fn begin_environment(&self, tx: &mut Tx, place: stored::Place<'_>) -> Result<Line> {
        // Unique for ever: folders are named after it.
        let name = format!("env-{}-{}", place.environment, BranchId::new(self.now()));
        Ok(environments::begin(tx, place, PROD, &branch_name(name)?, self.now()).await?)
    }

    async fn branch_of(
        &self,
        tx: &mut Tx,
        run: &StoredRun,
        place: AttemptPlace,
        step: &str,
    ) -> Result<Branch> {
        let name = name_of(place)?;
        if let Some(branch) = branches::named(tx, &run.pipeline.workspace, &name).await? {
            return Ok(branch);
        }
        self.new_branch(tx, place_of(&run.pipeline), name, Some((run.id, step))).await
    }

    /// A branch of what readers see now; `of` are the run and the step that write to it, none if a person does.
    pub(super) async fn new_branch(
        &self,
        tx: &mut Tx,
        place: stored::Place<'_>,
        name: BranchName,
        of: Option<(RunId, &str)>,
    ) -> Result<Branch> {
        let branch = Branch {
            id: BranchId::new(self.now()),
            workspace_id: place.workspace_id.to_owned(),
            environment: place.environment.to_owned(),
            name,
            run: of.map(|(run, _)| run),
            step: of.map(|(_, step)| step.to_owned()),
            state: BranchState::Open,
            view: stored::view(tx, place).await?,
            created_at: self.now(),
            ended_at: None,
            removed_at: None,
        };
        branches::insert(tx, &branch).await?;
        Ok(branch)
    }
}

/// The branch of an attempt.
pub(super) fn name_of(place: AttemptPlace) -> Result<BranchName> {
    branch_name(format!("{}-{}-{}", place.run, place.position, place.epoch))
}

pub(super) fn branch_name(name: String) -> Result<BranchName> {
    BranchName::new(name).map_err(|error| Error::Internal(error.to_string()))
}

/// What the step has decided to publish, in this attempt or an earlier one, and did not take back.
pub(super) async fn decided(tx: &mut Tx, run: RunId, step: &str) -> Result<Option<Publish>> {
    for branch in branches::of_run(tx, run).await? {
        if branch.step.as_deref() != Some(step) {
            continue;
        }
        if let Some(publish) = publishes::of_branch(tx, branch.id).await? {
            return Ok(Some(publish));
        }
    }
    Ok(None)
}
