//! Publishing: what a branch did to its tables, as one commit for each on the line that the branch was made from.
//!
//! 1. [`Lake::stage`] sums up the commits of a branch and writes the one commit beside them, where no reader looks.
//! 2. The caller records the [`Intent`]: from then on the publish is decided.
//! 3. [`Lake::complete`] puts each commit into its log, unless it is there. It may be repeated after a crash at any point, by
//!    anybody, and ends with the same logs; the commits name the publish, so a commit of somebody else is not taken for ours.
//!
//! Readers through Polder are switched by the caller afterwards, all tables at once.

use std::collections::HashSet;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use deltalake::DeltaTableError;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::Fork;
use crate::error::Position;
use crate::log::{self, LOG};
use crate::squash::Squash;
use crate::{Error, Intent, Lake, Line, Published, Result, Staged, Table, TableName};

/// Logs that are written to at the same time.
const AT_ONCE: usize = 16;

/// Who publishes, and when: what the commits say of themselves.
#[derive(Debug, Clone)]
pub struct Occasion {
    pub publish: String,
    /// More that is worth knowing, such as the run and its pipeline.
    pub about: Value,
    pub at: DateTime<Utc>,
}

impl Lake {
    /// Makes the one commit for a table of a branch; none if the branch left it as it was. Nobody sees it yet.
    ///
    /// # Errors
    /// [`Error::Conflict`] when others changed the table since the branch was made.
    pub async fn stage(&self, table: &Table, occasion: &Occasion) -> Result<Option<Staged>> {
        let Some((parent, fork)) = table.line.parent() else { return Ok(None) };
        let ours = self.sum(table, fork).await?;
        if ours.is_empty() {
            return Ok(None);
        }
        let before = self.base(table, &parent, fork, &ours).await?;
        let version = before.map_or(0, |before| before + 1);
        let commit = ours.commit(&commit_info(occasion, before, &table.line));
        let file = self.staged_file(&table.name, fork, &occasion.publish);
        self.store().put(&file, PutPayload::from(commit)).await?;
        let (rows, bytes) = ours.added();
        Ok(Some(Staged { table: table.name.clone(), from: table.line.clone(), before, version, rows, bytes }))
    }

    /// Puts the commits of a publish into their logs. What is there already stays.
    ///
    /// # Errors
    /// [`Error::Foreign`] when somebody who does not go through Polder has written that version of a table.
    pub async fn complete(&self, intent: &Intent) -> Result<Vec<Published>> {
        let commits = intent.tables.iter().map(|staged| self.commit(&intent.publish, staged));
        let mut published: Vec<_> =
            futures::stream::iter(commits).buffer_unordered(AT_ONCE).try_collect().await?;
        published.sort_by(|a: &Published, b| a.table.cmp(&b.table));
        let summed_up = published.iter().map(|published| self.checkpoint(published));
        // They are published, and a log that is not summed up is slower to read and says the same.
        futures::stream::iter(summed_up.collect::<Vec<_>>())
            .buffer_unordered(AT_ONCE)
            .map(drop)
            .collect::<()>()
            .await;
        Ok(published)
    }

