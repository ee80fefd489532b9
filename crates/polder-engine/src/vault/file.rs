//! The file with the master keys: readable by its owner only, and replaced as a whole.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Error, Result};

/// The file's text, or `None` if it is not there. What others could read is made private.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>> {
    match fs::read_to_string(path) {
        Ok(text) => {
            fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(at(path))?;
            Ok(Some(Zeroizing::new(text)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

/// Makes the file, unless somebody else was faster; answers what it holds now.
pub(super) fn create(path: &Path, text: &str) -> Result<Zeroizing<String>> {
    let new = written_beside(path, text)?;
    // Unlike renaming, linking never replaces a key that is there.
    let linked = fs::hard_link(&new, path);
    let _ = fs::remove_file(&new);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(at(path)(error)),
        _ => sync_folder(path)?,
    }
    read(path)?.ok_or_else(|| at(path)(io::ErrorKind::NotFound.into()))
}

/// Replaces the file: at every moment it holds all of the old text or all of the new one.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    let new = written_beside(path, text)?;
    fs::rename(&new, path).map_err(at(path))?;
    sync_folder(path)
}

fn written_beside(path: &Path, text: &str) -> Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", uuid::Uuid::new_v4().simple()));
    let new = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(at(&new))?;
    Ok(new)
}

fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

fn at(path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::File { path: path.to_owned(), source }
}
