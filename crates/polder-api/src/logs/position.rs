//! Where a reader of logs stands, as text.

use std::fmt;

use crate::{Error, Result};

/// The last line that was read of each attempt that is not done with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Position(Vec<(String, u32, u64)>);

/// How far one attempt was read.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub step: &'a str,
    pub epoch: u32,
    pub next_line: u64,
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.next_line.checked_sub(1) {
            Some(last) => write!(f, "{}/{}/{last}", self.step, self.epoch),
            None => write!(f, "{}/{}/-", self.step, self.epoch),
        }
    }
}

impl Position {
    pub(crate) fn text<'a>(seen: impl Iterator<Item = Seen<'a>>) -> String {
        seen.map(|seen| seen.to_string()).collect::<Vec<_>>().join(",")
    }

    /// One attempt from a line on.
    pub(crate) fn at(step: &str, epoch: u32, next_line: u64) -> Self {
        Self(vec![(step.to_owned(), epoch, next_line)])
    }

    /// # Errors
    /// 400 if it is no position.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong =
            || Error::bad_request(format!("`{text}` is no position in a log; expected step/epoch/line"));
        let seen: Option<Vec<_>> = text.split(',').map(seen).collect();
        seen.map(Self).ok_or_else(wrong)
    }

    pub(crate) fn next_line(&self, step: &str, epoch: u32) -> Option<u64> {
        self.0.iter().find(|(name, number, _)| name == step && *number == epoch).map(|(_, _, next)| *next)
    }
}

fn seen(text: &str) -> Option<(String, u32, u64)> {
    let mut parts = text.trim().rsplitn(3, '/');
    let last = parts.next()?;
    let epoch = parts.next()?.parse().ok()?;
    let step = parts.next().filter(|step| !step.is_empty())?;
    let next_line = if last == "-" { 0 } else { last.parse::<u64>().ok()?.checked_add(1)? };
    Some((step.to_owned(), epoch, next_line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_written() {
        let position = Position::parse("extract/1/40,load/2/-").unwrap();
        assert_eq!(position.next_line("extract", 1), Some(41));
        assert_eq!(position.next_line("load", 2), Some(0));
        assert_eq!(position.next_line("load", 1), None);
        let seen = [Seen { step: "a", epoch: 1, next_line: 0 }, Seen { step: "b", epoch: 3, next_line: 8 }];
        assert_eq!(Position::text(seen.into_iter()), "a/1/-,b/3/7");
        for wrong in ["", "a", "a/1", "a/x/1", "/1/1", "a/1/x", "a/1/1,"] {
            assert!(Position::parse(wrong).is_err(), "{wrong}");
        }
    }
}
