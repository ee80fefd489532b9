//! The folders of an agent.
//!
//! ```text
//! DATA/state/         records of running attempts (the executor's)
//! DATA/revisions/     files of revisions: lists by id, contents by hash; what is unused for 30 days is removed
//! DATA/attempts/KEY/  an attempt's own folder, its HOME: work/ (the copy of the revision), tmp/, output
//! DATA/spare/N/       such a folder that nobody uses, as it was at first, for the next attempt of the same revision
//! ```
//!
//! All of it is for the agent's user alone: what steps write may be secret.

pub(crate) mod stock;

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use polder_types::id::RevisionId;
use polder_types::wire::AttemptKey;

use crate::Error;
use stock::Stock;

const WORK: &str = "work";
const TEMPORARY: &str = "tmp";

/// An attempt's own folder, with a working directory in it.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) work: PathBuf,
    /// What was put into the working directory, once it was.
    pub(crate) stock: OnceLock<Stock>,
}

/// Makes and keeps the folders of attempts.
#[derive(Debug)]
pub(crate) struct Folders {
    attempts: PathBuf,
    spare: PathBuf,
    /// How many are kept that nobody uses.
    most: usize,
    kept: Mutex<VecDeque<Folder>>,
    next: AtomicU64,
}

/// Makes a folder, and those above it, that only its owner may enter.
pub(crate) fn make(path: &Path) -> Result<(), Error> {
    make_all(path).map_err(Error::file("made", path))
}

fn make_all(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

impl Folders {
    /// Empties what an earlier life of the agent left, but for the folders of attempts that may still run.
    pub(crate) fn open(data: &Path, most: usize, running: &[AttemptKey]) -> Result<Self, Error> {
        let (attempts, spare) = (data.join("attempts"), data.join("spare"));
        clear(&attempts, running)?;
        clear(&spare, &[])?;
        Ok(Self { attempts, spare, most, kept: Mutex::default(), next: AtomicU64::new(0) })
    }

    /// The folder of an attempt. One of that name from before is of an attempt that ended with its agent.
    pub(crate) fn take(&self, key: &AttemptKey, revision: Option<RevisionId>) -> Result<Folder, Error> {
        let path = self.attempts.join(key.to_string().replace(['/', '\0'], "_"));
        if path.exists() {
            fs::remove_dir_all(&path).map_err(Error::file("removed", &path))?;
        }
        let work = path.join(WORK);
        if let Some(spare) = self.spare_of(revision)
            && fs::rename(&spare.path, &path).is_ok()
        {
            return Ok(Folder { path, work, ..spare });
        }
        make(&work)?;
        Ok(Folder { path, work, stock: OnceLock::new() })
    }

    fn spare_of(&self, revision: Option<RevisionId>) -> Option<Folder> {
        let mut kept = self.kept();
        let index =
            kept.iter().rposition(|kept| kept.stock.get().is_some_and(|stock| stock.is_of(revision)))?;
        kept.remove(index)
    }

    /// Takes a folder back from an attempt that has ended, off the way of whoever waits for it.
    pub(crate) fn give_back(self: &Arc<Self>, folder: Folder) {
        let folders = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let path = folder.path.clone();
            if let Err(error) = folders.keep(folder) {
                tracing::debug!(path = %path.display(), %error, "the folder of an attempt cannot be used again");
                remove(&path);
            }
        });
    }

    fn keep(&self, mut folder: Folder) -> io::Result<()> {
        let stock = folder.stock.get_mut().ok_or(io::ErrorKind::NotFound)?;
        for path in [&folder.path, &folder.work] {
            if !fs::symlink_metadata(path)?.is_dir() {
                return Err(io::ErrorKind::NotADirectory.into());
            }
        }
        stock.restore(&folder.work)?;
        clean(&folder.path)?;
        let path = self.spare.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        fs::rename(&folder.path, &path)?;
        let mut kept = self.kept();
        kept.push_back(Folder { work: path.join(WORK), path, ..folder });
        let oldest = if kept.len() > self.most { kept.pop_front() } else { None };
        drop(kept);
        oldest.iter().for_each(|oldest| remove(&oldest.path));
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Folder>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Empties the HOME of an attempt: all that stays is the working directory, and an empty folder for temporary files.
fn clean(home: &Path) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let stays = entry.file_name() == WORK
            || entry.file_name() == TEMPORARY
                && kind.is_dir()
                && fs::read_dir(entry.path())?.next().is_none();
        if !stays {
            stock::remove(&entry)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        tracing::warn!(path = %path.display(), %error, "could not remove the folder of an attempt");
    }
}

/// Empties a folder of folders: after a start, none of them is used.
fn clear(folder: &Path, except: &[AttemptKey]) -> Result<(), Error> {
    make(folder)?;
    let names: Vec<String> = except.iter().map(ToString::to_string).collect();
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))?.flatten() {
        if !names.iter().any(|name| entry.file_name() == name.as_str()) {
            fs::remove_dir_all(entry.path()).map_err(Error::file("removed", entry.path()))?;
        }
    }
    Ok(())
}
