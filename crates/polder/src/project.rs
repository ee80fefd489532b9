//! A project's folder: which files belong to it, what they are, and where they come from.
//!
//! What `.gitignore` and `.polderignore` leave out stays here, and always `.git` and `.env`: the one is not part of the
//! project, the other has secrets. Links may point to files inside of the project only.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ignore::{DirEntry, WalkBuilder};
use polder_types::Code;
use polder_types::definition::{self, Parsed};
use polder_types::wire::{Mistake, ProjectFile};
use sha2::{Digest as _, Sha256};

pub use source::Source;

use crate::failure::Failure;
use crate::output::{format, mistakes};

/// What the server accepts; told here before anything is uploaded.
const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 100 << 20;
const LARGEST_FILE: u64 = 10 << 20;
/// Definitions that are larger are refused by the parser, which wants to say so itself.
const LARGEST_TEXT: u64 = 4 << 20;

/// The files of a project.
pub struct Folder {
    pub root: PathBuf,
    pub files: Vec<FileHere>,
}

/// One file, by its path in the project and where it is.
pub struct FileHere {
    pub path: String,
    pub full: PathBuf,
    pub size: u64,
    pub executable: bool,
}

impl Folder {
    /// Finds the files of the project at `root`.
    pub fn open(root: &Path) -> Result<Self> {
        let canonical = root.canonicalize().map_err(|error| no_folder(root, &error))?;
        if !["polder.yaml", "pipeline.yaml"].iter().any(|name| canonical.join(name).exists()) {
            return Err(Failure::new(format!("{} is no project: it has no polder.yaml", root.display()))
                .hint("Begin one with `polder init`, or name the project's folder.")
                .into());
        }
        let mut files = Vec::new();
        for entry in walker(&canonical) {
            let entry = entry.context("cannot read the project's folder")?;
            files.extend(file_here(&canonical, &entry)?);
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { root: canonical, files })
    }

    /// Reads the definitions, and finds every mistake in them.
    pub fn parse(&self) -> Result<(Parsed, Vec<Mistake>)> {
        let paths: BTreeSet<String> = self.files.iter().map(|file| file.path.clone()).collect();
        let mut texts = BTreeMap::new();
        let mut unreadable = Vec::new();
        for file in self.files.iter().filter(|file| definition::is_definition(&file.path)) {
            match file.text()? {
                Ok(text) => _ = texts.insert(file.path.clone(), text),
                Err(mistake) => unreadable.push(mistake),
            }
        }
        let parsed = definition::parse(&texts, &paths);
        unreadable.extend(parsed.problems.iter().cloned().map(mistakes::from_problem));
        Ok((parsed, unreadable))
    }

    /// The list of files with their hashes, as a deployment brings it.
    pub fn list(&self) -> Result<Vec<ProjectFile>> {
        self.check_size()?;
        self.files.iter().map(FileHere::hashed).collect()
    }

    fn check_size(&self) -> Result<()> {
        let hint =
            "Leave out what the pipelines do not need with a line in .polderignore; data belongs elsewhere.";
        let too_large = |message: String| Err(Failure::new(message).code(Code::TooLarge).hint(hint).into());
        if let Some(file) = self.files.iter().find(|file| file.size > LARGEST_FILE) {
            let (size, most) = (format::bytes(file.size), format::bytes(LARGEST_FILE));
            return too_large(format!("{} has {size}; a file may have {most}", file.path));
        }
        if self.files.len() > MOST_FILES {
            return too_large(format!(
                "the project has {} files; it may have {MOST_FILES}",
                self.files.len()
            ));
        }
        let bytes: u64 = self.files.iter().map(|file| file.size).sum();
        if bytes > MOST_BYTES {
            return too_large(format!(
                "the project has {}; it may have {}",
                format::bytes(bytes),
                format::bytes(MOST_BYTES)
            ));
        }
        Ok(())
    }
}

impl FileHere {
    /// The content as text, or what is wrong with it.
    fn text(&self) -> Result<Result<String, Mistake>> {
        let mut bytes = Vec::new();
        let file = File::open(&self.full).with_context(|| format!("cannot read {}", self.path))?;
        file.take(LARGEST_TEXT)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", self.path))?;
        Ok(String::from_utf8(bytes).map_err(|error| Mistake {
            severity: polder_types::wire::Severity::Error,
            file: Some(self.path.clone()),
            line: None,
            column: None,
            path: None,
            message: format!(
                "the file is not text in UTF-8 (from byte {} on)",
                error.utf8_error().valid_up_to()
            ),
            hint: Some("save it as UTF-8".to_owned()),
            excerpt: None,
        }))
    }

