//! What the end of an attempt means for its branch.

use polder_store::attempts::Place;
use polder_store::lake::branches;
use polder_types::id::BranchId;
use polder_types::lake::{BranchState, PublishState};
use polder_types::run::{Event, Outcome};
use polder_types::wire::AttemptEnded;

use super::work::{decided, name_of};
use crate::Result;
use crate::moves::{Loaded, Mover};

/// What an attempt has come to.
pub(crate) enum Came {
    /// What its agent reports.
    To,
    /// To its end: readers see what it was to bring, whatever became of its process after that.
    ToItsEnd,
    /// To a decision, which is still to be carried out.
    ToADecision,
}

impl Mover<'_> {
    /// Ends the branch of an attempt that has ended, if it has one.
    pub(crate) async fn end_branch(
        &mut self,
        loaded: &Loaded,
        place: Place,
        report: &AttemptEnded,
    ) -> Result<Came> {
        let workspace = &loaded.run.pipeline.workspace;
        let Some(branch) = branches::named(&mut self.tx, workspace, &name_of(place)?).await? else {
            return Ok(Came::To);
        };
        let step = &loaded.state.steps[place.position].plan.name;
        let publish = decided(&mut self.tx, place.run, step).await?;
        let came = match publish.as_ref().map(|publish| publish.state) {
            _ if report.outcome == Outcome::Succeeded => Came::To,
            Some(PublishState::Done) => Came::ToItsEnd,
            Some(PublishState::Prepared) => Came::ToADecision,
            Some(PublishState::Undone) | None => Came::To,
        };
        // The branch that is published ends with its publish.
        if publish.is_none_or(|publish| publish.branch != branch.id) {
            self.end_own(branch.id, report.outcome).await?;
        }
        Ok(came)
    }

    /// Of a branch that is not published. After a success nothing was to be, or an earlier attempt had decided it: no reader lacks anything of
    /// it.
    async fn end_own(&mut self, branch: BranchId, outcome: Outcome) -> Result<()> {
        let succeeded = outcome == Outcome::Succeeded;
        let state = if succeeded { BranchState::Published } else { BranchState::Failed };
        branches::end(&mut self.tx, branch, state, self.now).await?;
        Ok(())
    }
}

impl Came {
    /// The report that counts.
    pub(crate) fn report(&self, report: &AttemptEnded) -> AttemptEnded {
        let report = report.clone();
        match self {
            Self::ToItsEnd => {
                AttemptEnded { outcome: Outcome::Succeeded, code: None, message: None, ..report }
            }
            Self::To | Self::ToADecision => report,
        }
    }

    /// What it means for the run.
    pub(crate) fn event(&self, place: Place, outcome: Outcome) -> Event {
        let Place { position: step, epoch, .. } = place;
        match self {
            Self::ToADecision => Event::Interrupted { step, epoch },
            Self::To | Self::ToItsEnd => Event::Ended { step, epoch, outcome },
        }
    }
}
