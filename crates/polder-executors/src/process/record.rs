//! The attempts that were started and not seen to their end, one file each: what a killed agent left behind is found
//! through them.
//!
//! A file's first line is written before the process is started, its second right after. If the agent dies between the
//! two, the process is found by its mark. Not synchronised to the disk: what dies with the machine needs no record.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use polder_types::wire::AttemptKey;
use serde::{Deserialize, Serialize};

use super::table::ProcessId;
use crate::Error;

/// Version of the files. A fixture of each version is read by a test for ever.
const VERSION: u32 = 1;

/// The folder of the records.
#[derive(Debug)]
pub(crate) struct Records {
    folder: PathBuf,
    /// Tells one start of the machine from another: numbers of processes begin anew.
    boot: String,
}

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
        let boot =
            fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned();
        Ok(Self { folder, boot })
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
            let mut file = File::create(&path)?;
            file.write_all(line(&record)?.as_bytes())?;
            Ok(Open(file))
        };
        write().map_err(Error::file("written", &path))
    }

    pub(crate) fn remove(&self, key: &AttemptKey) {
        let path = self.path(key);
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "could not remove the record of an attempt");
        }
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
    pub(crate) fn note(mut self, main: ProcessId) -> std::io::Result<()> {
        self.0.write_all(line(&main)?.as_bytes())
    }
}

fn line(value: &impl Serialize) -> std::io::Result<String> {
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
    }
}
