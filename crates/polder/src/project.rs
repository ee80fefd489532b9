//! A project's folder: which files belong to it, what they are, and where they come from.
//!
//! What `.gitignore` and `.polderignore` leave out stays here, and always `.git` and `.env`: the one is not part of the
//! project, the other has secrets. Links may point to files inside of the project only.

mod source;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use ignore::{DirEntry, WalkBuilder};
use polder_types::Code;
use polder_types::definition::{self, Parsed};
use polder_types::wire::{Mistake, ProjectFile};
use sha2::{Digest as _, Sha256};

pub use source::Source;

use crate::failure::Failure;

/// Definitions that are larger are refused by the parser, which wants to say so itself.
const LARGEST_TEXT: u64 = 4 << 20;

/// The files of a project.
pub struct Folder {
    pub root: PathBuf,
    pub files: Vec<FileHere>,
    /// What is wrong with those that are not among the files.
    troubles: Vec<Mistake>,
}

/// One file, by its path in the project and where it is.
pub struct FileHere {
    pub path: String,
    pub full: PathBuf,
    pub size: u64,
    pub executable: bool,
}

impl Folder {
    /// Finds the files of the project at `root`. Where no folder was named, one above this folder will do too.
    pub fn open(root: &Path) -> Result<Self> {
        let canonical = root.canonicalize().map_err(|error| no_folder(root, &error))?;
        let canonical = project_of(&canonical, root)?;
        let (mut files, mut troubles) = (Vec::new(), Vec::new());
        for entry in walker(&canonical) {
            match entry.map_err(|error| trouble::not_seen(&error)).and_then(|it| file_here(&canonical, &it)) {
                Ok(file) => files.extend(file),
                Err(mistake) => troubles.push(*mistake),
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        troubles.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(Self { root: canonical, files, troubles })
    }

    /// Reads the definitions, and finds every mistake: in them, and in what lies beside them.
    pub fn parse(&self) -> Result<(Parsed, Vec<Mistake>)> {
        // What cannot be used is there all the same: nobody shall be told that it is missing, too.
        let unusable = self.troubles.iter().filter_map(|mistake| mistake.file.clone());
        let paths: BTreeSet<String> =
            self.files.iter().map(|file| file.path.clone()).chain(unusable).collect();
        let mut found = self.troubles.clone();
        let texts = self.texts(definition::is_definition, &mut found);
        found.extend(trouble::sizes(&self.files));
        let mut parsed = definition::parse(&texts, &paths);
        let of_sql = self.texts(|path| parsed.sql_files().contains(path), &mut found);
        parsed.check_sql(&of_sql);
        found.extend(parsed.problems.iter().cloned().map(Mistake::from));
        Ok((parsed, found))
    }

    /// The files whose paths are wanted; what cannot be read is told.
    fn texts(&self, is_wanted: impl Fn(&str) -> bool, found: &mut Vec<Mistake>) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for file in self.files.iter().filter(|file| is_wanted(&file.path)) {
            match file.text() {
                Ok(text) => _ = texts.insert(file.path.clone(), text),
                Err(mistake) => found.push(*mistake),
            }
        }
        texts
    }

    /// The list of files with their hashes, as a deployment brings it.
    pub fn list(&self) -> Result<Vec<ProjectFile>> {
        self.check_size()?;
        self.files.iter().map(FileHere::hashed).collect()
    }

    fn check_size(&self) -> Result<()> {
        let mistakes = trouble::sizes(&self.files);
        if mistakes.is_empty() {
            return Ok(());
        }
        Err(Failure::new("the project is too large").code(Code::TooLarge).errors(mistakes).into())
    }
}

impl FileHere {
    /// The content as text, or what is wrong with it.
    fn text(&self) -> Result<String, Box<Mistake>> {
        let unreadable = |error| trouble::unreadable(&self.path, &error);
        let file = File::open(&self.full).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(LARGEST_TEXT).read_to_end(&mut bytes).map_err(unreadable)?;
        if self.size > LARGEST_TEXT {
            // Perhaps cut within a character; it is refused for its size.
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        String::from_utf8(bytes)
            .map_err(|error| Box::new(Mistake::from(definition::not_utf8(&self.path, error.as_bytes()))))
    }

    fn hashed(&self) -> Result<ProjectFile> {
        let content = fs::read(&self.full).map_err(|error| cannot_read(&self.path, &error))?;
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

/// A file of the project; nothing for a folder.
fn file_here(root: &Path, entry: &DirEntry) -> Result<Option<FileHere>, Box<Mistake>> {
    let full = entry.path();
    let relative = full.strip_prefix(root).unwrap_or(full);
    let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { return Ok(None) };
    let shown = || relative.display().to_string();
    let path = relative.to_str().map(str::to_owned).ok_or_else(|| trouble::misnamed(&shown()))?;
    if kind.is_symlink() {
        check_link(root, full, &path)?;
    } else if !kind.is_file() {
        return Err(trouble::no_file(&path));
    }
    let opened = File::open(full).and_then(|file| file.metadata());
    let metadata = opened.map_err(|error| trouble::unreadable(&path, &error))?;
    let (size, executable) = (metadata.len(), is_executable(&metadata));
    Ok(Some(FileHere { path, full: full.to_owned(), size, executable }))
}

fn check_link(root: &Path, full: &Path, path: &str) -> Result<(), Box<Mistake>> {
    let target = full.canonicalize().ok().filter(|target| target.starts_with(root) && target.is_file());
    target.map(drop).ok_or_else(|| trouble::leads_out(path))
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

/// The folder of the project: this one; or, as git looks for its repository, the nearest one above the folder where somebody
/// is.
fn project_of(folder: &Path, named: &Path) -> Result<PathBuf> {
    let is_project =
        |folder: &Path| ["polder.yaml", "pipeline.yaml"].iter().any(|name| folder.join(name).exists());
    let depth = if named == Path::new(".") { usize::MAX } else { 1 };
    if let Some(found) = folder.ancestors().take(depth).find(|folder| is_project(folder)) {
        return Ok(found.to_owned());
    }
    let message = if depth == 1 {
        format!("{} is no project: it has no polder.yaml", named.display())
    } else {
        "this is no project: there is no polder.yaml here or above".to_owned()
    };
    Err(Failure::new(message).hint("Begin one with `polder init`, or name the project's folder.").into())
}

fn cannot_read(path: &str, error: &io::Error) -> anyhow::Error {
    let hint = format!(
        "Make it readable (`chmod u+r {path}`), or leave it out of the project with a line in .polderignore."
    );
    Failure::new(format!("cannot read {path}")).cause(error).hint(hint).into()
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

    const PIPELINE: &str = "name: a\nsteps: [{name: a, run: 'true'}]\n";

    /// What is wrong, each with its place.
    fn told(folder: &tempfile::TempDir) -> Vec<String> {
        let (_, found) = Folder::open(folder.path()).unwrap().parse().unwrap();
        let tell = |mistake: Mistake| {
            let place = mistake.line.zip(mistake.column).map(|(line, column)| format!(":{line}:{column}"));
            format!("{}{} {}", mistake.file.unwrap_or_default(), place.unwrap_or_default(), mistake.message)
        };
        found.into_iter().map(tell).collect()
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
        let folder = project(&[("a.txt", "x"), ("pipeline.yaml", PIPELINE)]);
        std::os::unix::fs::symlink("a.txt", folder.path().join("b.txt")).unwrap();
        assert_eq!(paths(&folder), ["a.txt", "b.txt", "pipeline.yaml", "polder.yaml"]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("c.txt")).unwrap();
        assert_eq!(told(&folder), ["c.txt this is a link to something that is no file of this project"],);
    }

    #[test]
    fn too_large_a_file_is_told_before_it_is_read() {
        let folder = project(&[("pipeline.yaml", PIPELINE)]);
        File::create(folder.path().join("big.bin")).unwrap().set_len((10 << 20) + 1).unwrap();
        assert_eq!(told(&folder), ["big.bin the file has 10.0 MiB; a file may have 10.0 MiB"]);
        assert!(Folder::open(folder.path()).unwrap().list().is_err());
    }

    #[test]
    fn every_trouble_is_told_at_once_and_nothing_that_follows_from_it() {
        let folder = project(&[("big.bin", ""), ("pipelines/b.yaml", "name: b\nnope: 1\n")]);
        File::options().write(true).open(folder.path().join("big.bin")).unwrap().set_len(11 << 20).unwrap();
        fs::write(folder.path().join("pipelines/a.yaml"), b"name: a\n# \xff\n").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("c.txt")).unwrap();
        let status = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status();
        assert!(status.unwrap().success());
        assert_eq!(
            told(&folder),
            [
                "c.txt this is a link to something that is no file of this project",
                "pipe this is neither a file nor a folder",
                "pipelines/a.yaml:2:3 this is not text in UTF-8",
                "big.bin the file has 11.0 MiB; a file may have 10.0 MiB",
                "pipelines/b.yaml:1:1 `steps` is missing",
                "pipelines/b.yaml:2:1 unknown key `nope`",
            ],
        );
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
