//! How an operation ends: with one entry of the table's log.

use std::collections::BTreeMap;

use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Transaction};
use deltalake::protocol::DeltaOperation;
use serde_json::Value;

use crate::{Error, Result, Table};

/// What a commit says beside what it does.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// How far an application has come, by its name (Delta's `txn`). Committed with the data, so that neither is lost without the other.
    pub progress: BTreeMap<String, i64>,
    /// What else is worth knowing, such as the run.
    pub about: BTreeMap<String, Value>,
}

impl Note {
    pub(crate) fn properties(&self) -> CommitProperties {
        let progress =
            self.progress.iter().map(|(application, version)| Transaction::new(application, *version));
        CommitProperties::default()
            .with_metadata(self.about.clone())
            .with_application_transactions(progress.collect())
            // What is old is known to Polder alone: a branch or a reader may still need it.
            .with_cleanup_expired_logs(Some(false))
    }
}

impl Table {
    /// Writes one entry; the table after it.
    pub(crate) async fn commit(
        mut self,
        actions: Vec<Action>,
        operation: DeltaOperation,
        note: &Note,
    ) -> Result<Self> {
        let committed = async {
            let snapshot = self.delta.snapshot()?.clone();
            let commit = CommitBuilder::from(note.properties()).with_actions(actions);
            let done = commit.build(Some(&snapshot), self.delta.log_store(), operation).await?;
            self.delta.load_version(done.version()).await
        };
        committed.await.map_err(Error::delta(&self.name))?;
        Ok(self)
    }
}
