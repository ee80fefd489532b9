//! Publishing: decided in one transaction, seen in another.

use polder_store::lake::branches::{self, Branch};
use polder_store::lake::publishes::{self, Obstacle, Publish};
use polder_store::{Error as Stored, Tx};
use polder_types::id::PublishId;
use polder_types::lake::{BranchState, Intent, PublishState};
use polder_types::wire::PublishRequest;

use super::Proof;
use super::token::proven;
use super::work::name_of;
use crate::wakeups::{Change, ChangeKind};
use crate::{Engine, Error, Result, fault};

impl Engine {
    /// Decides that what an attempt has written is published. From then on it will be, whatever becomes of the attempt.
    ///
    /// # Errors
    /// [`Error::PublishConflict`] when others have a table or have changed it; [`Error::Fenced`] when the attempt has ended.
    pub async fn prepare_publish(&self, proof: &Proof, request: PublishRequest) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let (run, place) = proven(&mut tx, proof).await?;
        let branch = branches::named(&mut tx, &run.pipeline.workspace, &name_of(place)?).await?;
        let branch = branch.ok_or_else(|| Error::not_found("the attempt's branch"))?;
        let before = publishes::of_branch(&mut tx, branch.id).await?;
        if before.is_some_and(|before| before.intent.publish == request.intent.publish) {
            return Ok(());
        }
        let by = format!("{}/{} {}", run.pipeline.team, run.pipeline.name, proof.key.step);
        self.decide(&mut tx, branch, &request, by, None).await?;
        tx.commit().await?;
        fault::point("prepared");
        Ok(())
    }

    /// Records that what lies ready on a branch is published; with the publish that it takes back, if it is a roll-back.
    pub(super) async fn decide(
        &self,
        tx: &mut Tx,
        branch: Branch,
        request: &PublishRequest,
        created_by: String,
        rolls_back: Option<PublishId>,
    ) -> Result<()> {
        check(&request.intent, &branch)?;
        refuse_ended(&branch)?;
        let publish = Publish {
            id: id_of(&request.intent)?,
            workspace_id: branch.workspace_id,
            environment: branch.environment,
            branch: branch.id,
            state: PublishState::Prepared,
            intent: request.intent.clone(),
            rolls_back,
            created_by,
            created_at: self.now(),
            ended_at: None,
        };
        let obstacles = publishes::prepare(tx, &publish).await.map_err(busy)?;
        if !obstacles.is_empty() {
            return Err(Error::PublishConflict(obstacles.iter().map(in_words).collect()));
        }
        publishes::note_reads(tx, publish.id, &request.reads).await?;
        Ok(publishes::note_facts(tx, publish.id, &request.facts).await?)
    }

    /// Lets readers see what was decided, all tables at once; its commits are in the tables' logs. Saying it twice changes nothing.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the attempt has ended; [`Error::NotFound`] when its step has decided no such publish.
    pub async fn finish_publish(&self, proof: &Proof, id: PublishId) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let (run, _) = proven(&mut tx, proof).await?;
        let publish = publishes::find(&mut tx, id).await?.ok_or_else(unknown)?;
        let branch = branches::find(&mut tx, publish.branch).await?.ok_or_else(unknown)?;
        if (branch.run, branch.step.as_deref()) != (Some(run.id), Some(proof.key.step.as_str())) {
            return Err(unknown());
        }
        self.finish(tx, &publish, &run.pipeline.team).await
    }

    /// Switches readers, and tells whoever looks.
    pub(super) async fn finish(&self, mut tx: Tx, publish: &Publish, team: &str) -> Result<()> {
        let switched = publishes::finish(&mut tx, publish.id, self.now()).await?;
        tx.commit().await?;
        if switched {
            fault::point("published");
            let kind = ChangeKind::Publish { id: publish.id };
            let (team, environment) = (team.to_owned(), publish.environment.clone());
            self.wakeups().tell(Change { at: self.now(), team, environment, kind });
        }
        Ok(())
    }
}

fn unknown() -> Error {
    Error::not_found("the publish")
}

pub(super) fn id_of(intent: &Intent) -> Result<PublishId> {
    let detail = || format!("`{}` is not the id of a publish", intent.publish);
    intent.publish.parse().map_err(|_| Error::BadRequest { detail: detail(), hint: None })
}

/// That every table comes from the attempt's own branch, and leaves the lines that the attempt saw.
fn check(intent: &Intent, branch: &Branch) -> Result<()> {
    let foreign = intent
        .tables
        .iter()
        .find(|staged| staged.from.parent().is_none_or(|(_, fork)| fork.branch != branch.name));
    match foreign {
        None => Ok(()),
        Some(staged) => {
            let detail = format!("{} does not come from the branch {}", staged.table, branch.name);
            Err(Error::BadRequest { detail, hint: None })
        }
    }
}

/// What was written to a branch that has ended may be gone.
fn refuse_ended(branch: &Branch) -> Result<()> {
    if branch.state == BranchState::Open {
        return Ok(());
    }
    Err(Error::Conflict { detail: format!("the branch {} is {}: begin anew", branch.name, branch.state) })
}

/// Two that decide at the same moment run into each other's lock.
fn busy(error: Stored) -> Error {
    match error {
        Stored::Conflict(detail) => Error::PublishConflict(vec![detail]),
        other => other.into(),
    }
}

fn in_words(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Busy { table, publish } => format!("{table} is being published by {publish} just now"),
        Obstacle::Moved { table, expected: None, .. } => {
            format!("{table} was made by somebody else meanwhile")
        }
        Obstacle::Moved { table, found: None, .. } => format!("{table} is not there any more"),
        Obstacle::Moved { table, expected: Some(expected), found: Some(found) } => {
            format!("{table} was at version {expected} when the step began, and is at {found} now")
        }
    }
}
