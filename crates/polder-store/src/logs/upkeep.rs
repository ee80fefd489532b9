//! How much room the logs take, and making some.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use polder_types::id::RunId;

use super::{LogStore, Shared, lock, read_dir};
use crate::Result;

impl LogStore {
    /// Deletes the logs of a run.
    pub async fn delete(&self, run: RunId) -> Result<()> {
        self.blocking(move |shared| shared.delete(run)).await
    }

    /// Deletes the logs of all runs that were created before `time`, but for those still being written. Answers how many runs.
    pub async fn delete_older(&self, time: DateTime<Utc>) -> Result<u64> {
        self.blocking(move |shared| shared.delete_older(time)).await
    }

    /// How many bytes all logs take.
    pub async fn usage(&self) -> Result<u64> {
        self.blocking(|shared| size_of(&shared.root)).await
    }
}

impl Shared {
    fn delete(&self, run: RunId) -> Result<()> {
        lock(&self.open).retain(|key, _| key.run != run);
        lock(&self.frames).retain(|key, _| key.run != run);
        remove(&self.folder(run))
    }

    fn delete_older(&self, time: DateTime<Utc>) -> Result<u64> {
        let mut deleted = 0;
        let last_day = time.format("%F").to_string();
        for day in names(&self.root)?.into_iter().filter(|day| *day <= last_day) {
            let folder = self.root.join(&day);
            for run in names(&folder)?.iter().filter_map(|name| name.parse::<RunId>().ok()) {
                if created_at(run).is_some_and(|created| created < time) && !self.is_open(run) {
                    self.delete(run)?;
                    deleted += 1;
                }
            }
            // Fails while there is something in it, which is just as well.
            let _ = fs::remove_dir(folder);
        }
        Ok(deleted)
    }

    fn is_open(&self, run: RunId) -> bool {
        lock(&self.open).keys().any(|key| key.run == run)
    }
}

/// The day on which the run was made, as the name of a folder.
pub(super) fn day_of(run: RunId) -> String {
    created_at(run).map_or_else(|| "undated".to_owned(), |at| at.format("%F").to_string())
}

fn created_at(run: RunId) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) = run.0.get_timestamp()?.to_unix();
    DateTime::from_timestamp(seconds.try_into().ok()?, nanoseconds)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let Some(entries) = read_dir(folder)? else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok());
    }
    Ok(names)
}

fn size_of(folder: &Path) -> Result<u64> {
    let Some(entries) = read_dir(folder)? else { return Ok(0) };
    let mut sum = 0;
    for entry in entries {
        let entry = entry?;
        // What was deleted since the folder was opened takes no room.
        let Ok(metadata) = entry.metadata() else { continue };
        sum += if metadata.is_dir() { size_of(&entry.path())? } else { metadata.len() };
    }
    Ok(sum)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
