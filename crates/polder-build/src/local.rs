//! `polder build`: the same build without a server, into a lake of one's own in a folder.
//!
//! What is current is what lies in the folder: there is nobody else who publishes there. So a publish is not recorded before it is done, as a
//! server would: who is interrupted between two tables builds again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use polder_lake::operations::Note;
use polder_lake::{Base, BranchName, Lake, Limits, Line, Occasion, Pin, StorageOptions, View, Work};
use polder_types::lake::{Intent, TableName};
use polder_types::wire::Checks;
use serde_json::json;

use crate::step::gate;
use crate::{AT_ONCE, Build, Error, Log, Plan, Project, Result, Wish};

/// Keeps what is built out of the project: for git, and for a deployment.
const IGNORED: [&str; 2] = [".gitignore", ".polderignore"];

/// Builds models of the project in `root` into the lake in `folder`, and publishes them there if no test failed. `hears` is told what became
/// of them, also if some failed.
///
/// # Errors
/// Every variant of [`Error`]; the lake's tables are what they were before then.
pub async fn build(
    root: &Path,
    folder: &Path,
    wish: Wish,
    now: DateTime<Utc>,
    log: &mut (dyn Write + Send),
    hears: impl FnOnce(&Checks),
) -> Result<()> {
    let mut log = Log::new(log);
    let plan = Plan::new(Project::read(root)?, wish, &mut log)?;
    plan.check(&mut log)?;
    let lake = open(folder)?;
    let name = format!("build-{}", now.timestamp_micros());
    let branch = BranchName::new(name.clone()).map_err(polder_lake::Error::from)?;
    let view = view(&lake, folder).await?;
    let base = Base { view, root: Line::main(), branch, at: now, note: Note::default() };
    let mut work = Work::begin(&lake, base, &Limits::default())?;
    let checks = Build::new(plan, &mut work, AT_ONCE).run(&mut log).await?;
    hears(&checks);
    gate(&checks)?;
    let occasion = Occasion { publish: name.clone(), about: json!({"run": name}), at: now };
    let tables = work.stage(&occasion).await?.into_iter().map(|(staged, _)| staged).collect();
    let intent = Intent { publish: name, tables };
    lake.complete(&intent).await?;
    Ok(polder_work::tell(&intent, log.output())?)
}

/// The lake in a folder, which is made, and marked as no part of a project, if it is not there.
fn open(folder: &Path) -> Result<Lake> {
    let failed = |source| Error::Project { file: folder.display().to_string(), source };
    if !folder.is_dir() {
        fs::create_dir_all(folder).map_err(failed)?;
        for file in IGNORED {
            fs::write(folder.join(file), "*\n").map_err(failed)?;
        }
    }
    let folder = folder.canonicalize().map_err(failed)?;
    Ok(Lake::open(&format!("file://{}", folder.display()), &StorageOptions::default())?)
}

/// Every table in the folder, as it is now.
async fn view(lake: &Lake, folder: &Path) -> Result<View> {
    let mut pins = Vec::new();
    for name in tables(folder) {
        let table = lake.table(&name, &Line::main(), None).await?;
        pins.push((name, Pin { line: Line::main(), version: table.version() }));
    }
    Ok(pins.into_iter().collect())
}

fn tables(folder: &Path) -> Vec<TableName> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let has_log =
        |path: &PathBuf| path.join("_delta_log").read_dir().is_ok_and(|mut files| files.next().is_some());
    let named = |path: PathBuf| {
        let schema = path.parent()?.file_name()?.to_str()?;
        TableName::new(schema, path.file_name()?.to_str()?).ok()
    };
    let folders = below(folder).into_iter().flat_map(|schema| below(&schema));
    folders.filter(has_log).filter_map(named).collect()
}
