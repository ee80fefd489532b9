//! The data folder: one server's at a time, and nobody else's to read.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use polder_types::Code;

use crate::failure::Failure;

/// A data folder that this process holds.
pub struct DataFolder {
    pub path: PathBuf,
    /// The lock is let go with the file, however the process ends.
    _lock: File,
}

impl DataFolder {
    /// Takes the folder; makes it if it is not there.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = || format!("cannot use the data folder {}", path.display());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(failed)?;
        let path = path.canonicalize().with_context(failed)?;
        let mut options = File::options();
        let lock = options
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join("lock"))
            .with_context(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(in_use(&path)),
            Err(TryLockError::Error(error)) => Err(error).with_context(failed),
        }
    }

    pub fn database(&self) -> PathBuf {
        self.path.join("polder.db")
    }

    pub fn admin_token(&self) -> PathBuf {
        self.path.join("admin-token")
    }

    pub fn master_key(&self) -> PathBuf {
        self.path.join("master-key")
    }

    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    pub fn agent(&self) -> PathBuf {
        self.path.join("agent")
    }
}

fn in_use(path: &Path) -> anyhow::Error {
    Failure::new(format!("the data folder {} belongs to a server that is running", path.display()))
        .code(Code::DataInUse)
        .hint("Stop that server first, or choose another folder with --data.")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder_and_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataFolder::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        let error = DataFolder::open(&path).err().unwrap();
        assert_eq!(error.downcast::<Failure>().unwrap().code, Some(Code::DataInUse));
        drop(first);
        DataFolder::open(&path).unwrap();
    }
}
