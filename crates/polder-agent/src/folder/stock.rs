//! The files that an attempt's working directory has at first, and how it gets them back after the attempt, for the next one.
//!
//! Making and removing files is what an attempt costs most on some file systems (ext4 looks through all that were removed
//! in the last minutes whenever it makes one). So what a step has left alone stays. A file was left alone if it is the same
//! inode with the same size, mode, and times of content and of change: its time of content is set to when its revision was
//! deployed, so that even a write within the same tick of the clock shows.

use std::collections::HashSet;
use std::fs::{self, DirEntry, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use polder_types::id::RevisionId;
use polder_types::wire::ProjectFile;

/// What a working directory is to hold, and the files as they were put there.
#[derive(Debug)]
pub(crate) struct Stock {
    revision: Option<RevisionId>,
    files: Arc<Vec<ProjectFile>>,
    /// Contents by hash.
    contents: PathBuf,
    /// In the order of `files`; empty until they are put there.
    seen: Vec<Seen>,
}

/// A file as far as it tells whether anybody has touched it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    inode: u64,
    size: u64,
    mode: u32,
    content: (i64, i64),
    change: (i64, i64),
}

impl Stock {
    /// Of an attempt without a project: nothing.
    pub(crate) fn nothing() -> Self {
        Self { revision: None, files: Arc::default(), contents: PathBuf::new(), seen: Vec::new() }
    }

    /// Copies the files into an empty directory. Their paths must be known to stay within it.
    pub(crate) fn put(
        revision: RevisionId,
        files: Arc<Vec<ProjectFile>>,
        contents: PathBuf,
        work: &Path,
    ) -> io::Result<Self> {
        let mut stock = Self { revision: Some(revision), files, contents, seen: Vec::new() };
        for index in 0..stock.files.len() {
            let seen = stock.copy(index, work)?;
            stock.seen.push(seen);
        }
        Ok(stock)
    }

    /// Whether an attempt of this revision can go on with it.
    pub(crate) fn is_of(&self, revision: Option<RevisionId>) -> bool {
        self.revision == revision
    }

    /// Removes what a step has added, and copies anew what it has changed or removed.
    pub(crate) fn restore(&mut self, work: &Path) -> io::Result<()> {
        self.remove_others(work)?;
        for index in 0..self.files.len() {
            let present = fs::symlink_metadata(work.join(&self.files[index].path));
            if present.is_ok_and(|metadata| Seen::of(&metadata) == self.seen[index]) {
                continue;
            }
            self.seen[index] = self.copy(index, work)?;
        }
        Ok(())
    }

    fn remove_others(&self, work: &Path) -> io::Result<()> {
        let files: HashSet<&Path> = self.files.iter().map(|file| Path::new(&file.path)).collect();
        let folders: HashSet<&Path> = files
            .iter()
            .flat_map(|path| path.ancestors().skip(1))
            .filter(|path| *path != Path::new(""))
            .collect();
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(work.join(&folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                let kind = entry.file_type()?;
                if kind.is_dir() && folders.contains(path.as_path()) {
                    open.push(path);
                } else if !(kind.is_file() && files.contains(path.as_path())) {
                    remove(&entry)?;
                }
            }
        }
        Ok(())
    }

    /// Copies within the kernel, and without copying at all where the file system can share blocks.
    fn copy(&self, index: usize, work: &Path) -> io::Result<Seen> {
        let file = &self.files[index];
        let to = work.join(&file.path);
        if let Some(parent) = to.parent() {
            super::make_all(parent)?;
        }
        match fs::remove_file(&to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::copy(self.contents.join(&file.sha256), &to)?;
        if file.executable {
            fs::set_permissions(&to, fs::Permissions::from_mode(0o755))?;
        }
        let copied = File::open(&to)?;
        copied.set_modified(self.deployed_at())?;
        Ok(Seen::of(&copied.metadata()?))
    }

    /// When the revision was deployed: its id begins with that.
    fn deployed_at(&self) -> SystemTime {
        let stamp = self.revision.and_then(|revision| revision.0.get_timestamp()).map(|at| at.to_unix());
        stamp.map_or(SystemTime::UNIX_EPOCH, |(seconds, nanoseconds)| {
            SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)
        })
    }
}

