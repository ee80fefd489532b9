//! Lines: the main history of a table, and branches of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::InvalidName;

/// Names a branch, and the folder of its log. Made from a run's id or an environment's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct BranchName(String);

impl BranchName {
    /// # Errors
    /// When it cannot be a folder's name: letters, digits, `-` and `_`, beginning with a letter or digit, at most 128.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = name.into();
        let first = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        let others = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if first && others && name.len() <= 128 {
            return Ok(Self(name));
        }
        Err(InvalidName { what: "branch", name })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BranchName {
    type Error = InvalidName;

    fn try_from(name: String) -> Result<Self, InvalidName> {
        Self::new(name)
    }
}

impl From<BranchName> for String {
    fn from(name: BranchName) -> Self {
        name.0
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a branch leaves the line that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Fork {
    pub branch: BranchName,
    /// The last version that it shares with that line; none if the table was not there yet.
    pub at: Option<u64>,
}

/// The way from the main line to a branch, over the branches between: none for the main line itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Line(Vec<Fork>);

impl Line {
    /// The main line: what readers of the folder see.
    #[must_use]
    pub fn main() -> Self {
        Self::default()
    }

    /// A branch of this line.
    #[must_use]
    pub fn fork(&self, branch: BranchName, at: Option<u64>) -> Self {
        let mut forks = self.0.clone();
        forks.push(Fork { branch, at });
        Self(forks)
    }

    /// From the main line outwards.
    #[must_use]
    pub fn forks(&self) -> &[Fork] {
        &self.0
    }

    /// The line that this one was made from, and where it left it; none for the main line.
    #[must_use]
    pub fn parent(&self) -> Option<(Self, &Fork)> {
        let (last, before) = self.0.split_last()?;
        Some((Self(before.to_vec()), last))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.last() {
            None => f.write_str("main"),
            Some(fork) => write!(f, "branch {}", fork.branch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_cannot_be_named_out_of_its_folder() {
        for poor in ["", "..", "a/b", "a b", "-a", "_a", "é"] {
            BranchName::new(poor).unwrap_err();
        }
        BranchName::new("01a1fdc3-5780-710a-b99c-7e0e5a440131").unwrap();
    }

    #[test]
    fn a_line_knows_its_parent() {
        let dev = Line::main().fork(BranchName::new("dev").unwrap(), Some(3));
        let run = dev.fork(BranchName::new("run").unwrap(), None);
        let (parent, fork) = run.parent().unwrap();
        assert_eq!((parent, fork.at), (dev, None));
        assert!(Line::main().parent().is_none());
    }
}
