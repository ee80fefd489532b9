//! The data folder: one server's at a time, and nobody else's to read.

use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
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
        let failed = |error: io::Error| cannot_use(path, &error);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let full = path.canonicalize().map_err(failed)?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true).mode(0o600);
        let lock = options.open(full.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {
                let folder = Self { path: full, _lock: lock };
                folder.make_private().map_err(failed)?;
                Ok(folder)
            }
            Err(TryLockError::WouldBlock) => Err(in_use(&full)),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The folder may have been there, open to others, and may hold more than Polder's: what is inside is closed.
    fn make_private(&self) -> io::Result<()> {
        // An empty file is an empty database to SQLite, which gives what it puts beside it the same rights.
        File::options().create(true).append(true).mode(0o600).open(self.database())?;
        fs::set_permissions(self.database(), Permissions::from_mode(0o600))?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(self.logs())?;
        fs::set_permissions(self.logs(), Permissions::from_mode(0o700))
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

    pub fn lake(&self) -> PathBuf {
        self.path.join("lake")
    }

    pub fn agent(&self) -> PathBuf {
        self.path.join("agent")
    }
}

fn cannot_use(path: &Path, error: &io::Error) -> anyhow::Error {
    let hint = if path.exists() && !path.is_dir() {
        "It is a file: choose a folder with --data."
    } else if error.kind() == ErrorKind::PermissionDenied {
        "This user may not write there: choose another folder with --data, or start the server as the folder's owner."
    } else {
        "Choose a folder that can be made and written to with --data."
    };
    Failure::new(format!("cannot use the data folder {}", path.display())).cause(error).hint(hint).into()
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
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataFolder::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        let error = DataFolder::open(&path).err().unwrap();
        assert_eq!(error.downcast::<Failure>().unwrap().code, Some(Code::DataInUse));
        drop(first);
        DataFolder::open(&path).unwrap();
    }

    #[test]
    fn what_is_in_a_folder_that_others_may_enter_is_private() {
        let parent = tempfile::tempdir().unwrap();
        fs::set_permissions(parent.path(), Permissions::from_mode(0o755)).unwrap();
        fs::write(parent.path().join("polder.db"), "").unwrap();
        let folder = DataFolder::open(parent.path()).unwrap();
        for (path, mode) in [(folder.database(), 0o600), (folder.logs(), 0o700)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
        assert_eq!(
            fs::metadata(parent.path()).unwrap().permissions().mode() & 0o777,
            0o755,
            "it may be anybody's"
        );
    }
}
