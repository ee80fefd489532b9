//! The attempts that were started and not seen to their end, one file each: what a killed agent left behind is found
//! through them.
//!
//! A file's first line is written before the process is started, its second right after. If the agent dies between the
//! two, the process is found by its mark. Not synchronised to the disk: what dies with the machine needs no record.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use polder_types::wire::AttemptKey;
use serde::{Deserialize, Serialize};

use super::table::ProcessId;
use crate::Error;

/// Version of the files. A fixture of each version is read by a test for ever.
const VERSION: u32 = 1;
/// How the name of a file without an attempt ends.
const FREE: &str = "free";

/// The folder of the records.
#[derive(Debug)]
pub(crate) struct Records {
    folder: PathBuf,
    /// Tells one start of the machine from another: numbers of processes begin anew.
    boot: String,
    /// Files without an attempt, to be used again: on some file systems making and removing one costs most.
    free: Mutex<Vec<PathBuf>>,
    next: AtomicU64,
}

/// How many files without an attempt are kept.
const MOST_FREE: usize = 64;

/// An attempt on record.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    version: u32,
    pub(crate) key: AttemptKey,
    pub(crate) folder: PathBuf,
    boot: String,
    /// The main process, if the record got so far; in the file, the second line.
    #[serde(skip)]
    pub(crate) main: Option<ProcessId>,
}

/// A record that is still to learn of its process.
#[derive(Debug)]
pub(crate) struct Open(File);

impl Records {
    pub(crate) fn open(folder: PathBuf) -> Result<Self, Error> {
        fs::create_dir_all(&folder).map_err(Error::file("made", &folder))?;
        let free =
            fs::read_dir(&folder).map_err(Error::file("read", &folder))?.flatten().map(|entry| entry.path());
        free.filter(|path| path.extension().is_some_and(|it| it == FREE))
            .for_each(|path| drop(fs::remove_file(path)));
        let boot =
            fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned();
        Ok(Self { folder, boot, free: Mutex::default(), next: AtomicU64::new(0) })
    }

    /// Puts an attempt on record that is about to be started.
    pub(crate) fn write(&self, key: &AttemptKey, folder: &Path) -> Result<Open, Error> {
        let record = Record {
            version: VERSION,
            key: key.clone(),
            folder: folder.to_owned(),
            boot: self.boot.clone(),
            main: None,
        };
        let path = self.path(key);
        let write = || {
            let mut file = self.file(&path)?;
            file.write_all(line(&record)?.as_bytes())?;
            Ok(Open(file))
        };
        write().map_err(Error::file("written", &path))
    }

    pub(crate) fn remove(&self, key: &AttemptKey) {
        let path = self.path(key);
        if let Err(error) = self.set_free(&path) {
            tracing::warn!(path = %path.display(), %error, "could not remove the record of an attempt");
        }
    }

    /// An empty file at `path`: one that is free, or a new one. It is emptied first, so that it is never an old record there.
    fn file(&self, path: &Path) -> io::Result<File> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(free) = free
            && let Ok(file) = File::options().write(true).truncate(true).open(&free)
            && fs::rename(&free, path).is_ok()
        {
            return Ok(file);
        }
        File::create(path)
    }

    fn set_free(&self, path: &Path) -> io::Result<()> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() >= MOST_FREE {
            return fs::remove_file(path);
        }
        let name = self.folder.join(format!("{}.{FREE}", self.next.fetch_add(1, Ordering::Relaxed)));
        fs::rename(path, &name)?;
        free.push(name);
        Ok(())
    }

    /// All attempts on record. The processes of those from before the machine's start are gone.
    pub(crate) fn all(&self) -> Result<Vec<Record>, Error> {
        let entries = fs::read_dir(&self.folder).map_err(Error::file("read", &self.folder))?;
        let paths = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|it| it == "json"));
        Ok(paths.filter_map(|path| readable(&path)).collect())
    }

    pub(crate) fn is_of_this_boot(&self, record: &Record) -> bool {
        record.boot == self.boot
    }

    fn path(&self, key: &AttemptKey) -> PathBuf {
        self.folder.join(format!("{}.json", key.to_string().replace(['/', '\0'], "_")))
    }
}

impl Open {
    /// Notes which process it is.
    pub(crate) fn note(mut self, main: ProcessId) -> io::Result<()> {
        self.0.write_all(line(&main)?.as_bytes())
    }
}

fn line(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
}

/// A record that cannot be read was being written when the machine or the disk failed: nothing was started by it.
fn readable(path: &Path) -> Option<Record> {
    let text = fs::read_to_string(path).ok()?;
    let record = parse(&text);
    if record.is_none() {
        tracing::warn!(path = %path.display(), "skipped a record of an attempt that cannot be read");
    }
    record
}

fn parse(text: &str) -> Option<Record> {
    let (first, rest) = text.split_once('\n')?;
    let mut record: Record = serde_json::from_str(first).ok()?;
    record.main = rest.lines().next().and_then(|second| serde_json::from_str(second).ok());
    (record.version == VERSION).then_some(record)
}

#[cfg(test)]
mod tests {
    use polder_types::id::RunId;

    use super::*;

    #[test]
    fn a_record_of_version_1_is_read() {
        let text = include_str!("../../tests/it/record-v1.json");
        let record = parse(text).unwrap();
        assert_eq!(record.key.to_string(), "0193a2b4-0000-7000-8000-000000000001-extract-2");
        assert_eq!(record.main, Some(ProcessId { pid: 4242, started: 987_654 }));
        assert_eq!(parse(text.split_once('\n').unwrap().0), None);
    }

    #[test]
    fn what_is_written_is_read_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(folder.path().to_owned()).unwrap();
        let run: RunId = "0193a2b4-0000-7000-8000-000000000001".parse().unwrap();
        let key = AttemptKey { run, step: "a/b".to_owned(), epoch: 1 };
        let open = records.write(&key, Path::new("/x")).unwrap();
        assert_eq!(records.all().unwrap()[0].main, None);
        open.note(ProcessId { pid: 1, started: 2 }).unwrap();
        let all = records.all().unwrap();
        assert_eq!(
            (all[0].main, records.is_of_this_boot(&all[0])),
            (Some(ProcessId { pid: 1, started: 2 }), true)
        );
        records.remove(&key);
        assert_eq!(records.all().unwrap(), []);
        let other = AttemptKey { step: "b".to_owned(), ..key };
        drop(records.write(&other, Path::new("/y")).unwrap());
        let all = Records::open(folder.path().to_owned()).unwrap().all().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((&all[0].key, all[0].main), (&other, None), "nothing of the record before");
    }
}
