//! Removes from the cache what has not been used for a long time. A list's time of change is when it was used last.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use polder_types::id::RevisionId;

use super::{Revisions, parse};

/// How long a revision stays that no attempt asks for.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 3600);

const PAUSE: Duration = Duration::from_secs(24 * 3600);

/// How long to wait when attempts are just being given their files.
const PAUSE_IN_USE: Duration = Duration::from_secs(600);

impl Revisions {
    /// Tidies up now, and then once a day.
    pub(crate) async fn keep_tidy(self: Arc<Self>) {
        loop {
            let revisions = Arc::clone(&self);
            let tidied = tokio::task::spawn_blocking(move || revisions.tidy()).await.unwrap_or(false);
            tokio::time::sleep(if tidied { PAUSE } else { PAUSE_IN_USE }).await;
        }
    }

    /// Removes what is unused; false, with nothing done, if any of the cache is in use.
    fn tidy(&self) -> bool {
        let Ok(_alone) = self.in_use.try_write() else { return false };
        let since = SystemTime::from(self.clock.now()) - UNUSED;
        let mut needed = HashSet::new();
        for path in files(&self.lists) {
            if changed_since(&path, since) {
                let list = fs::read(&path).ok().and_then(|bytes| parse(&bytes));
                needed.extend(list.into_iter().flatten().map(|file| file.sha256));
            } else {
                self.drop_list(&path);
            }
        }
        for path in files(&self.contents) {
            let is_needed =
                path.file_name().and_then(|name| name.to_str()).is_some_and(|name| needed.contains(name));
            if !is_needed && !changed_since(&path, since) {
                remove(&path);
            }
        }
        true
    }

    /// Notes that the revision is used.
    pub(crate) fn note_use(&self, id: RevisionId) {
        let now = SystemTime::from(self.clock.now());
        if let Err(error) = fs::File::open(self.list(id)).and_then(|list| list.set_modified(now)) {
            tracing::debug!(%id, %error, "could not note the use of a revision");
        }
    }

    fn drop_list(&self, path: &Path) {
        let id = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        if let Some(id) = id {
            self.known().remove(&id);
        }
        remove(path);
    }
}

fn files(folder: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// What cannot be looked at stays.
fn changed_since(path: &Path, since: SystemTime) -> bool {
    fs::metadata(path).and_then(|metadata| metadata.modified()).map_or(true, |changed| changed >= since)
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "could not remove an unused file of a revision");
    }
}

#[cfg(test)]
mod tests {
    use polder_types::wire::ProjectFile;
    use polder_types::{Clock as _, SystemClock};

    use super::super::{List, VERSION};
    use super::*;

    /// A list with one content, last used `days` ago.
    fn used(revisions: &Revisions, content: &str, days: u64) -> RevisionId {
        let at = SystemTime::from(SystemClock.now()) - Duration::from_secs(days * 24 * 3600);
        let file = ProjectFile { path: "a".into(), sha256: content.into(), size: 1, executable: false };
        let list = serde_json::to_vec(&List { version: VERSION, files: vec![file] }).unwrap();
        let id = RevisionId::new(SystemClock.now());
        for (path, bytes) in [(revisions.list(id), list.as_slice()), (revisions.contents.join(content), b"x")]
        {
            fs::write(&path, bytes).unwrap();
            fs::File::open(&path).unwrap().set_modified(at).unwrap();
        }
        id
    }

    #[test]
    fn what_is_unused_for_a_month_is_removed_but_not_while_the_cache_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let revisions = Revisions::open(folder.path(), Arc::new(SystemClock)).unwrap();
        let old = used(&revisions, "only-old", 31);
        let shared = used(&revisions, "shared", 31);
        let young = used(&revisions, "shared", 31);
        revisions.note_use(young);
        fs::write(revisions.contents.join("being-fetched"), "x").unwrap();

        let reader = revisions.in_use.try_read().unwrap();
        assert!(!revisions.tidy() && revisions.list(old).exists());
        drop(reader);
        assert!(revisions.tidy());
        assert_eq!([old, shared, young].map(|id| revisions.list(id).exists()), [false, false, true]);
        let contents =
            ["only-old", "shared", "being-fetched"].map(|name| revisions.contents.join(name).exists());
        assert_eq!(contents, [false, true, true]);
    }
}
