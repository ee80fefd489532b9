//! The data files of a table that somebody needs.
//!
//! Of a line all versions from the oldest that must stay are kept: the files of that one, and all that later commits added. That may be
//! more than is needed, never less, and costs one look at the table and its newest commits, however many readers there are.

use std::collections::HashSet;

use object_store::ObjectStoreExt;
use object_store::path::Path;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::found::Found;
use crate::log::{self, LOG};
use crate::{Error, Lake, Pin, Result, TableName};

/// Paths in the table's folder.
#[derive(Debug, Default)]
pub(super) struct Needed {
    files: HashSet<Path>,
    /// Those of the newest versions, as the log writes them: they must be there.
    newest: Vec<String>,
}

impl Needed {
    pub(super) fn has(&self, path: &Path) -> bool {
        self.files.contains(path)
    }

    /// All versions of a line from this one on.
    pub(super) async fn add_line(&mut self, lake: &Lake, name: &TableName, oldest: &Pin) -> Result<()> {
        let table = lake.table(name, &oldest.line, Some(oldest.version)).await?;
        let files = table.snapshot()?.log_data();
        let mut newest: HashSet<String> = files.iter().map(|file| file.path().into_owned()).collect();
        newest.iter().for_each(|path| self.add(path));
        let last = lake.newest(name, &oldest.line, Some(oldest.version)).await?.unwrap_or(oldest.version);
        let store = lake.store_of(name, &oldest.line);
        let folder = lake.folder(name).join(LOG);
        for version in oldest.version + 1..=last {
            let commit = store.get(&log::commit(&folder, version)).await?.bytes().await?;
            for change in changes(name, &commit)? {
                self.apply(change, &mut newest);
            }
        }
        self.newest.extend(newest);
        Ok(())
    }

    fn apply(&mut self, change: Change, newest: &mut HashSet<String>) {
        match change {
            Change::Add(path) => {
                self.add(&path);
                newest.insert(path);
            }
            Change::Remove(path) => {
                newest.remove(&path);
            }
        }
    }

    /// What a commit of a branch added, in its log or ready to be published.
    pub(super) async fn add_commit(&mut self, lake: &Lake, name: &TableName, commit: &Path) -> Result<()> {
        let commit = match lake.store().get(commit).await {
            Ok(found) => found.bytes().await?,
            // Its branch has come to its end, or what lay ready was taken back.
            Err(object_store::Error::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for change in changes(name, &commit)? {
            if let Change::Add(path) = change {
                self.add(&path);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str) {
        self.files.insert(in_store(path));
    }

    /// A newest version with a file that is not there was written in a way that is not understood here, or is broken.
    pub(super) fn refuse_lost(&self, table: &TableName, found: &Found) -> Result<()> {
        match self.newest.iter().find(|path| !found.has(&in_store(path))) {
            Some(path) => Err(Error::log(table, format!("it names the file {path}, which is not there"))),
            None => Ok(()),
        }
    }
}

/// A path of the log, decoded, as the store has it.
fn in_store(path: &str) -> Path {
    Path::parse(path).unwrap_or_else(|_| Path::from(path))
}

/// What a commit does to files; with deletion vectors, a file may be removed and added in one.
enum Change {
    Add(String),
    Remove(String),
}

/// Removals first: the order of actions in a commit says nothing.
fn changes(table: &TableName, commit: &[u8]) -> Result<Vec<Change>> {
    let (mut removes, mut adds) = (Vec::new(), Vec::new());
    for line in commit.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let action: Value = serde_json::from_slice(line).map_err(|error| Error::log(table, error))?;
        adds.extend(path_of(&action, "add").map(Change::Add));
        removes.extend(path_of(&action, "remove").map(Change::Remove));
    }
    removes.extend(adds);
    Ok(removes)
}

fn path_of(action: &Value, kind: &str) -> Option<String> {
    let path = action.get(kind)?.get("path")?.as_str()?;
    Some(percent_decode_str(path).decode_utf8_lossy().into_owned())
}
