//! Copies a revision's files into the working directory of an attempt.
//!
//! Contents are fetched once and kept by their hash, so that a new revision costs what has changed. An attempt gets
//! copies of its own (sharing blocks where the file system can), never links: what a step does to its files must not
//! reach another one. What no attempt has asked for in a month is removed (`tidy`).

mod tidy;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use polder_client::Client;
use polder_types::Clock;
use polder_types::id::RevisionId;
use polder_types::wire::ProjectFile;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OnceCell, RwLock};

use crate::folder::stock::Stock;
use crate::{Error, folder};

/// Version of the stored lists. A fixture of each version is read by a test for ever.
const VERSION: u32 = 1;

/// How many contents are fetched at once.
const AT_ONCE: usize = 8;

type Files = Arc<Vec<ProjectFile>>;

/// The revisions that this agent has the files of.
pub(crate) struct Revisions {
    lists: PathBuf,
    contents: PathBuf,
    known: Mutex<Known>,
    /// Read by whoever copies, written by whoever removes.
    in_use: RwLock<()>,
    clock: Arc<dyn Clock>,
}

type Known = HashMap<RevisionId, Arc<OnceCell<Files>>>;

/// A list of files as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    version: u32,
    files: Vec<ProjectFile>,
}

impl Revisions {
    pub(crate) fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let (lists, contents) = (folder.join("lists"), folder.join("contents"));
        folder::make(&lists)?;
        folder::make(&contents)?;
        Ok(Self { lists, contents, known: Mutex::default(), in_use: RwLock::default(), clock })
    }

    /// Copies the files of the revision into `target`, after fetching what is not here yet.
    pub(crate) async fn copy(&self, client: &Client, id: RevisionId, target: &Path) -> Result<Stock, Error> {
        let _in_use = self.in_use.read().await;
        let files = self.files(client, id).await?;
        self.note_use(id);
        match self.copy_files(id, &files, target).await {
            Err(error) if error.is_missing_file() => {
                // Somebody tidied up the cache.
                self.forget(id);
                let files = self.files(client, id).await?;
                self.copy_files(id, &files, target).await
            }
            other => other,
        }
    }

    async fn files(&self, client: &Client, id: RevisionId) -> Result<Files, Error> {
        let cell = Arc::clone(self.known().entry(id).or_default());
        cell.get_or_try_init(|| self.load(client, id)).await.cloned()
    }

    fn forget(&self, id: RevisionId) {
        self.known().remove(&id);
        drop(fs::remove_file(self.list(id)));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self, client: &Client, id: RevisionId) -> Result<Files, Error> {
        if let Some(files) = fs::read(self.list(id)).ok().and_then(|bytes| parse(&bytes)) {
            return Ok(Arc::new(files));
        }
        let files = client.revision_files(id).await?.files;
        files.iter().try_for_each(|file| confined(&file.path).map(drop))?;
        let mut seen = HashSet::new();
        let distinct = files.iter().filter(|file| seen.insert(&file.sha256));
        let fetches: Vec<_> = distinct.map(|file| self.fetch(client, file)).collect();
        stream::iter(fetches).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        // Written last: a list that is there has all its contents.
        write(&self.list(id), &serde_json::to_vec(&List { version: VERSION, files: files.clone() })?)?;
        Ok(Arc::new(files))
    }

    async fn fetch(&self, client: &Client, file: &ProjectFile) -> Result<(), Error> {
        let is_hash = file.sha256.len() == 64 && file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash {
            return Err(Error::Content { path: file.path.clone() });
        }
        let path = self.contents.join(&file.sha256);
        if path.exists() {
            return Ok(());
        }
        let content = client.blob(&file.sha256).await?;
        if hex::encode(Sha256::digest(&content)) != file.sha256 {
            return Err(Error::Content { path: file.path.clone() });
        }
        write(&path, &content)
    }

    async fn copy_files(&self, id: RevisionId, files: &Files, target: &Path) -> Result<Stock, Error> {
        files.iter().try_for_each(|file| confined(&file.path).map(drop))?;
        let (files, contents, target) = (Arc::clone(files), self.contents.clone(), target.to_owned());
        let put = move || Stock::put(id, files, contents, &target).map_err(Error::file("copied to", &target));
        tokio::task::spawn_blocking(put).await?
    }

    fn list(&self, id: RevisionId) -> PathBuf {
        self.lists.join(format!("{id}.json"))
    }
}

fn parse(bytes: &[u8]) -> Option<Vec<ProjectFile>> {
    serde_json::from_slice::<List>(bytes).ok().filter(|list| list.version == VERSION).map(|list| list.files)
}

/// The path, if it stays within the folder that it is relative to.
fn confined(path: &str) -> Result<&Path, Error> {
    let relative = Path::new(path);
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if stays && !path.is_empty() && !path.contains('\0') {
        Ok(relative)
    } else {
        Err(Error::Path { path: path.to_owned() })
    }
}

/// Writes a file so that it is there whole or not at all.
fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let part = path.with_extension(format!("{}.part", uuid::Uuid::new_v4()));
    let written = File::create(&part)
        .and_then(|mut file| file.write_all(content))
        .and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        drop(fs::remove_file(&part));
        Error::file("written", path)(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_version_1_is_read() {
        let files = parse(include_bytes!("../tests/it/revision-v1.json")).unwrap();
        assert_eq!(
            files.iter().map(|file| (file.path.as_str(), file.executable)).collect::<Vec<_>>(),
            [("polder.yaml", false), ("bin/extract", true)]
        );
        assert!(parse(b"{\"version\": 2, \"files\": []}").is_none());
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        assert!(confined("a/b.py").is_ok() && confined("..a").is_ok());
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a/..", "./a", "a\0b"] {
            assert!(confined(path).is_err(), "{path}");
        }
    }
}
