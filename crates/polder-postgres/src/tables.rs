//! The tables that a session sees: one view, from the first look until the statement, or the transaction, is over.

use std::sync::Arc;
use std::time::Duration;

use deltalake::datafusion::logical_expr::LogicalPlan;
use deltalake::datafusion::physical_plan::SendableRecordBatchStream;
use deltalake::datafusion::sql::sqlparser::ast;
use polder_lake::{Lake, Prepared, Session, StorageOptions, View};
use polder_types::wire::{ServerWord, SessionSpec};
use polder_work::Asking;
use tokio::time::Instant;

use crate::Failure;
use crate::catalog::{Cursor, System};
use crate::control::Control;
use crate::error::{Error, Result};

pub(crate) struct Tables {
    lake: Lake,
    session: Session,
    system: System,
    view: View,
    /// How often another view was looked at: what was planned for an earlier one is planned anew.
    pub(crate) generation: u64,
    /// When the view was looked at, as long as it is the one to be seen.
    pinned: Option<Instant>,
    longest: Duration,
}

impl Tables {
    pub(crate) fn open(spec: &SessionSpec, asking: &Asking) -> Result<Self, Failure> {
        let lake = Lake::open(&spec.lake, &StorageOptions::from_environment())?;
        let longest = Duration::from_secs(spec.view_seconds);
        let view = View::default();
        let session = lake.session_called(&spec.database, &view, &spec.limits.into())?;
        let session = session.with_own(Arc::new(asking.clone()), false);
        let system = System::install(&session, &spec.database, &spec.user)?;
        Ok(Self { lake, session, system, view, generation: 0, pinned: None, longest })
    }

    /// Looks at what readers see now, unless that was done already.
    pub(crate) async fn pin(&mut self, control: &Control) -> Result<()> {
        if self.pinned.is_some() {
            return Ok(());
        }
        // Before it is asked for: what is seen is kept from then on.
        let now = Instant::now();
        let view = match control.view().await? {
            ServerWord::View { view, branch: None } => view,
            ServerWord::View { view, branch: Some(branch) } => {
                self.lake.view_of_branch(&view, &branch.root, &branch.name).await?
            }
            ServerWord::No(why) => return Err(Error::new("3D000", why)),
            ServerWord::Own(_) | ServerWord::Cancel => {
                return Err(Error::fatal("XX000", "the server has said something else"));
            }
        };
        if view != self.view || self.generation == 0 {
            self.session.look_at(&self.lake, &view);
            self.system.look_at(&self.session);
            self.view = view;
            self.generation += 1;
        }
        self.pinned = Some(now);
        Ok(())
    }

    /// The next statement may see another view.
    pub(crate) fn release(&mut self) {
        self.pinned = None;
    }

    /// When the view has to be given up: what it needs is not kept for longer. None if the next statement sees another one anyway.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.pinned.map(|at| at + self.longest)
    }

    /// What a query comes to. `text` is where it stands.
    pub(crate) async fn prepare(
        &self,
        query: ast::Statement,
        types: Vec<ast::DataType>,
        text: &str,
    ) -> Result<Prepared> {
        self.system.learn_for(&self.session, text).await?;
        Ok(self.session.prepare(query, types).await?)
    }

    /// Which cursors a query finds that runs from now on.
    pub(crate) fn tell_cursors(&self, cursors: Vec<Cursor>) {
        self.system.tell_cursors(cursors);
    }

    pub(crate) async fn run(&self, plan: LogicalPlan) -> Result<SendableRecordBatchStream> {
        Ok(self.session.run(plan).await?)
    }

    pub(crate) fn look_in(&self, schema: &str) {
        self.system.look_in(&self.session, schema);
    }
}
