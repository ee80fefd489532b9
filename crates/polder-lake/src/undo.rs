//! The end of a publish that cannot be completed: what is in logs already is taken back.
//!
//! Somebody who does not go through Polder may write the version of a table that a publish was to write. The other tables of it may
//! have their commits by then, and whoever reads the folder sees them. Each gets another commit, which makes it what it was.

use chrono::{DateTime, Utc};
use deltalake::kernel::Action;
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStoreExt, PutMode, PutPayload};
use serde_json::{Value, json};

use crate::log::{self, LOG};
use crate::{Error, Intent, Lake, Line, Result, Staged, TableName};

/// Logs that are written to at the same time.
const AT_ONCE: usize = 16;

/// What became of a table of a publish that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    pub table: TableName,
    pub line: Line,
    pub ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its commit never got into the log.
    Untouched,
    /// It is again what it was, at this version. A table that was not there before has no rows at it. Readers through Polder are to
    /// see that version from now on, which says the same as what they see: otherwise the next publish takes it for a conflict.
    Restored { version: u64 },
    /// Others wrote to it since, on top of the commit, so it cannot be taken back.
    Overtaken { by: u64 },
}

impl Lake {
    /// Takes a publish back, as far as it got. Safe to repeat, and to go on with after a crash. Nobody may complete the publish any
    /// more when this is called; what lay ready for it is removed.
    ///
    /// # Errors
    /// When a log cannot be read or written, or files of a version before are gone.
    pub async fn undo(&self, intent: &Intent, at: DateTime<Utc>) -> Result<Vec<Undone>> {
        let tables = intent.tables.iter().map(|staged| self.undo_table(&intent.publish, staged, at));
        let tables: Vec<_> = tables.collect();
        futures::stream::iter(tables).buffered(AT_ONCE).try_collect().await
    }

    async fn undo_table(&self, publish: &str, staged: &Staged, at: DateTime<Utc>) -> Result<Undone> {
        let Some((line, fork)) = staged.from.parent() else {
            return Err(Error::log(&staged.table, "a publish comes from a branch"));
        };
        let ready = self.staged_file(&staged.table, fork, publish);
        match self.store().delete(&ready).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let is_ours =
            self.says(staged, &line, staged.version, "publish").await?.is_some_and(|by| by == publish);
        let ending =
            if is_ours { self.take_back(publish, staged, &line, at).await? } else { Ending::Untouched };
        Ok(Undone { table: staged.table.clone(), line, ending })
    }

    async fn take_back(
        &self,
        publish: &str,
        staged: &Staged,
        line: &Line,
        at: DateTime<Utc>,
    ) -> Result<Ending> {
        let version = staged.version + 1;
        let commit = self.undoing(publish, staged, line, at).await?;
        let entry = log::commit(&self.folder(&staged.table).join(LOG), version);
        let store = self.store_of(&staged.table, line);
        match store.put_opts(&entry, PutPayload::from(commit), PutMode::Create.into()).await {
            Ok(_) => Ok(Ending::Restored { version }),
            Err(object_store::Error::AlreadyExists { .. }) => {
                let undo = self.says(staged, line, version, "undo").await?;
                let is_ours = undo.is_some_and(|undo| undo == publish);
                Ok(if is_ours { Ending::Restored { version } } else { Ending::Overtaken { by: version } })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The commit that leads back.
    async fn undoing(
        &self,
        publish: &str,
        staged: &Staged,
        line: &Line,
        at: DateTime<Utc>,
    ) -> Result<Vec<u8>> {
        let now = self.table(&staged.table, line, Some(staged.version)).await?;
        let before = match staged.before {
            Some(version) => Some(self.table(&staged.table, line, Some(version)).await?),
            None => None,
        };
        let actions = now.back_to(before.as_ref(), at).await?;
        let info = json!({"commitInfo": {
            "timestamp": at.timestamp_millis(),
            "operation": "RESTORE",
            "operationParameters": {"version": staged.before},
            "readVersion": staged.version,
            "engineInfo": concat!("Polder/", env!("CARGO_PKG_VERSION")),
            "polder": {"undo": publish},
        }});
        let lines = actions.iter().map(|action: &Action| serde_json::to_string(action));
        let lines: Result<Vec<_>, _> = lines.collect();
        let lines = lines.map_err(|error| Error::log(&staged.table, error))?;
        Ok(std::iter::once(info.to_string()).chain(lines).collect::<Vec<_>>().join("\n").into_bytes())
    }

    /// What a commit says of Polder under a name; none if it is not there, or says nothing.
    async fn says(&self, staged: &Staged, line: &Line, version: u64, what: &str) -> Result<Option<String>> {
        let entry = log::commit(&self.folder(&staged.table).join(LOG), version);
        let commit = match self.store_of(&staged.table, line).get(&entry).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let lines = commit.split(|byte| *byte == b'\n');
        let info = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let said = info.filter_map(|action| action.get("commitInfo")?.get("polder")?.get(what).cloned());
        Ok(said.filter_map(|said| said.as_str().map(str::to_owned)).next())
    }
}
