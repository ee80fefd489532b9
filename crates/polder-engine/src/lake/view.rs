//! What readers see: the tables of an environment, or what a branch shows.

use polder_store::Tx;
use polder_store::lake::{self as stored, Place, branches, environments};
use polder_store::run_views::RunScope;
use polder_types::id::RunId;
use polder_types::lake::{BranchName, View};
use polder_types::wire::QueryBranch;

use super::PROD;
use crate::{Engine, Error, Result};

/// What a query is asked about. Nothing that is published later changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    pub view: View,
    pub branch: Option<QueryBranch>,
}

impl Engine {
    /// What readers of an environment see now. One that was never used is as `prod` is.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`] when there is none of that name.
    pub async fn lake_view(&self, workspace_id: &str, environment: &str) -> Result<Sight> {
        let environment = self.environment_of_tables(workspace_id, environment).await?;
        let mut tx = self.store().read().await?;
        let place = Place { workspace_id, environment: &environment };
        Ok(Sight { view: stored::view(&mut tx, place).await?, branch: None })
    }

    /// Whose tables readers of an environment see: its own, or those of `prod` if it was never used.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`] when there is none of that name.
    pub async fn environment_of_tables(&self, workspace_id: &str, environment: &str) -> Result<String> {
        self.require_environment(workspace_id, environment).await?;
        let mut tx = self.store().read().await?;
        let place = Place { workspace_id, environment };
        let used = environments::root(&mut tx, place).await?.is_some();
        Ok(if used { environment } else { PROD }.to_owned())
    }

    /// What a branch shows: of its name, or the newest of a run. It was not published, so it is for those who may see its run.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that may be seen; [`Error::RetentionOver`] when it is not kept any more.
    pub async fn branch_view(&self, scope: &RunScope, name: &str) -> Result<Sight> {
        let mut tx = self.store().read().await?;
        let workspace_id = scope.workspace.as_str();
        let found = Vec::from_iter(named(&mut tx, workspace_id, name).await?);
        let found = branches::visible(&mut tx, found, scope.teams.as_deref()).await?.pop();
        let branch = found.ok_or_else(|| Error::not_found(format!("the branch {name}")))?;
        self.refuse_removed(&branch)?;
        let place = Place { workspace_id, environment: &branch.environment };
        // Those of `prod` have no root but the main line.
        let root = environments::root(&mut tx, place).await?.unwrap_or_default();
        Ok(Sight { view: branch.view, branch: Some(QueryBranch { name: branch.name, root }) })
    }
}

async fn named(tx: &mut Tx, workspace_id: &str, name: &str) -> Result<Option<branches::Branch>> {
    if let Ok(run) = name.parse::<RunId>() {
        let of_run = branches::of_run(tx, run).await?;
        return Ok(of_run.into_iter().rfind(|branch| branch.workspace_id == workspace_id));
    }
    match BranchName::new(name) {
        Ok(name) => Ok(branches::named(tx, workspace_id, &name).await?),
        Err(_) => Ok(None),
    }
}
