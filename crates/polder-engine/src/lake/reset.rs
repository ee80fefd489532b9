//! An environment begins anew as what `prod` is, without copying anything.

use polder_store::lake::{Place, branches, environments};
use polder_types::id::BranchId;
use polder_types::wire::EnvironmentReset;

use super::PROD;
use super::work::branch_name;
use crate::{Engine, Error, Result};

impl Engine {
    /// Makes the tables of an environment those of `prod` once more. What it had can be looked into as a branch, until its time is over.
    ///
    /// # Errors
    /// [`Error::Conflict`] for `prod` itself, and while somebody writes to tables of the environment; [`Error::UnknownEnvironment`] when
    /// there is none of that name.
    pub async fn reset_environment(&self, workspace_id: &str, environment: &str) -> Result<EnvironmentReset> {
        if environment == PROD {
            let detail = format!("{PROD} is what the others begin as: its publishes are rolled back instead");
            return Err(Error::Conflict { detail });
        }
        self.require_environment(workspace_id, environment).await?;
        let place = Place { workspace_id, environment };
        let mut tx = self.store().begin().await?;
        self.lock_environment(&mut tx, place).await?;
        let name = branch_name(format!("env-{environment}-{}", BranchId::new(self.now())))?;
        let before = environments::reset(&mut tx, place, PROD, &name, self.now()).await?;
        tx.commit().await?;
        let before = before.map(|branches::Branch { name, .. }| name);
        Ok(EnvironmentReset { environment: environment.to_owned(), base: PROD.to_owned(), before })
    }
}
