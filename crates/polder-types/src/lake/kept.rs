//! What nobody may delete: told to those who do, by those who know who reads what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{BranchName, Line, Pin, TableName, View};

/// It is true for ever: what is added to the lake later refers to files that are named here, or that are younger than all that may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The oldest version of a line that must stay readable. All later ones of the line must, too.
    pub pins: BTreeMap<TableName, Vec<Pin>>,
    /// Branches of which nothing may go that they ever added.
    pub branches: BTreeSet<BranchName>,
    /// The branches that lines are made of: their logs stay.
    pub lines: BTreeSet<BranchName>,
    /// Files that are not older stay, whatever they are.
    pub files_since: DateTime<Utc>,
}

impl Kept {
    /// Nothing but what is younger.
    #[must_use]
    pub const fn since(files_since: DateTime<Utc>) -> Self {
        Self { pins: BTreeMap::new(), branches: BTreeSet::new(), lines: BTreeSet::new(), files_since }
    }

    pub fn keep(&mut self, table: &TableName, pin: &Pin) {
        self.keep_line(&pin.line);
        let pins = self.pins.entry(table.clone()).or_default();
        match pins.iter_mut().find(|kept| kept.line == pin.line) {
            Some(kept) => kept.version = kept.version.min(pin.version),
            None => pins.push(pin.clone()),
        }
    }

    pub fn keep_view(&mut self, view: &View) {
        view.tables().for_each(|(table, pin)| self.keep(table, pin));
    }

    pub fn keep_line(&mut self, line: &Line) {
        self.lines.extend(line.forks().iter().map(|fork| fork.branch.clone()));
    }

    /// The pins of a table, in whatever case its name is written.
    pub fn pins_of(&self, table: &TableName) -> impl Iterator<Item = (&TableName, &Pin)> {
        let key = table.key();
        let named = self.pins.iter().filter(move |(name, _)| name.key() == key);
        named.flat_map(|(name, pins)| pins.iter().map(move |pin| (name, pin)))
    }

    /// Whether the folder of a branch stays.
    #[must_use]
    pub fn has_folder(&self, branch: &BranchName) -> bool {
        self.branches.contains(branch) || self.lines.contains(branch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_line_the_oldest_version_counts() {
        let mut kept = Kept::since(DateTime::UNIX_EPOCH);
        let dev = BranchName::new("env-dev").unwrap();
        let table: TableName = "raw.Orders".parse().unwrap();
        let line = Line::main().fork(dev.clone(), Some(3));
        for (line, version) in [(Line::main(), 7), (Line::main(), 5), (Line::main(), 6), (line, 3)] {
            kept.keep(&table, &Pin { line, version });
        }
        let versions: Vec<u64> =
            kept.pins_of(&"RAW.orders".parse().unwrap()).map(|(_, pin)| pin.version).collect();
        assert_eq!(versions, [5, 3]);
        assert!(kept.has_folder(&dev));
        assert!(!kept.has_folder(&BranchName::new("other").unwrap()));
    }
}
