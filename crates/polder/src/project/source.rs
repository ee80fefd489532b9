//! Where a project comes from: the commit that is checked out, if it is in a git repository.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a deployment remembers of its origin.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Source {
    pub facts: BTreeMap<String, String>,
    /// The subject of the commit.
    pub subject: Option<String>,
}

impl Source {
    /// Asks git; nothing if there is no git, no repository or no commit.
    pub fn of(folder: &Path) -> Self {
        let Some(commit) = git(folder, &["rev-parse", "HEAD"]) else { return Self::default() };
        let mut facts = BTreeMap::from([("commit".to_owned(), commit)]);
        if let Some(branch) =
            git(folder, &["rev-parse", "--abbrev-ref", "HEAD"]).filter(|branch| branch != "HEAD")
        {
            facts.insert("branch".to_owned(), branch);
        }
        let changes = git(folder, &["status", "--porcelain", "--", "."]);
        facts.insert("dirty".to_owned(), changes.is_some().to_string());
        Self { facts, subject: git(folder, &["log", "-1", "--format=%s"]) }
    }
}

/// What git says, if it says something.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}
