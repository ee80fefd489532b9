//! `polder task vacuum`: deletes what of the lake nobody needs any more, as the server says.

use std::io::Write;

use polder_lake::{Lake, StorageOptions, Vacuumed};
use polder_types::wire::{VacuumSpec, VacuumedTable};

use crate::Result;

/// Reads JSON of [`VacuumSpec`], and writes that of a list of [`VacuumedTable`]. Safe to repeat, late, and beside another.
///
/// # Errors
/// When it cannot be told which tables there are. What is wrong with a table is told with it.
pub async fn run(spec: &[u8], output: &mut (dyn Write + Send)) -> Result<()> {
    let spec: VacuumSpec = serde_json::from_slice(spec)?;
    let lake = Lake::open(&spec.lake, &StorageOptions::from_environment())?;
    let vacuumed = lake.vacuum(&spec.kept, spec.dry_run).await?;
    let told: Vec<VacuumedTable> = vacuumed.into_iter().map(told).collect();
    Ok(serde_json::to_writer(output, &told)?)
}

fn told(vacuumed: Vacuumed) -> VacuumedTable {
    let name = vacuumed.table;
    match vacuumed.garbage {
        Ok(garbage) => {
            let (files, bytes, branches) = (garbage.files(), garbage.bytes(), garbage.branches());
            VacuumedTable { name, files, bytes, branches, error: None }
        }
        Err(error) => VacuumedTable { name, files: 0, bytes: 0, branches: 0, error: Some(error.to_string()) },
    }
}
