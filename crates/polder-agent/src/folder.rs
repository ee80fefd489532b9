//! The folders of an agent.
//!
//! ```text
//! DATA/state/         records of running attempts (the executor's)
//! DATA/revisions/     files of revisions: lists by id, contents by hash; what is unused for 30 days is removed
//! DATA/attempts/KEY/  an attempt's own folder, its HOME: work/ (the copy of the revision), tmp/, output
//! ```
//!
//! All of it is for the agent's user alone: what steps write may be secret.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use polder_types::wire::AttemptKey;

use crate::Error;

/// An attempt's own folder, with a working directory in it.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) work: PathBuf,
}

/// Makes a folder, and those above it, that only its owner may enter.
pub(crate) fn make(path: &Path) -> Result<(), Error> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::file("made", path))
}

impl Folder {
    /// Makes the folder of an attempt. One of that name from before is of an attempt that ended with its agent.
    pub(crate) fn new(attempts: &Path, key: &AttemptKey) -> Result<Self, Error> {
        let path = attempts.join(key.to_string().replace(['/', '\0'], "_"));
        let work = path.join("work");
        if path.exists() {
            fs::remove_dir_all(&path).map_err(Error::file("removed", &path))?;
        }
        make(&work)?;
        Ok(Self { path, work })
    }

    /// Removes it, off the way of whoever waits for the attempt.
    pub(crate) fn remove(self) {
        tokio::task::spawn_blocking(move || {
            if let Err(error) = fs::remove_dir_all(&self.path) {
                tracing::warn!(path = %self.path.display(), %error, "could not remove the folder of an attempt");
            }
        });
    }
}

/// Empties the folder of attempts: after a start, none of them runs.
pub(crate) fn clear(attempts: &Path, except: &[AttemptKey]) -> Result<(), Error> {
    make(attempts)?;
    let names: Vec<String> = except.iter().map(ToString::to_string).collect();
    for entry in fs::read_dir(attempts).map_err(Error::file("read", attempts))?.flatten() {
        if !names.iter().any(|name| entry.file_name() == name.as_str()) {
            fs::remove_dir_all(entry.path()).map_err(Error::file("removed", entry.path()))?;
        }
    }
    Ok(())
}
