//! Going back to what was before a publish: a publish of its own, so that it is seen, and can be gone back from, like any other.

use polder_store::Tx;
use polder_store::lake::branches;
use polder_store::lake::publishes::{self, Publish};
use polder_store::lake::{self as stored, Place};
use polder_types::id::{BranchId, PublishId};
use polder_types::lake::{BranchName, BranchState, Pin, PublishState, Staged, TableName};
use polder_types::wire::{PublishRequest, RestoreSpec, RestoreTable};

use super::work::branch_name;
use crate::{Engine, Error, Result};

impl Engine {
    /// What it takes to bring the tables of a publish back to what they were before it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] when it is not done, or later publishes changed one of its tables;
    /// [`Error::RetentionOver`] when what was before is not kept any more.
    pub async fn begin_rollback(&self, workspace_id: &str, id: PublishId) -> Result<RestoreSpec> {
        let lake = self.lake_url()?;
        let mut tx = self.store().begin().await?;
        let publish = done(&mut tx, workspace_id, id).await?;
        refuse_twice(&mut tx, id).await?;
        self.refuse_old(&publish)?;
        let place = Place { workspace_id, environment: &publish.environment };
        let mut tables = Vec::new();
        let mut later = Vec::new();
        for staged in &publish.intent.tables {
            let current = stored::table(&mut tx, place, &staged.table).await?.map(|current| current.pin);
            let Some(current) = current else {
                later.push((staged.table.to_string(), None));
                continue;
            };
            match owed_to(&mut tx, place, &staged.table, current.clone(), id).await? {
                Some(newest) if newest == id => tables.push(restore(staged, current)),
                newest => later.push((staged.table.to_string(), newest)),
            }
        }
        if !later.is_empty() {
            return Err(changed_since(&later));
        }
        let name = branch_name(format!("rollback-{}", BranchId::new(self.now())))?;
        let branch = self.new_branch(&mut tx, place, name, None).await?;
        tx.commit().await?;
        Ok(RestoreSpec {
            lake,
            branch: branch.name,
            publish: PublishId::new(self.now()),
            tables,
            at: self.now(),
        })
    }

    /// Decides that what was made ready on such a branch, to go back from the publish `of`, is published.
    ///
    /// # Errors
    /// [`Error::PublishConflict`] when others have a table or have changed it meanwhile.
    pub async fn decide_rollback(
        &self,
        workspace_id: &str,
        branch: &BranchName,
        request: &PublishRequest,
        by: &str,
        of: PublishId,
    ) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let found = branches::named(&mut tx, workspace_id, branch).await?;
        let branch = found.ok_or_else(|| Error::not_found(format!("the branch {branch}")))?;
        self.decide(&mut tx, branch, request, by.to_owned(), Some(of)).await?;
        Ok(tx.commit().await?)
    }

    /// Gives up such a branch, if nothing was decided about it: otherwise its files would be kept for ever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_up_rollback(&self, workspace_id: &str, branch: &BranchName) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let Some(branch) = branches::named(&mut tx, workspace_id, branch).await? else { return Ok(()) };
        if publishes::of_branch(&mut tx, branch.id).await?.is_none() {
            branches::end(&mut tx, branch.id, BranchState::Failed, self.now()).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The publish that a table owes what it has in it: `wanted`, or another one that came later. One that was rolled back counts for nothing, nor
/// does its roll-back: what was before both is there again.
async fn owed_to(
    tx: &mut Tx,
    place: Place<'_>,
    table: &TableName,
    current: Pin,
    wanted: PublishId,
) -> Result<Option<PublishId>> {
    let mut at = current;
    while let Some(publish) = publishes::by_which(tx, place, table, &at).await? {
        let back = publish.rolls_back.filter(|_| publish.id != wanted);
        let Some(back) = back else { return Ok(Some(publish.id)) };
        let back = publishes::find(tx, back).await?;
        let Some(before) = back.and_then(|back| back.of(table)?.pin_before()) else { return Ok(None) };
        at = before;
    }
    Ok(None)
}

async fn done(tx: &mut Tx, workspace_id: &str, id: PublishId) -> Result<Publish> {
    let found = publishes::find(tx, id).await?.filter(|publish| publish.workspace_id == workspace_id);
    let publish = found.ok_or_else(|| Error::not_found(format!("publish {id}")))?;
    match publish.state {
        PublishState::Done => Ok(publish),
        state => Err(Error::Conflict { detail: format!("publish {id} is {state}: readers never saw it") }),
    }
}

/// Its tables have moved on by that; what they were before it is what they are, or later publishes changed them.
async fn refuse_twice(tx: &mut Tx, id: PublishId) -> Result<()> {
    match publishes::rolled_back_by(tx, id).await? {
        Some(by) => Err(Error::Conflict { detail: format!("publish {id} was rolled back by publish {by}") }),
        None => Ok(()),
    }
}

fn restore(staged: &Staged, from: Pin) -> RestoreTable {
    RestoreTable { table: staged.table.clone(), from, to: staged.before }
}

/// Each table with the newest publish of it, which is the first to be rolled back.
fn changed_since(tables: &[(String, Option<PublishId>)]) -> Error {
    let by =
        |publish: &Option<PublishId>| publish.map(|id| format!(" (by publish {id})")).unwrap_or_default();
    let named: Vec<String> = tables.iter().map(|(table, publish)| table.clone() + &by(publish)).collect();
    let detail = format!(
        "{} changed since by later publishes: roll those back first, the newest before the others",
        named.join(", ") + if tables.len() == 1 { " was" } else { " were" }
    );
    Error::Conflict { detail }
}
