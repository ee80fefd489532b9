//! `polder task branch`: which tables a branch has written, as the folders of the lake tell.

use std::io::Write;

use polder_lake::{Lake, Pin, StorageOptions};
use polder_types::lake::TableName;
use polder_types::wire::{BranchSpec, BranchTable};

use crate::Result;

/// Reads JSON of [`BranchSpec`], and writes that of a list of [`BranchTable`], in the order of their names.
///
/// # Errors
/// When the lake cannot be reached.
pub async fn tables(spec: &[u8], output: &mut (dyn Write + Send)) -> Result<()> {
    let spec: BranchSpec = serde_json::from_slice(spec)?;
    let lake = Lake::open(&spec.lake, &StorageOptions::from_environment())?;
    let shown = lake.view_of_branch(&spec.view, &spec.branch.root, &spec.branch.name).await?;
    let mut written = Vec::new();
    for (name, pin) in shown.tables() {
        let before = spec.view.get(name);
        if before != Some(pin) {
            written.push(table(&lake, name, pin, before.is_none()).await);
        }
    }
    Ok(serde_json::to_writer(output, &written)?)
}

/// One that cannot be opened was written nevertheless: it is told without its rows.
async fn table(lake: &Lake, name: &TableName, pin: &Pin, made: bool) -> BranchTable {
    let opened = lake.table(name, &pin.line, Some(pin.version)).await;
    let rows = opened.and_then(|table| table.facts()).ok().and_then(|facts| facts.rows_total);
    BranchTable { name: name.clone(), made, rows }
}
