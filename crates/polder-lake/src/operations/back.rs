//! What it takes to make a table what it was.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use deltalake::kernel::{Action, Add, LogicalFileView, Metadata, MetadataExt};
use deltalake::table::state::DeltaTableState;
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::files::KEY;
use crate::{Error, Result, Table};

/// Files that are looked for at the same time.
const AT_ONCE: usize = 16;

/// What the names of our own notes in a table begin with.
const NOTES: &str = "polder.";
/// Notes that all that was in the table has been taken back.
const TAKEN_BACK: &str = "polder.taken_back";

/// Delta's identity of a file: where it is, and which of its rows are deleted.
type Identity = (Path, Option<String>);

impl Table {
    /// What leads from here to an older version of it, or to no rows at all. What readers must know stays: it may only grow.
    ///
    /// # Errors
    /// When files of that version are gone.
    pub(crate) async fn back_to(&self, to: Option<&Self>, at: DateTime<Utc>) -> Result<Vec<Action>> {
        let (now, then) = (self.snapshot()?, to.map(Self::snapshot).transpose()?);
        let wanted = then.map(files).unwrap_or_default();
        let adds = not_in(&wanted, now);
        if let Some(then) = to {
            then.refuse_gone(&adds).await?;
        }
        let removes = now.log_data();
        let removes = removes.iter().filter(|file| !wanted.contains_key(&identity(file))).map(|file| {
            let mut remove = file.remove_action(true);
            remove.deletion_timestamp = Some(at.timestamp_millis());
            Action::Remove(remove)
        });
        let metadata = match then {
            Some(then) => then.metadata().clone(),
            None => self.taken_back()?,
        };
        let metadata = Some(metadata).filter(|then| then != now.metadata());
        let actions = metadata.into_iter().map(Action::Metadata).chain(removes);
        let adds = adds.into_iter().map(|add| Action::Add(Add { data_change: true, ..add }));
        Ok(actions.chain(adds).collect())
    }

    /// What is said of it when it never was: its columns, which readers know. How far its source was read is nothing of it.
    fn taken_back(&self) -> Result<Metadata> {
        let now = self.snapshot()?.metadata().clone();
        let is_note = |name: &String| name.starts_with(NOTES) && name != KEY;
        let notes: Vec<_> = now.configuration().keys().filter(|name| is_note(name)).cloned().collect();
        let without = notes.into_iter().try_fold(now, |metadata, name| metadata.remove_config_key(&name));
        let noted = without.and_then(|metadata| metadata.add_config_key(TAKEN_BACK.into(), "true".into()));
        noted.map_err(|error| Error::log(&self.name, error))
    }

    /// Whether nothing is in it, and all that ever was has been taken back.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn is_taken_back(&self) -> Result<bool> {
        let now = self.snapshot()?;
        Ok(now.metadata().configuration().contains_key(TAKEN_BACK) && now.log_data().num_files() == 0)
    }

    /// Whether an older version of it can still be read.
    ///
    /// # Errors
    /// [`Error::Gone`].
    pub(crate) async fn still_has(&self, then: &Self) -> Result<()> {
        then.refuse_gone(&not_in(&files(then.snapshot()?), self.snapshot()?)).await
    }

    async fn refuse_gone(&self, adds: &[Add]) -> Result<()> {
        let store = self.delta.object_store();
        let looked = adds.iter().map(|add| {
            let (store, path) = (&store, &add.path);
            async move {
                let location = Path::parse(path).unwrap_or_else(|_| Path::from(path.as_str()));
                match store.head(&location).await {
                    Ok(_) => Ok(()),
                    Err(object_store::Error::NotFound { .. }) => Err(self.gone(path)),
                    Err(error) => Err(error.into()),
                }
            }
        });
        let looked: Vec<_> = looked.collect();
        futures::stream::iter(looked).buffer_unordered(AT_ONCE).try_collect().await
    }

    fn gone(&self, file: &str) -> Error {
        Error::Gone { table: self.name.clone(), version: self.version(), file: file.to_owned() }
    }
}

/// Those files that a state does not have.
fn not_in(wanted: &HashMap<Identity, Add>, state: &DeltaTableState) -> Vec<Add> {
    let current: HashSet<_> = state.log_data().iter().map(|file| identity(&file)).collect();
    wanted.iter().filter(|(file, _)| !current.contains(file)).map(|(_, add)| add.clone()).collect()
}

#[expect(deprecated, reason = "the columns that it says to use instead are no actions")]
fn files(state: &DeltaTableState) -> HashMap<Identity, Add> {
    state.log_data().iter().map(|file| (identity(&file), file.add_action())).collect()
}

fn identity(file: &LogicalFileView) -> Identity {
    let deleted = file
        .deletion_vector_descriptor()
        .map(|vector| format!("{}{}@{:?}", vector.storage_type, vector.path_or_inline_dv, vector.offset));
    (file.object_store_path(), deleted)
}
