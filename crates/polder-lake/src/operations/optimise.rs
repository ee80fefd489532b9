//! Joins small files for good. No answer changes by it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::kernel::Action;
use deltalake::protocol::DeltaOperation;

use super::Note;
use super::changes::Changes;
use super::compact::less_than_half_full;
use crate::{Result, Table};

/// What optimising did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Optimised {
    /// That are gone, and those in their place.
    pub files_before: u64,
    pub files: u64,
    /// Of the latter, compressed.
    pub bytes: u64,
}

impl Table {
    /// Joins files that are less than half full, folder by folder, sorted by the table's key if it has one. Without any the table
    /// stays as it is.
    ///
    /// # Errors
    /// When files cannot be read or written, or others removed one meanwhile.
    pub async fn optimise(self, at: DateTime<Utc>, note: &Note) -> Result<(Self, Optimised)> {
        let mut changes = Changes::new(&self, Arc::new(self.files()?), self.manner(at)?)?;
        let key = self.key()?.unwrap_or_default();
        let target = changes.manner.layout.file_size;
        let groups = less_than_half_full(&changes.places(), target);
        for group in &groups {
            changes.join(group, &key).await?;
        }
        if groups.is_empty() {
            return Ok((self, Optimised::default()));
        }
        let (actions, bytes) = changes.end().await;
        let actions: Vec<_> = actions.into_iter().map(without_change).collect();
        let files_before = groups.iter().map(Vec::len).sum::<usize>() as u64;
        let done = Optimised { files_before, files: actions.len() as u64 - files_before, bytes };
        let operation = DeltaOperation::Optimize {
            predicate: None,
            target_size: i64::try_from(target).unwrap_or(i64::MAX),
        };
        Ok((self.commit(actions, operation, note).await?, done))
    }
}

fn without_change(mut action: Action) -> Action {
    match &mut action {
        Action::Add(add) => add.data_change = false,
        Action::Remove(remove) => remove.data_change = false,
        _ => {}
    }
    action
}
