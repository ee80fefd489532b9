//! What there is in the folder of a table.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures::TryStreamExt;
use object_store::ObjectMeta;
use object_store::path::Path;
use polder_types::lake::Kept;

use super::Garbage;
use super::needed::Needed;
use crate::log::{BRANCHES, LOG};
use crate::{BranchName, Lake, Result, TableName};

#[derive(Debug, Default)]
pub(super) struct Found {
    /// Data files, by where they are in the table's folder.
    data: Vec<(Path, ObjectMeta)>,
    paths: HashSet<Path>,
    /// What is in the folders of branches.
    branches: BTreeMap<BranchName, Branch>,
    /// Whether readers of the folder see a table.
    pub(super) has_main_log: bool,
}

#[derive(Debug)]
struct Branch {
    folder: Path,
    files: Vec<ObjectMeta>,
}

impl Found {
    pub(super) async fn list(lake: &Lake, table: &TableName) -> Result<Self> {
        let folder = lake.folder(table);
        let mut found = Self::default();
        let mut files = lake.store().list(Some(&folder));
        while let Some(meta) = files.try_next().await? {
            found.add(&folder, meta);
        }
        Ok(found)
    }

    fn add(&mut self, folder: &Path, meta: ObjectMeta) {
        let path: Path =
            meta.location.prefix_match(folder).map_or_else(|| meta.location.clone(), Iterator::collect);
        let parts: Vec<_> = path.parts().collect();
        match parts.as_slice() {
            [first, ..] if first.as_ref() == LOG => self.has_main_log = true,
            [first, name, _, ..] if first.as_ref() == BRANCHES => {
                // What cannot be the name of a branch was not made here.
                if let Ok(name) = BranchName::new(name.as_ref()) {
                    let folder = crate::log::branch_folder(folder, &name);
                    let branch =
                        self.branches.entry(name).or_insert_with(|| Branch { folder, files: Vec::new() });
                    branch.files.push(meta);
                }
            }
            _ if is_data(&path) => {
                self.paths.insert(path.clone());
                self.data.push((path, meta));
            }
            _ => {}
        }
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        self.paths.contains(path)
    }

    /// The commits of some branches: those in their logs, and those that lie ready.
    pub(super) fn commits_of(&self, branches: &BTreeSet<BranchName>) -> impl Iterator<Item = &Path> {
        let kept = self.branches.iter().filter(|(name, _)| branches.contains(name));
        let files = kept.flat_map(|(_, branch)| branch.files.iter().map(|meta| &meta.location));
        files.filter(|location| location.extension() == Some("json"))
    }

    pub(super) fn garbage(self, needed: &Needed, kept: &Kept) -> Garbage {
        let is_old = |meta: &ObjectMeta| meta.last_modified < kept.files_since;
        let data = self.data.into_iter().filter(|(path, meta)| is_old(meta) && !needed.has(path));
        let mut garbage = Garbage { files: data.map(|(_, meta)| meta).collect(), folders: Vec::new() };
        for (name, branch) in self.branches {
            // As long as somebody writes there, all of it stays.
            if !kept.has_folder(&name) && branch.files.iter().all(is_old) {
                garbage.files.extend(branch.files);
                garbage.folders.push(branch.folder);
            }
        }
        garbage
    }
}

/// Only files that hold rows are deleted; not logs, and not what other writers keep beside them. The folder of a partition column may begin
/// with `_` too, but has a `=`.
fn is_data(path: &Path) -> bool {
    let is_hidden = |part: &str| part.starts_with(['_', '.']) && !part.contains('=');
    path.extension() == Some("parquet") && !path.parts().any(|part| is_hidden(part.as_ref()))
}
