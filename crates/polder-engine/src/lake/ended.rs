//! What the end of an attempt means for its branch.

use polder_store::attempts::Place;
use polder_store::lake::branches;
use polder_store::lake::publishes;
use polder_types::lake::{BranchState, PublishState};
use polder_types::run::Outcome;
use polder_types::wire::AttemptEnded;

use super::work::name_of;
use crate::Result;
use crate::moves::{Loaded, Mover};

impl Mover<'_> {
    /// Ends the branch of an attempt that has ended, if it has one. What readers see already is not undone by how its process
    /// ended after that: such an attempt has done all that it was to do.
    pub(crate) async fn end_branch(
        &mut self,
        loaded: &Loaded,
        place: Place,
        report: &AttemptEnded,
    ) -> Result<Option<AttemptEnded>> {
        let workspace = &loaded.run.pipeline.workspace;
        let Some(branch) = branches::named(&mut self.tx, workspace, &name_of(place)?).await? else {
            return Ok(None);
        };
        match publishes::of_branch(&mut self.tx, branch.id).await?.map(|publish| publish.state) {
            Some(PublishState::Done) if report.outcome != Outcome::Succeeded => Ok(Some(succeeded(report))),
            Some(PublishState::Done | PublishState::Prepared) => Ok(None),
            // Nothing was to be published, or an earlier attempt had decided it: no reader lacks anything of this branch.
            None if report.outcome == Outcome::Succeeded => {
                branches::end(&mut self.tx, branch.id, BranchState::Published, self.now).await?;
                Ok(None)
            }
            Some(PublishState::Undone) | None => {
                branches::end(&mut self.tx, branch.id, BranchState::Failed, self.now).await?;
                Ok(None)
            }
        }
    }
}

fn succeeded(report: &AttemptEnded) -> AttemptEnded {
    AttemptEnded { outcome: Outcome::Succeeded, code: None, message: None, ..report.clone() }
}
