//! Deletes the data files that nobody needs any more.
//!
//! Delta's own vacuum knows one log. Here a file may be needed by a branch, by a version that a reader has pinned, or by a writer
//! that has not committed yet; so the caller says which versions of which lines must stay readable, and how old a file must be
//! before nobody can still be about to commit it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectMeta;
use object_store::path::Path;

use crate::{Lake, Line, Result, TableName};

/// What must stay.
#[derive(Debug, Clone)]
pub struct Keep {
    /// Versions that must stay readable: those that are current, on every line, and those that readers have pinned.
    pub versions: Vec<(Line, u64)>,
    /// Files that are not older stay: they may belong to a commit that is still to come.
    pub written_since: DateTime<Utc>,
}

/// What was deleted, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vacuumed {
    pub files: u64,
    pub bytes: u64,
}

impl Lake {
    /// Deletes the data files of a table that none of the versions to keep needs.
    ///
    /// # Errors
    /// When one of those versions cannot be read: then nothing is deleted.
    pub async fn vacuum(&self, table: &TableName, keep: &Keep) -> Result<Vacuumed> {
        let garbage = self.garbage(table, keep).await?;
        let paths = garbage.iter().map(|meta| Ok(meta.location.clone())).collect::<Vec<_>>();
        self.store().delete_stream(futures::stream::iter(paths).boxed()).try_collect::<Vec<_>>().await?;
        Ok(Vacuumed::of(&garbage))
    }

    /// What [`Lake::vacuum`] would delete.
    ///
    /// # Errors
    /// As there.
    pub async fn vacuum_dry(&self, table: &TableName, keep: &Keep) -> Result<Vacuumed> {
        Ok(Vacuumed::of(&self.garbage(table, keep).await?))
    }

    async fn garbage(&self, table: &TableName, keep: &Keep) -> Result<Vec<ObjectMeta>> {
        let mut needed = HashSet::new();
        for (line, version) in &keep.versions {
            let table = self.table(table, line, Some(*version)).await?;
            let snapshot = table.snapshot()?;
            needed.extend(snapshot.log_data().iter().map(|file| file.object_store_path()));
        }
        let folder = self.folder(table);
        let is_garbage = |meta: &ObjectMeta| {
            let path = within(&folder, &meta.location);
            meta.last_modified < keep.written_since && !is_hidden(&path) && !needed.contains(&path)
        };
        let files = self.store().list(Some(&folder));
        Ok(files.try_filter(|meta| std::future::ready(is_garbage(meta))).try_collect().await?)
    }
}

fn within(folder: &Path, location: &Path) -> Path {
    location.prefix_match(folder).map_or_else(|| location.clone(), Iterator::collect)
}

/// Logs, branches, and what else is not data. The folder of a partition column may begin with `_` too, but has a `=`.
fn is_hidden(path: &Path) -> bool {
    path.parts().any(|part| part.as_ref().starts_with(['_', '.']) && !part.as_ref().contains('='))
}

impl Vacuumed {
    fn of(garbage: &[ObjectMeta]) -> Self {
        Self { files: garbage.len() as u64, bytes: garbage.iter().map(|meta| meta.size).sum() }
    }
}
