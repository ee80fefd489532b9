//! Deletes what nobody needs any more: data files, and the logs of branches that nobody is shown.
//!
//! Delta's own vacuum knows one log. Here a file may be needed by a branch, by a version that a reader has pinned, or by a writer that has
//! not committed yet; so the caller says what must stay ([`Kept`]), which is true for as long as the lake lasts. Deleting may therefore stop
//! anywhere, be repeated, and be done by two at once. Whatever looks wrong is a reason to delete nothing of that table.

mod found;
mod needed;

use futures::{StreamExt, TryStreamExt};
use object_store::ObjectMeta;
use object_store::path::Path;
use polder_types::lake::Kept;

use self::found::Found;
use self::needed::Needed;
use crate::{Error, Lake, Line, Result, TableName};

/// Tables that are looked at at the same time.
const AT_ONCE: usize = 4;

/// What of a table nobody needs.
#[derive(Debug, Default)]
pub struct Garbage {
    files: Vec<ObjectMeta>,
    /// The folders of branches that are gone with their files.
    folders: Vec<Path>,
}

/// What was deleted of a table, or would be; or why nothing was.
#[derive(Debug)]
pub struct Vacuumed {
    pub table: TableName,
    pub garbage: Result<Garbage>,
}

impl Lake {
    /// Deletes what nobody needs, of one table after another; those of which nothing was deleted are left out, unless it is an error.
    ///
    /// # Errors
    /// When it cannot be told which tables there are.
    pub async fn vacuum(&self, kept: &Kept, dry_run: bool) -> Result<Vec<Vacuumed>> {
        let tables: Vec<_> = self.table_folders().await?.into_iter().collect();
        let vacuumed = futures::stream::iter(tables).map(|table| async move {
            let garbage = self.vacuum_table(&table, kept, dry_run).await;
            Vacuumed { table, garbage }
        });
        let told = |vacuumed: &Vacuumed| {
            std::future::ready(vacuumed.garbage.as_ref().map_or(true, |garbage| garbage.files() > 0))
        };
        Ok(vacuumed.buffered(AT_ONCE).filter(told).collect().await)
    }

    async fn vacuum_table(&self, table: &TableName, kept: &Kept, dry_run: bool) -> Result<Garbage> {
        let garbage = self.garbage(table, kept).await?;
        if !dry_run {
            self.delete(&garbage).await?;
        }
        Ok(garbage)
    }

    /// What of a table nobody needs.
    ///
    /// # Errors
    /// When a version that must stay cannot be read, or names a file that is not there: then it is not known what is needed.
    pub async fn garbage(&self, table: &TableName, kept: &Kept) -> Result<Garbage> {
        let mut needed = Needed::default();
        for (name, pin) in kept.pins_of(table) {
            needed.add_line(self, name, pin).await?;
        }
        // Afterwards: what the logs name is in it.
        let found = Found::list(self, table).await?;
        if found.has_main_log && !kept.pins_of(table).any(|(_, pin)| pin.line == Line::main()) {
            return Ok(Garbage::default()); // Somebody else's table.
        }
        needed.refuse_lost(table, &found)?;
        for commit in found.commits_of(&kept.branches) {
            needed.add_commit(self, table, commit).await?;
        }
        Ok(found.garbage(&needed, kept))
    }

    /// Deletes it. What is gone already is as it should be.
    ///
    /// # Errors
    /// When the store refuses; what was deleted until then is not needed either.
    pub async fn delete(&self, garbage: &Garbage) -> Result<()> {
        let paths = garbage.files.iter().map(|meta| Ok(meta.location.clone())).collect::<Vec<_>>();
        let deleted = self.store().delete_stream(futures::stream::iter(paths).boxed());
        let refused = deleted.map(|deleted| match deleted {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::from(error)),
        });
        refused.try_collect::<Vec<()>>().await?;
        garbage.folders.iter().for_each(|folder| self.remove_empty(folder));
        Ok(())
    }

    /// On disk, folders are left; in a bucket there are none. One that is not empty stays.
    fn remove_empty(&self, folder: &Path) {
        let Ok(root) = self.store_url().to_file_path() else { return };
        let folder = root.join(folder.as_ref());
        let _ = std::fs::remove_dir(folder.join(crate::log::LOG));
        let _ = std::fs::remove_dir(folder);
    }
}

impl Garbage {
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files.len() as u64
    }

    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|meta| meta.size).sum()
    }

    /// How many branches go.
    #[must_use]
    pub fn branches(&self) -> u64 {
        self.folders.len() as u64
    }

    /// Where its files are, in the lake's store.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|meta| &meta.location)
    }
}