impl Seen {
    fn of(metadata: &Metadata) -> Self {
        Self {
            inode: metadata.ino(),
            size: metadata.size(),
            mode: metadata.mode(),
            content: (metadata.mtime(), metadata.mtime_nsec()),
            change: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Removes a file, a link or a whole folder.
pub(super) fn remove(entry: &DirEntry) -> io::Result<()> {
    if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    struct Bench {
        folder: tempfile::TempDir,
        stock: Stock,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir_all(folder.path().join("contents")).unwrap();
            fs::create_dir_all(folder.path().join("work")).unwrap();
            let files = [
                ("polder.yaml", "project: p", false),
                ("bin/run", "#!/bin/sh", true),
                ("bin/a/b.txt", "b", false),
            ];
            let files = files.map(|(path, text, executable)| {
                let sha256 = hex::encode(Sha256::digest(text));
                fs::write(folder.path().join("contents").join(&sha256), text).unwrap();
                ProjectFile { path: path.into(), sha256, size: text.len() as u64, executable }
            });
            let id = RevisionId("0193a2b4-0000-7000-8000-000000000001".parse().unwrap());
            let (contents, work) = (folder.path().join("contents"), folder.path().join("work"));
            let stock = Stock::put(id, Arc::new(files.into()), contents, &work).unwrap();
            Self { folder, stock }
        }

        fn path(&self, path: &str) -> PathBuf {
            self.folder.path().join("work").join(path)
        }

        /// Everything that is there: paths, contents, modes.
        fn there(&self) -> Vec<(PathBuf, String, u32)> {
            let mut found = Vec::new();
            let mut open = vec![self.path("")];
            while let Some(folder) = open.pop() {
                for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                    if entry.file_type().unwrap().is_dir() {
                        open.push(entry.path());
                    }
                    let text = fs::read_to_string(entry.path()).unwrap_or_default();
                    found.push((entry.path(), text, entry.metadata().unwrap().mode()));
                }
            }
            found.sort();
            found
        }

        fn restores_after(mess: impl FnOnce(&Self)) {
            let mut bench = Self::new();
            let before = bench.there();
            mess(&bench);
            let work = bench.path("");
            bench.stock.restore(&work).unwrap();
            assert_eq!(bench.there(), before);
        }
    }

    #[test]
    fn what_was_left_alone_is_the_same_file() {
        let mut bench = Bench::new();
        let inode = |bench: &Bench| fs::metadata(bench.path("bin/run")).unwrap().ino();
        let before = inode(&bench);
        fs::write(bench.path("bin/new"), "x").unwrap();
        let work = bench.path("");
        bench.stock.restore(&work).unwrap();
        assert_eq!(inode(&bench), before);
        assert!(!bench.path("bin/new").exists());
    }

    #[test]
    fn whatever_a_step_does_is_undone() {
        Bench::restores_after(|bench| fs::write(bench.path("polder.yaml"), "project: q").unwrap());
        Bench::restores_after(|bench| fs::remove_dir_all(bench.path("bin")).unwrap());
        Bench::restores_after(|bench| fs::remove_file(bench.path("bin/run")).unwrap());
        Bench::restores_after(|bench| fs::create_dir_all(bench.path("polder/yaml/deep")).unwrap());
        Bench::restores_after(|bench| {
            fs::set_permissions(bench.path("bin/run"), fs::Permissions::from_mode(0o600)).unwrap();
        });
        Bench::restores_after(|bench| {
            fs::remove_file(bench.path("polder.yaml")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", bench.path("polder.yaml")).unwrap();
        });
        Bench::restores_after(|bench| {
            fs::rename(bench.path("bin"), bench.path("elsewhere")).unwrap();
            std::os::unix::fs::symlink("elsewhere", bench.path("bin")).unwrap();
        });
        Bench::restores_after(|bench| {
            fs::remove_file(bench.path("bin/run")).unwrap();
            fs::create_dir_all(bench.path("bin/run/x")).unwrap();
        });
    }

    #[test]
    fn a_write_at_once_of_the_same_length_is_noticed() {
        for _ in 0..50 {
            Bench::restores_after(|bench| fs::write(bench.path("polder.yaml"), "project: x").unwrap());
        }
    }
}