    async fn commit(&self, publish: &str, staged: &Staged) -> Result<Published> {
        let Some((line, fork)) = staged.from.parent() else {
            return Err(Error::log(&staged.table, "a publish comes from a branch"));
        };
        let commit = self.read(&self.staged_file(&staged.table, fork, publish)).await?;
        let store = self.store_of(&staged.table, &line);
        let entry = log::commit(&self.folder(&staged.table).join(LOG), staged.version);
        match store.put_opts(&entry, commit.clone().into(), PutMode::Create.into()).await {
            Ok(_) => {}
            Err(object_store::Error::AlreadyExists { .. })
                if store.get(&entry).await?.bytes().await? == commit => {}
            Err(object_store::Error::AlreadyExists { .. }) => {
                return Err(Error::Foreign { table: staged.table.clone(), version: staged.version });
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Published { table: staged.table.clone(), line, version: staged.version })
    }

    /// All that a branch did to a table, summed up.
    async fn sum(&self, table: &Table, fork: &Fork) -> Result<Squash> {
        let first = fork.at.map_or(0, |at| at + 1);
        let mut squash = self.commits(table, first, table.version()).await?;
        if squash.is_undecided() {
            let before = self.files_before(table, fork).await?;
            squash.decide(|path| before.contains(percent_decode_str(path).decode_utf8_lossy().as_ref()));
        }
        Ok(squash)
    }

    /// The sum of the commits of a table from one version to another, both included.
    async fn commits(&self, table: &Table, first: u64, last: u64) -> Result<Squash> {
        let store = self.store_of(&table.name, &table.line);
        let folder = self.folder(&table.name).join(LOG);
        let mut squash = Squash::default();
        for version in first..=last {
            let commit = store.get(&log::commit(&folder, version)).await?.bytes().await?;
            squash.add_commit(&commit).map_err(|reason| Error::log(&table.name, reason))?;
        }
        Ok(squash)
    }

    async fn files_before(&self, table: &Table, fork: &Fork) -> Result<HashSet<String>> {
        let Some(at) = fork.at else { return Ok(HashSet::new()) };
        let before = self.table(&table.name, &table.line, Some(at)).await?;
        let snapshot = before.snapshot()?;
        Ok(snapshot.log_data().iter().map(|file| file.path().into_owned()).collect())
    }

    /// The version of the parent that the commit follows: the fork's, or a later one if all that came since only rewrote files.
    async fn base(&self, table: &Table, parent: &Line, fork: &Fork, ours: &Squash) -> Result<Option<u64>> {
        let theirs = self.newest(&table.name, parent, fork.at).await?;
        if theirs == fork.at {
            return Ok(theirs);
        }
        let conflict =
            |theirs| Error::Conflict { table: table.name.clone(), ours: Position(fork.at), theirs };
        let (Some(at), Some(newest)) = (fork.at, theirs) else { return Err(conflict(theirs.unwrap_or(0))) };
        let parent = self.unloaded(&table.name, parent)?;
        let since = self.commits(&parent, at + 1, newest).await?;
        if since.changes_answers() || since.collides_with(ours) {
            return Err(conflict(newest));
        }
        Ok(theirs)
    }

    /// The newest version of a table on a line, looked for from a version that is there.
    pub(crate) async fn newest(
        &self,
        table: &TableName,
        line: &Line,
        from: Option<u64>,
    ) -> Result<Option<u64>> {
        let store = self.log_store(table, line)?;
        if from.is_none() && !store.is_delta_table_location().await.map_err(Error::delta(table))? {
            return Ok(None);
        }
        match store.get_latest_version(from.unwrap_or(0)).await {
            Ok(newest) => Ok(Some(newest)),
            Err(DeltaTableError::InvalidVersion(version)) => {
                Err(Error::NoVersion { table: table.clone(), line: line.clone(), version })
            }
            Err(error) => Err(Error::delta(table)(error)),
        }
    }

    /// Where the commit of a publish lies until it is in the log.
    pub(crate) fn staged_file(&self, table: &TableName, fork: &Fork, publish: &str) -> Path {
        log::branch_folder(&self.folder(table), &fork.branch).join(format!("publish-{publish}.json"))
    }

    async fn read(&self, file: &Path) -> Result<Bytes> {
        Ok(self.store().get(file).await?.bytes().await?)
    }
}

fn commit_info(occasion: &Occasion, before: Option<u64>, line: &Line) -> Value {
    let mut info = json!({
        "timestamp": occasion.at.timestamp_millis(),
        "operation": "PUBLISH",
        "operationParameters": {"branch": line.forks().last().map(|fork| fork.branch.as_str())},
        "engineInfo": concat!("Polder/", env!("CARGO_PKG_VERSION")),
        "polder": {"publish": occasion.publish, "about": occasion.about},
    });
    if let Some(before) = before {
        info["readVersion"] = json!(before);
    }
    info
}
