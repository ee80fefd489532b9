//! Going back to what was before a publish: a publish of its own, so that it is seen, and can be gone back from, like any other.

use polder_store::Tx;
use polder_store::lake::branches::{self, Branch};
use polder_store::lake::publishes::{self, Publish};
use polder_store::lake::{self as stored, Place};
use polder_types::id::{BranchId, PublishId};
use polder_types::lake::{BranchName, BranchState, Pin, PublishState, Staged};
use polder_types::wire::{PublishRequest, RestoreSpec, RestoreTable};

use super::prepare::{busy, id_of, in_words};
use crate::{Engine, Error, Result};

impl Engine {
    /// What it takes to bring the tables of a publish back to what they were before it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] when it is not done, or later publishes changed one of its tables.
    pub async fn begin_rollback(&self, workspace_id: &str, id: PublishId) -> Result<RestoreSpec> {
        let lake = self.lake_url()?;
        let mut tx = self.store().begin().await?;
        let publish = done(&mut tx, workspace_id, id).await?;
        let place = Place { workspace_id, environment: &publish.environment };
        let mut tables = Vec::new();
        let mut later = Vec::new();
        for staged in &publish.intent.tables {
            let current = stored::table(&mut tx, place, &staged.table).await?;
            match current.map(|current| current.pin).filter(|pin| staged.pin_after().as_ref() == Some(pin)) {
                Some(from) => tables.push(restore(staged, from)),
                None => later.push(staged.table.to_string()),
            }
        }
        if !later.is_empty() {
            return Err(changed_since(&later));
        }
        let branch = self.branch_of_person(&mut tx, &publish).await?;
        tx.commit().await?;
        Ok(RestoreSpec { lake, branch, publish: PublishId::new(self.now()), tables, at: self.now() })
    }

    /// A branch that no run writes to.
    async fn branch_of_person(&self, tx: &mut Tx, publish: &Publish) -> Result<BranchName> {
        let id = BranchId::new(self.now());
        let name = BranchName::new(format!("rollback-{id}"));
        let name = name.map_err(|error| Error::Internal(error.to_string()))?;
        let place = Place { workspace_id: &publish.workspace_id, environment: &publish.environment };
        let branch = Branch {
            id,
            workspace_id: publish.workspace_id.clone(),
            environment: publish.environment.clone(),
            name: name.clone(),
            run: None,
            step: None,
            state: BranchState::Open,
            view: stored::view(tx, place).await?,
            created_at: self.now(),
            ended_at: None,
        };
        branches::insert(tx, &branch).await?;
        Ok(name)
    }

    /// Decides that what was made ready on such a branch is published.
    ///
    /// # Errors
    /// [`Error::PublishConflict`] when others have a table or have changed it meanwhile.
    pub async fn decide_rollback(
        &self,
        workspace_id: &str,
        branch: &BranchName,
        request: &PublishRequest,
        by: &str,
    ) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let found = branches::named(&mut tx, workspace_id, branch).await?;
        let branch = found.ok_or_else(|| Error::not_found(format!("the branch {branch}")))?;
        let publish = Publish {
            id: id_of(&request.intent)?,
            workspace_id: branch.workspace_id,
            environment: branch.environment,
            branch: branch.id,
            state: PublishState::Prepared,
            intent: request.intent.clone(),
            created_by: by.to_owned(),
            created_at: self.now(),
            ended_at: None,
        };
        let obstacles = publishes::prepare(&mut tx, &publish).await.map_err(busy)?;
        if !obstacles.is_empty() {
            return Err(Error::PublishConflict(obstacles.iter().map(in_words).collect()));
        }
        publishes::note_facts(&mut tx, publish.id, &request.facts).await?;
        Ok(tx.commit().await?)
    }
}

async fn done(tx: &mut Tx, workspace_id: &str, id: PublishId) -> Result<Publish> {
    let found = publishes::find(tx, id).await?.filter(|publish| publish.workspace_id == workspace_id);
    let publish = found.ok_or_else(|| Error::not_found(format!("publish {id}")))?;
    match publish.state {
        PublishState::Done => Ok(publish),
        state => Err(Error::Conflict { detail: format!("publish {id} is {state}: readers never saw it") }),
    }
}

fn restore(staged: &Staged, from: Pin) -> RestoreTable {
    RestoreTable { table: staged.table.clone(), from, to: staged.before }
}

fn changed_since(tables: &[String]) -> Error {
    let detail = format!(
        "{} changed since by later publishes: roll those back first, the newest before the others",
        tables.join(", ") + if tables.len() == 1 { " was" } else { " were" }
    );
    Error::Conflict { detail }
}
