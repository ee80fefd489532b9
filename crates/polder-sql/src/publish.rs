//! `polder task publish` and `polder task restore`: what the server asks of the lake where no attempt does it.

use std::io::Write;

use polder_lake::{Error as Lakes, Lake, Occasion, StorageOptions};
use polder_types::lake::{Intent, Published};
use polder_types::wire::{PublishDone, PublishRequest, PublishSpec, RestoreSpec};
use serde_json::json;

use crate::Result;

/// Completes what was decided, or takes back what of it was done if somebody else's commit is in the way. Reads JSON of [`PublishSpec`],
/// and writes that of [`PublishDone`]. Safe to repeat.
///
/// # Errors
/// When the lake cannot be reached; then nothing is known but what is in its logs.
pub async fn complete(spec: &[u8], output: &mut (dyn Write + Send)) -> Result<()> {
    let spec: PublishSpec = serde_json::from_slice(spec)?;
    let lake = Lake::open(&spec.lake, &StorageOptions::from_environment())?;
    let done = match lake.complete(&spec.intent).await {
        Ok(_) => PublishDone::Completed,
        Err(Lakes::Foreign { .. }) => PublishDone::Undone(take_back(&lake, &spec).await?),
        Err(error) => return Err(error.into()),
    };
    Ok(serde_json::to_writer(output, &done)?)
}

/// The tables whose logs went on by being taken back.
async fn take_back(lake: &Lake, spec: &PublishSpec) -> Result<Vec<Published>> {
    let undone = lake.undo(&spec.intent, spec.at).await?;
    let restored = undone.into_iter().filter_map(|undone| match undone.ending {
        polder_lake::Ending::Restored { version } => {
            Some(Published { table: undone.table, line: undone.line, version })
        }
        polder_lake::Ending::Untouched | polder_lake::Ending::Overtaken { .. } => None,
    });
    Ok(restored.collect())
}

/// Makes tables what they were, ready to be published. Reads JSON of [`RestoreSpec`], and writes that of [`PublishRequest`].
///
/// # Errors
/// When others changed a table meanwhile, or files of the version before are gone.
pub async fn restore(spec: &[u8], output: &mut (dyn Write + Send)) -> Result<()> {
    let spec: RestoreSpec = serde_json::from_slice(spec)?;
    let lake = Lake::open(&spec.lake, &StorageOptions::from_environment())?;
    let occasion =
        Occasion { publish: spec.publish.to_string(), about: json!({"rollback": true}), at: spec.at };
    let mut request = PublishRequest {
        intent: Intent { publish: occasion.publish.clone(), tables: Vec::new() },
        reads: Vec::new(),
        facts: std::collections::BTreeMap::new(),
    };
    for table in &spec.tables {
        let branch = spec.branch.clone();
        let back = lake.stage_restore(&table.table, &table.from, table.to, branch, &occasion).await?;
        if let Some((staged, facts)) = back {
            request.facts.insert(staged.table.clone(), facts);
            request.intent.tables.push(staged);
        }
    }
    Ok(serde_json::to_writer(output, &request)?)
}