    fn hashed(&self) -> Result<ProjectFile> {
        let content = fs::read(&self.full).with_context(|| format!("cannot read {}", self.path))?;
        let (sha256, size) = (hex::encode(Sha256::digest(&content)), content.len() as u64);
        Ok(ProjectFile { path: self.path.clone(), sha256, size, executable: self.executable })
    }
}

fn walker(root: &Path) -> ignore::Walk {
    // Ignore files above the project count as they do for git: up to the top of the repository, and not outside of one.
    let in_repository = root.ancestors().any(|folder| folder.join(".git").exists());
    WalkBuilder::new(root)
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .require_git(in_repository)
        .parents(in_repository)
        .add_custom_ignore_filename(".polderignore")
        .filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | ".env")))
        .build()
}

fn file_here(root: &Path, entry: &DirEntry) -> Result<Option<FileHere>> {
    let full = entry.path();
    let relative = full.strip_prefix(root).unwrap_or(full);
    let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { return Ok(None) };
    let path = relative.to_str().map(str::to_owned).ok_or_else(|| {
        Failure::new(format!("the name of `{}` is not UTF-8", relative.display())).hint("Rename the file.")
    })?;
    if kind.is_symlink() {
        check_link(root, full, &path)?;
    } else if !kind.is_file() {
        return Err(Failure::new(format!("`{path}` is neither a file nor a folder"))
            .hint("Remove it, or leave it out with a line in .polderignore.")
            .into());
    }
    let metadata = fs::metadata(full).with_context(|| format!("cannot read {path}"))?;
    Ok(Some(FileHere {
        path,
        full: full.to_owned(),
        size: metadata.len(),
        executable: is_executable(&metadata),
    }))
}

/// Where the project runs, nothing outside of it is there.
fn check_link(root: &Path, full: &Path, path: &str) -> Result<()> {
    let target = full.canonicalize().ok().filter(|target| target.starts_with(root) && target.is_file());
    let hint = "Copy what it points to into the project, or leave the link out with a line in .polderignore.";
    let refuse = || {
        Failure::new(format!("`{path}` is a link to something that is no file of this project")).hint(hint)
    };
    target.map(drop).ok_or_else(|| refuse().into())
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

fn no_folder(root: &Path, error: &io::Error) -> anyhow::Error {
    Failure::new(format!("cannot open the folder {}", root.display())).cause(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("polder.yaml", "project: p\nteam: t\n")].iter().chain(files) {
            let full = folder.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
        }
        folder
    }

    fn paths(folder: &tempfile::TempDir) -> Vec<String> {
        Folder::open(folder.path()).unwrap().files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn ignored_files_git_and_env_stay_out_and_hidden_ones_go_along() {
        let folder = project(&[
            (".gitignore", "*.log\n"),
            (".polderignore", "data/\n"),
            ("a.log", ""),
            ("data/big.csv", ""),
            (".git/config", ""),
            (".env", "TOKEN=1"),
            ("sub/.env", "TOKEN=1"),
            (".config/x.toml", ""),
            ("run.py", ""),
        ]);
        assert_eq!(
            paths(&folder),
            [".config/x.toml", ".gitignore", ".polderignore", "polder.yaml", "run.py"]
        );
    }

    #[test]
    fn links_may_not_lead_out() {
        let folder = project(&[("a.txt", "x")]);
        std::os::unix::fs::symlink("a.txt", folder.path().join("b.txt")).unwrap();
        assert_eq!(paths(&folder), ["a.txt", "b.txt", "polder.yaml"]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("c.txt")).unwrap();
        let error = Folder::open(folder.path()).err().unwrap();
        assert_eq!(error.to_string(), "`c.txt` is a link to something that is no file of this project");
    }

    #[test]
    fn too_large_a_file_is_told_before_it_is_read() {
        let folder = project(&[]);
        File::create(folder.path().join("big.bin")).unwrap().set_len(LARGEST_FILE + 1).unwrap();
        let error = Folder::open(folder.path()).unwrap().list().err().unwrap();
        assert_eq!(error.to_string(), "big.bin has 10.0 MiB; a file may have 10.0 MiB");
    }

    #[test]
    fn hashes_are_of_the_content() {
        let folder = project(&[("empty", "")]);
        let list = Folder::open(folder.path()).unwrap().list().unwrap();
        let empty = list.iter().find(|file| file.path == "empty").unwrap();
        assert_eq!(empty.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert!(!empty.executable);
    }
}
