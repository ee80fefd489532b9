use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::FoundFile;

/// So many files are remembered one by one: up to 100 KiB when it is stored.
const MOST_REMEMBERED: usize = 2048;

/// Which files were read, so that the next time only what is new is read.
///
/// A file is a name, a time, a size and an ETag: a file that is written anew is a new file. The latest 2,048 of them are remembered one by
/// one. A file that is not among them is new, unless it is older than the *floor*: the last file that was forgotten. So files that arrive late (copied with their old time, or uploaded in parts, which S3 dates to the start of the upload) and
/// files of the same second are found, as long as no more than 2,048 later ones were read before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<Mark>,
    remembered: BTreeSet<Mark>,
}

/// When a file was written, in microseconds, and a hash of that with its name, size and ETag. Files of the same time are in the order of
/// their hashes, which is as good as any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Mark(i64, String);

impl Default for Seen {
    fn default() -> Self {
        Self { version: 1, floor: None, remembered: BTreeSet::new() }
    }
}

impl Seen {
    /// Those of the files that were not read yet, in the order in which they came.
    #[must_use]
    pub fn new_ones(&self, files: &[FoundFile]) -> Vec<FoundFile> {
        files.iter().filter(|file| self.is_new(file)).cloned().collect()
    }

    fn is_new(&self, file: &FoundFile) -> bool {
        let mark = Mark::of(file);
        self.floor.as_ref().is_none_or(|floor| mark > *floor) && !self.remembered.contains(&mark)
    }

    /// What was seen after these files were read too.
    #[must_use]
    pub fn and<'a>(mut self, files: impl IntoIterator<Item = &'a FoundFile>) -> Self {
        self.remembered.extend(files.into_iter().map(Mark::of));
        while self.remembered.len() > MOST_REMEMBERED {
            self.floor = self.remembered.pop_first();
        }
        self
    }
}

impl Mark {
    fn of(file: &FoundFile) -> Self {
        let microseconds = file.last_modified.timestamp_micros();
        let parts =
            [file.name.as_bytes(), &file.size.to_le_bytes(), file.etag.as_deref().unwrap_or("").as_bytes()];
        let mut hash = Sha256::new_with_prefix(microseconds.to_le_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(microseconds, hex::encode(&hash.finalize()[..8]))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use object_store::path::Path;
    use proptest::prelude::*;

    use super::*;

    fn file(name: &str, seconds: i64) -> FoundFile {
        let last_modified = DateTime::from_timestamp(seconds, 0).unwrap();
        FoundFile { name: name.to_owned(), size: 1, last_modified, etag: None, path: Path::from(name) }
    }

    fn names(files: &[FoundFile]) -> Vec<&str> {
        files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn what_was_read_is_not_new_again() {
        let seen = Seen::default().and(&[file("a", 10), file("b", 20)]);
        let all = [file("a", 10), file("b", 20), file("same second", 20), file("c", 30)];
        assert_eq!(names(&seen.new_ones(&all)), ["same second", "c"]);
    }

    #[test]
    fn files_that_come_late_are_new() {
        let seen = Seen::default().and(&[file("b", 20)]);
        assert_eq!(names(&seen.new_ones(&[file("late", 1), file("b", 20)])), ["late"]);
    }

    #[test]
    fn a_file_that_was_written_anew_is_a_new_file() {
        let seen = Seen::default().and(&[file("a", 10)]);
        let larger = FoundFile { size: 2, ..file("a", 10) };
        let other = FoundFile { etag: Some("x".to_owned()), ..file("a", 10) };
        assert_eq!(seen.new_ones(&[file("a", 11), larger, other]).len(), 3);
    }

    #[test]
    fn what_is_stored_has_a_bound() {
        let many: Vec<FoundFile> = (0..10_000).map(|at| file(&format!("{at}"), at / 7)).collect();
        let seen = many.chunks(100).fold(Seen::default(), |seen, some| seen.and(some));
        assert!(seen.new_ones(&many).is_empty());
        assert!(serde_json::to_string(&seen).unwrap().len() < 100 << 10);
    }

    #[test]
    fn the_stored_form_is_this() {
        let stored = r#"{"version":1,"floor":[1000000,"00"],"remembered":[[2000000,"4ca8cc2b0a2b7c22"]]}"#;
        let seen: Seen = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&seen).unwrap(), stored);
        assert!(seen.new_ones(&[file("older", 0)]).is_empty());
    }

    proptest! {
        /// As long as no more than are remembered come between, each file is read once, whenever it comes.
        #[test]
        fn each_file_is_read_once(rounds in proptest::collection::vec(proptest::collection::vec(0i64..50, 0..40), 0..20)) {
            let mut there: Vec<FoundFile> = Vec::new();
            let (mut seen, mut read) = (Seen::default(), Vec::new());
            for (round, times) in rounds.iter().enumerate() {
                there.extend(times.iter().enumerate().map(|(at, seconds)| file(&format!("{round}-{at}"), *seconds)));
                let new = seen.new_ones(&there);
                seen = seen.and(&new);
                read.extend(new.into_iter().map(|file| file.name));
            }
            read.sort_unstable();
            let mut expected: Vec<String> = there.into_iter().map(|file| file.name).collect();
            expected.sort_unstable();
            prop_assert_eq!(read, expected);
        }
    }
}
