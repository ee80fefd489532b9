//! What a branch shows: the tables as they were when it was made, and those that were written on it as it left them.
//!
//! Nobody keeps a list of what was written, since whoever writes may die at any moment: the folders of the branch tell.

use futures::TryStreamExt;

use crate::log::{LOG, branch_folder, version_of};
use crate::{BranchName, Lake, Line, Pin, Result, TableName, View};

impl Lake {
    /// `view` is what the branch was made from, `root` the line on which it makes new tables.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn view_of_branch(&self, view: &View, root: &Line, branch: &BranchName) -> Result<View> {
        let mut shown = view.clone();
        for name in self.branched(branch).await? {
            let (line, at) = match view.get(&name) {
                // What an environment was before it was reset is on the line itself.
                Some(pin) if pin.line.forks().last().is_some_and(|fork| fork.branch == *branch) => continue,
                Some(pin) => (&pin.line, Some(pin.version)),
                None => (root, None),
            };
            if let Some(version) = self.newest_on(&name, branch).await? {
                shown.pin(name, Pin { line: line.fork(branch.clone(), at), version });
            }
        }
        Ok(shown)
    }

    /// The tables that have a folder of the branch.
    async fn branched(&self, branch: &BranchName) -> Result<Vec<TableName>> {
        let mut found = Vec::new();
        for name in self.table_folders().await? {
            let folder = branch_folder(&self.folder(&name), branch);
            if self.store().list(Some(&folder)).try_next().await?.is_some() {
                found.push(name);
            }
        }
        Ok(found)
    }

    /// The newest version of a table that was written on the branch itself.
    async fn newest_on(&self, name: &TableName, branch: &BranchName) -> Result<Option<u64>> {
        let log = branch_folder(&self.folder(name), branch).join(LOG);
        let files: Vec<_> = self.store().list(Some(&log)).try_collect().await?;
        let is_commit = |location: &object_store::path::Path| location.extension() == Some("json");
        let commits = files.iter().filter(|file| is_commit(&file.location));
        Ok(commits.filter_map(|file| version_of(&file.location)).max())
    }
}
