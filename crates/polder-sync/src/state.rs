//! How far a stream was read. It stands in a property of its table, is published in the same commit as the rows, and goes back with
//! them when a publish is rolled back: then they are read again. Delta's own `txn` would stay ahead of the rows there; it is written
//! beside this, as a number that grows, for those who look for it.

use std::collections::BTreeSet;

use polder_ingest::{KeptSchema, Seen};
use polder_lake::{TableName, Work};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The name of the property, and of the application in `txn`.
const NAME: &str = "polder.sync";
const VERSION: u8 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    version: u8,
    /// How often the stream was brought in.
    pub(crate) count: i64,
    pub(crate) schema: KeptSchema,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Seen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<CursorState>,
    /// The names of excluded and hashed columns that the source had at some time: it need not have them each time.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) met: BTreeSet<String>,
}

/// How far an API was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CursorState {
    /// The largest time that came, in microseconds since 1970; none if no record had one.
    pub(crate) at: Option<i64>,
    /// Hashes of the records of that very time, where rows are only added: the next answer will have them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) records: Vec<String>,
    /// Hashes of the records without a time, or with one in the future, where rows are only added: any answer may have them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) again: Vec<String>,
}

impl Default for State {
    fn default() -> Self {
        let (schema, met) = (KeptSchema::empty(), BTreeSet::new());
        Self { version: VERSION, count: 0, schema, files: None, cursor: None, met }
    }
}

impl State {
    /// What is known of a table; the beginning if there is none, or nobody synced it.
    pub(crate) async fn of(work: &Work, table: &TableName) -> Result<Self> {
        let Some(text) = work.remembered(table, NAME).await? else { return Ok(Self::default()) };
        let wrong = |reason: String| Error::State { table: table.to_string(), reason };
        let state: Self = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if state.version == VERSION { Ok(state) } else { Err(wrong(format!("version {}", state.version))) }
    }

    pub(crate) async fn keep(mut self, work: &mut Work, table: &TableName) -> Result<()> {
        self.count += 1;
        let text = serde_json::to_string(&self)?;
        Ok(work.remember(table, NAME, &text, self.count).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was kept once is read for ever.
    #[test]
    fn the_stored_form_is_this() {
        let before = r#"{"version":1,"count":3,"schema":{"version":1,"columns":[]},"cursor":{"at":5}}"#;
        let state: State = serde_json::from_str(before).unwrap();
        assert_eq!(serde_json::to_string(&state).unwrap(), before);
        let now = before.replace(r#"{"at":5}}"#, r#"{"at":5},"met":["iban"]}"#);
        let state: State = serde_json::from_str(&now).unwrap();
        assert_eq!(serde_json::to_string(&state).unwrap(), now);
    }
}
