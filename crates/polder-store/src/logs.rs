//! Logs of attempts: files, because there are millions of lines and nothing is ever changed.
//!
//! ```text
//! ROOT/2026-11-21/<run>/<step's position>-<epoch>.zst        frames of about 256 KiB of lines, each with a header
//! ROOT/2026-11-21/<run>/<step's position>-<epoch>.<n>.tail   the lines from number n on, not yet in a frame
//! ```
//!
//! A line is appended to the tail. A tail that is large enough becomes a frame: first the frame is written, and once it is
//! whole the tail counts no more, for its first line is below what the frames hold. So at each point at which the process may
//! be killed the lines are there exactly once; a torn line or frame at an end is cut off when the log is next opened. (As with
//! the database, a loss of power may take the last moments along.) The headers hold the numbers of lines, so that reading line
//! N means hopping over headers, which are remembered, and unpacking one frame. `zstdcat` reads the file as it is.
//!
//! Names of files are made of ids only. Everything blocking happens off the async workers.

mod frames;
mod line;
mod reader;
mod search;
mod upkeep;
mod writer;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polder_types::id::RunId;
use polder_types::wire::LogLine;

pub use self::search::{Found, Search};
use self::writer::Writer;
use crate::Result;

/// Logs that are kept open at once; further ones are closed and opened anew as needed.
const OPEN: usize = 256;

/// Which attempt: the step by its position in the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogKey {
    pub run: RunId,
    pub position: u32,
    pub epoch: u32,
}

/// A line with its number, from 0 in each attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: u64,
    pub content: LogLine,
}

/// The logs of all attempts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LogStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    open: Mutex<HashMap<LogKey, Arc<Mutex<Option<Writer>>>>>,
    frames: Mutex<HashMap<LogKey, Arc<frames::Frames>>>,
}

impl LogStore {
    pub fn new(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { shared: Arc::new(Shared { root, open: Mutex::default(), frames: Mutex::default() }) })
    }

    /// Appends what is new of `lines`, of which the first has the number `first_line`; answers the number that comes next.
    ///
    /// Lines that are there already are ignored. If lines are missing before `first_line`, nothing is appended: the answer is
    /// less than `first_line`, and says from where to send again.
    pub async fn append(&self, key: LogKey, first_line: u64, lines: Vec<LogLine>) -> Result<u64> {
        self.blocking(move |shared| shared.with_writer(key, |writer| writer.append(first_line, &lines))).await
    }

    /// The number of the next line, which is the count of those that are there.
    pub async fn next_line(&self, key: LogKey) -> Result<u64> {
        self.blocking(move |shared| shared.next_line(key)).await
    }

    /// Up to `limit` lines from number `from_line` on; fewer if they are very long. Empty at the end.
    pub async fn read(&self, key: LogKey, from_line: u64, limit: usize) -> Result<Vec<Line>> {
        self.blocking(move |shared| reader::read(shared, key, from_line, limit)).await
    }

    /// The last lines, at most so many.
    pub async fn last(&self, key: LogKey, limit: usize) -> Result<Vec<Line>> {
        self.blocking(move |shared| reader::last(shared, key, limit)).await
    }

    /// The lines that contain a text.
    pub async fn search(&self, key: LogKey, search: Search) -> Result<Found> {
        self.blocking(move |shared| search::search(shared, key, &search)).await
    }

    /// No more lines are expected: packs what is left in the tail. (Should some come all the same, they are appended.)
    pub async fn finish(&self, key: LogKey) -> Result<()> {
        self.blocking(move |shared| shared.finish(key)).await
    }

    async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Shared) -> Result<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || work(&shared)).await.map_err(std::io::Error::from)?
    }
}

impl Shared {
    /// Runs `work` on the attempt's writer, opening it if need be. After an error it is closed: opening it anew mends the files.
    fn with_writer<T>(&self, key: LogKey, work: impl FnOnce(&mut Writer) -> Result<T>) -> Result<T> {
        let slot = self.slot(key);
        let mut slot = lock(&slot);
        let writer = match slot.take() {
            Some(writer) => slot.insert(writer),
            None => slot.insert(Writer::open(&self.place(key))?),
        };
        let done = work(writer);
        if done.is_err() {
            *slot = None;
        }
        done
    }

    fn slot(&self, key: LogKey) -> Arc<Mutex<Option<Writer>>> {
        let mut open = lock(&self.open);
        if open.len() >= OPEN && !open.contains_key(&key) {
            // One that nobody holds. There is one unless all are being written to at this very moment.
            if let Some(idle) =
                open.iter().find(|(_, slot)| Arc::strong_count(slot) == 1).map(|(key, _)| *key)
            {
                open.remove(&idle);
            }
        }
        Arc::clone(open.entry(key).or_default())
    }

    fn next_line(&self, key: LogKey) -> Result<u64> {
        let open = lock(&self.open).get(&key).cloned();
        if let Some(next) = open.and_then(|slot| lock(&slot).as_ref().map(Writer::next_line)) {
            return Ok(next);
        }
        reader::count(self, key)
    }

    fn finish(&self, key: LogKey) -> Result<()> {
        if self.place(key).exists()? {
            self.with_writer(key, Writer::finish)?;
        }
        lock(&self.open).remove(&key);
        Ok(())
    }

    fn place(&self, key: LogKey) -> Place {
        let folder = self.folder(key.run);
        Place { stem: format!("{}-{}", key.position, key.epoch), folder }
    }

    /// Where the logs of a run are.
    fn folder(&self, run: RunId) -> PathBuf {
        self.root.join(upkeep::day_of(run)).join(run.to_string())
    }
}

/// Where the files of one attempt are.
#[derive(Debug, Clone)]
struct Place {
    folder: PathBuf,
    stem: String,
}

impl Place {
    fn frames(&self) -> PathBuf {
        self.folder.join(format!("{}.zst", self.stem))
    }

    fn tail(&self, first_line: u64) -> PathBuf {
        self.folder.join(format!("{}.{first_line}.tail", self.stem))
    }

    /// The tails that lie here with their first lines: one, or none, or after a kill also the one before.
    fn tails(&self) -> Result<Vec<(u64, PathBuf)>> {
        let Some(entries) = read_dir(&self.folder)? else { return Ok(Vec::new()) };
        let mut tails = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if let Some(first_line) = self.first_line_of(&path) {
                tails.push((first_line, path));
            }
        }
        Ok(tails)
    }

    fn first_line_of(&self, path: &Path) -> Option<u64> {
        let name = path.file_name()?.to_str()?;
        let rest = name.strip_prefix(self.stem.as_str())?.strip_prefix('.')?;
        rest.strip_suffix(".tail")?.parse().ok()
    }

    fn exists(&self) -> Result<bool> {
        Ok(self.frames().exists() || !self.tails()?.is_empty())
    }
}

/// The entries of a folder; none if it is not there.
fn read_dir(path: &Path) -> Result<Option<fs::ReadDir>> {
    match fs::read_dir(path) {
        Ok(entries) => Ok(Some(entries)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A lock whose holder panicked is taken all the same: files are mended when they are opened, and caches only point to them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
