//! Joins small files: every write makes at least one, and many of them make reading slow.
//!
//! An upsert joins files when it pays: when there are eight of about the same size in one folder, each smaller than an eighth of
//! the size that files are closed at. Eight files of one size make one of the next, so a row is joined again three or four times
//! until its file is large enough, however often the table is written; and no write joins more than one full file's worth in a
//! folder. The rows of files that are joined are sorted by the table's key, if it has one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};

use super::Batches;
use super::changes::Changes;
use super::data_file::{DataFile, Files};
use super::key::ORDER;
use super::sort::sorted;
use crate::{Error, Result};

/// So many files of one size are joined.
const TOGETHER: usize = 8;
/// Sizes up to this are all the same.
const SMALLEST: u64 = 64 << 10;

/// The place of a file, its size, and its folder's values.
type Place = (usize, u64, BTreeMap<String, Option<String>>);

/// Which files to join for good: all of a folder that are less than half full, if there are several.
pub(crate) fn less_than_half_full(files: &[Place], full: u64) -> Vec<Vec<usize>> {
    grouped(files, |size| (size < full / 2).then_some(0), 2)
}

/// Which files to join along with a write; see the head of this file.
pub(crate) fn worth_joining(files: &[Place], full: u64) -> Vec<Vec<usize>> {
    grouped(files, |size| (size < full / TOGETHER as u64).then(|| tier(size)), TOGETHER)
}

/// How often eight files of [`SMALLEST`] were joined for this size.
fn tier(size: u64) -> u32 {
    (size / SMALLEST).checked_ilog(TOGETHER as u64).map_or(0, |tier| tier + 1)
}

fn grouped(files: &[Place], of: impl Fn(u64) -> Option<u32>, at_least: usize) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, size, folder) in files {
        if let Some(tier) = of(*size) {
            groups.entry((folder, tier)).or_default().push(*place);
        }
    }
    groups.into_values().filter(|group| group.len() >= at_least).collect()
}

impl Changes<'_> {
    /// By place, as far as joining is concerned.
    pub(crate) fn places(&self) -> Vec<Place> {
        let folder = |file: &DataFile| file.partition.clone().into_iter().collect();
        self.current().map(|(place, file)| (place, file.size, folder(file))).collect()
    }

    /// Writes the rows of some files of one folder to new ones, which take their place, sorted by columns of the table.
    pub(crate) async fn join(&mut self, group: &[usize], key: &[String]) -> Result<()> {
        let wanted: BTreeSet<_> = group.iter().copied().collect();
        let files: Vec<_> = self.current().filter(|(place, _)| wanted.contains(place)).collect();
        let files = files.into_iter().map(|(_, file)| file.clone()).collect();
        let rows = Arc::clone(&self.files).all_rows(files);
        let order = key.iter().filter_map(|column| self.files.schema.index_of(column).ok());
        let order: Vec<_> = order.map(|index| (index, ORDER)).collect();
        let rows = sorted(rows, &order, &self.table.lake.means()?)?;
        let (adds, _) = self.table.write_rows(rows, &self.files.schema, self.manner.layout).await?;
        group.iter().for_each(|place| self.remove(*place));
        self.add(adds);
        Ok(())
    }
}

impl Files {
    /// The rows of some files, one file after the other.
    pub(crate) fn all_rows(self: Arc<Self>, files: Vec<DataFile>) -> Batches {
        let schema = Arc::clone(&self.schema);
        let rows = futures::stream::iter(files).then(move |file| {
            let files = Arc::clone(&self);
            async move {
                let opened = files.open(&file, false).await?;
                let groups = (0..opened.metadata.metadata().num_row_groups()).collect();
                let stored = files.read(&opened, groups, &files.stored)?;
                Ok::<_, Error>(stored.map(move |batch| files.with_partition(&file, &batch?)))
            }
        });
        Batches::new(schema, rows.try_flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: u64 = 32 << 20;

    fn files(sizes: &[u64]) -> Vec<Place> {
        sizes.iter().enumerate().map(|(place, size)| (place, *size, BTreeMap::new())).collect()
    }

    #[test]
    fn eight_small_files_of_a_size_are_joined() {
        assert!(worth_joining(&files(&[1000; 7]), FULL).is_empty());
        assert_eq!(worth_joining(&files(&[1000; 8]), FULL), [(0..8).collect::<Vec<_>>()]);
        assert!(worth_joining(&files(&[FULL / 8; 20]), FULL).is_empty(), "they are large enough");
        let mut mixed = vec![1000; 7];
        mixed.extend([1 << 20; 7]);
        assert!(
            worth_joining(&files(&mixed), FULL).is_empty(),
            "a larger one would be joined again and again"
        );
    }

    #[test]
    fn folders_stay_apart() {
        let mut files = files(&[1000; 8]);
        files[3].2.insert("day".to_owned(), Some("1".to_owned()));
        assert!(worth_joining(&files, FULL).is_empty());
        assert_eq!(less_than_half_full(&files, FULL), [vec![0, 1, 2, 4, 5, 6, 7]]);
    }

    #[test]
    fn a_row_is_joined_a_few_times_only() {
        let (mut sizes, mut joined): (Vec<u64>, u64) = (Vec::new(), 0);
        for _ in 0..4000 {
            sizes.push(20 << 10);
            for group in worth_joining(&files(&sizes), FULL) {
                let total = group.iter().map(|place| sizes[*place]).sum();
                joined += total;
                let others = sizes.iter().enumerate().filter(|(place, _)| !group.contains(place));
                sizes = others.map(|(_, size)| *size).chain([total]).collect();
            }
        }
        let all: u64 = sizes.iter().sum();
        assert!(joined < 4 * all && sizes.len() < 60, "{joined} of {all}, {} files", sizes.len());
    }
}
