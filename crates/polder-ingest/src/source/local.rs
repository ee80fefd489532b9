use std::path::{Component, Path, PathBuf};

use object_store::local::LocalFileSystem;

use crate::{Error, Result};

/// A folder that nothing is read outside of.
///
/// Links are followed, and where they end counts. That is looked at when a file is listed and again when it is open; whoever can
/// change links in between can write into the folder anyway.
#[derive(Debug, Clone)]
pub(crate) struct Root(PathBuf);

impl Root {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let refuse = |error: std::io::Error| Error::Location {
            location: folder.display().to_string(),
            reason: error.to_string(),
        };
        Ok(Self(folder.canonicalize().map_err(refuse)?))
    }

    pub(crate) fn store(&self) -> object_store::Result<LocalFileSystem> {
        LocalFileSystem::new_with_prefix(&self.0)
    }

    /// A path as it is from this folder on.
    pub(crate) fn relative(&self, location: &str) -> Result<String> {
        let path = Path::new(location.strip_prefix("file://").unwrap_or(location));
        let path = path.strip_prefix(&self.0).unwrap_or(path);
        let mut parts = Vec::new();
        for part in path.components() {
            match part {
                Component::Normal(part) => parts.push(part.to_string_lossy()),
                Component::CurDir => {}
                _ => return Err(self.outside(location)),
            }
        }
        // So that a folder is still seen to be one.
        Ok(parts.join("/") + if location.ends_with('/') { "/" } else { "" })
    }

    pub(crate) fn confine_relative(&self, path: &str) -> Result<()> {
        self.confine(&self.0.join(path))
    }

    pub(crate) fn confine(&self, path: &Path) -> Result<()> {
        // What is gone by now will be found missing when it is read.
        match path.canonicalize() {
            Ok(real) if !real.starts_with(&self.0) => Err(self.outside(&path.display().to_string())),
            _ => Ok(()),
        }
    }

    fn outside(&self, path: &str) -> Error {
        Error::Outside { path: path.to_owned(), root: self.0.display().to_string() }
    }
}
