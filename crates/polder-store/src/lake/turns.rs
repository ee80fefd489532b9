//! Whose turn it is to clean up the lake: one server at a time, once in a while.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::DOCUMENTS;
use crate::stored::{from_document, to_document};
use crate::{Result, Tx, settings};

const NAME: &str = "lake.vacuum";

/// The newest turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub begun_at: DateTime<Utc>,
    /// None while it goes on, or if whoever had it is gone.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether it did what it was for.
    pub done: bool,
}

impl Turn {
    /// Whether somebody has it, if it may take so long.
    #[must_use]
    pub fn goes_on(&self, now: DateTime<Utc>, longest: TimeDelta) -> bool {
        self.ended_at.is_none() && now - self.begun_at < longest
    }
}

/// The newest turn, with nobody else taking one until this transaction ends.
pub async fn last(tx: &mut Tx) -> Result<Option<Turn>> {
    tx.lock("lake", "vacuum").await?;
    let found = settings::get(tx, NAME).await?;
    found.as_deref().map(|text| from_document("turn", DOCUMENTS, text)).transpose()
}

pub async fn set(tx: &mut Tx, turn: &Turn) -> Result<()> {
    settings::set(tx, NAME, &to_document(DOCUMENTS, turn)?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_that_was_stored_is_read_for_ever() {
        let stored =
            r#"{"version":1,"content":{"begun_at":"2026-11-21T03:00:00Z","ended_at":null,"done":false}}"#;
        let turn: Turn = from_document("turn", DOCUMENTS, stored).unwrap();
        assert!(turn.goes_on(turn.begun_at, TimeDelta::hours(1)));
        assert!(!turn.goes_on(turn.begun_at + TimeDelta::hours(1), TimeDelta::hours(1)));
        assert_eq!(to_document(DOCUMENTS, &turn).unwrap(), stored);
    }
}
