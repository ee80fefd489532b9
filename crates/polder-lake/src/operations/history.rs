//! What happened to a table: who did what, when.

use chrono::{DateTime, Utc};
use object_store::ObjectStoreExt;
use serde_json::Value;

use crate::log::{self, LOG};
use crate::{Error, Lake, Pin, Result, Table, TableName};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub version: u64,
    pub at: Option<DateTime<Utc>>,
    /// Delta's word for it, such as `WRITE`; none if its writer said nothing.
    pub operation: Option<String>,
    /// All that the entry says of itself.
    pub about: Value,
}

impl Lake {
    /// The version of a table that was the newest at some time, as far as a pin sees. All tables of a publish have the same time.
    ///
    /// # Errors
    /// [`Error::NotYet`] when there was none.
    pub async fn version_at(&self, name: &TableName, pin: &Pin, at: DateTime<Utc>) -> Result<u64> {
        let table = self.unloaded(name, &pin.line)?;
        let (mut first_later, mut end) = (0, pin.version + 1);
        while first_later < end {
            let middle = first_later.midpoint(end);
            // Entries that were cleaned away are the oldest.
            let is_later = table.committed_at(middle).await?.is_some_and(|committed| committed > at);
            (first_later, end) = if is_later { (first_later, middle) } else { (middle + 1, end) };
        }
        first_later.checked_sub(1).ok_or_else(|| Error::NotYet { table: name.clone(), at })
    }
}

impl Table {
    /// The newest entries, newest first: at most `limit`. Those that were cleaned away are not told.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub async fn history(&self, limit: u64) -> Result<Vec<Change>> {
        let store = self.lake.store_of(&self.name, &self.line);
        let folder = self.lake.folder(&self.name).join(LOG);
        let mut changes = Vec::new();
        for version in (0..=self.version()).rev().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
            match store.get(&log::commit(&folder, version)).await {
                Ok(found) => changes.push(self.change(version, &found.bytes().await?)?),
                Err(object_store::Error::NotFound { .. }) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(changes)
    }

    /// When a version was committed, by the clock of whoever did it; none if its entry was cleaned away.
    async fn committed_at(&self, version: u64) -> Result<Option<DateTime<Utc>>> {
        let store = self.lake.store_of(&self.name, &self.line);
        let folder = self.lake.folder(&self.name).join(LOG);
        match store.get(&log::commit(&folder, version)).await {
            Ok(found) => {
                let stored_at = found.meta.last_modified;
                Ok(self.change(version, &found.bytes().await?)?.at.or(Some(stored_at)))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn change(&self, version: u64, commit: &[u8]) -> Result<Change> {
        let lines = commit.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let mut about = Value::Null;
        for line in lines {
            let mut action: Value =
                serde_json::from_slice(line).map_err(|error| Error::log(&self.name, error))?;
            if let Some(info) = action.get_mut("commitInfo") {
                about = info.take();
                break;
            }
        }
        let at = about.get("timestamp").and_then(Value::as_i64).and_then(DateTime::from_timestamp_millis);
        let operation = about.get("operation").and_then(Value::as_str).map(str::to_owned);
        Ok(Change { version, at, operation, about })
    }
}
