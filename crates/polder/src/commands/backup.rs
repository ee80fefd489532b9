//! `polder backup`, from a running server, and `polder restore`, into a place where none runs.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use polder_store::DatabaseUrl;
use serde::Deserialize;
use serde_json::json;
use tempfile::NamedTempFile;

use super::server::data::DataFolder;
use crate::config::Context;
use crate::failure::Failure;
use crate::output::{Progress, format};

#[derive(clap::Args)]
pub struct Args {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

#[derive(clap::Args)]
pub struct RestoreArgs {
    /// The backup
    file: PathBuf,
    /// Restore into this data folder, which must have no database yet
    #[arg(long, value_name = "DIR", required_unless_present = "database")]
    data: Option<PathBuf>,
    /// Restore into this empty database
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "data",
        env = "POLDER_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
}

pub async fn run(args: Args, context: &Context<'_>) -> Result<ExitCode> {
    let path = &args.file;
    if path.exists() {
        return Err(Failure::new(format!("{} is there already", path.display()))
            .hint("Choose another name.")
            .into());
    }
    let progress = context.output.progress("saving");
    let (file, bytes) = save(path, context, &progress).await?;
    progress.message("checking the backup");
    let rows = verify(file.path())?;
    file.persist_noclobber(path).with_context(|| format!("cannot write {}", path.display()))?;
    drop(progress);
    let result = json!({ "file": path, "bytes": bytes, "rows": rows });
    context.output.show(&result, |_| {
        format!(
            "Saved {} rows in {} ({}). Not in it: logs, and the master key; keep DATA/master-key in another safe place.\n",
            rows,
            path.display(),
            format::bytes(bytes)
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Beside the file that is wanted, readable for this user only, until it is known to be whole.
async fn save(path: &Path, context: &Context<'_>, progress: &Progress) -> Result<(NamedTempFile, u64)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    let mut file = NamedTempFile::new_in(folder).map_err(|error| cannot_write(path, folder, &error))?;
    let mut stream = context.client()?.backup().await?;
    let mut bytes = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| Failure::new("the backup broke off").cause(error))?;
        file.write_all(&piece).with_context(failed)?;
        bytes += piece.len() as u64;
        progress.message(format!("saving: {}", format::bytes(bytes)));
    }
    file.as_file().sync_all().with_context(failed)?;
    Ok((file, bytes))
}

/// The error names a file that nobody has heard of; only its cause is told.
fn cannot_write(path: &Path, folder: &Path, error: &io::Error) -> Failure {
    let text = error.to_string();
    let cause = text.split(" at path ").next().unwrap_or_default();
    let hint = match error.kind() {
        ErrorKind::NotFound => {
            format!("There is no folder {}: make it, or choose another place.", folder.display())
        }
        ErrorKind::PermissionDenied => {
            format!("This user may not write in {}: choose another place.", folder.display())
        }
        _ => "Choose another place.".to_owned(),
    };
    Failure::new(format!("cannot write {}", path.display())).cause(cause).hint(hint)
}

/// Only the last line, which tells how many rows there are, says that a backup is whole.
fn verify(path: &Path) -> Result<u64> {
    #[derive(Deserialize)]
    struct End {
        rows: u64,
    }
    let incomplete = |cause: String| {
        Failure::new("the backup is not complete").cause(cause).hint("Try again; the server's log says more.")
    };
    let mut lines = BufReader::new(zstd::Decoder::new(File::open(path)?)?);
    let (mut line, mut last) = (Vec::new(), Vec::new());
    while lines.read_until(b'\n', &mut line).map_err(|error| incomplete(error.to_string()))? > 0 {
        std::mem::swap(&mut line, &mut last);
        line.clear();
    }
    let end: End = serde_json::from_slice(&last).map_err(|error| incomplete(error.to_string()))?;
    Ok(end.rows)
}

pub async fn restore(args: RestoreArgs, context: &Context<'_>) -> Result<ExitCode> {
    fs::metadata(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let folder = args.data.as_deref().map(DataFolder::open).transpose()?;
    let url = match (&folder, &args.database) {
        (Some(folder), _) => DatabaseUrl::Sqlite(folder.database()),
        (None, Some(url)) => url.parse()?,
        (None, None) => return Err(Failure::usage("say where to: --data DIR or --database URL").into()),
    };
    let summary = {
        let _progress = context.output.progress("restoring");
        polder_store::backup::restore(&url, &args.file).await?
    };
    context.output.show(&summary, |_| {
        let secrets = "Secrets open only with the master key of the old server: copy its master-key into the data folder before starting.";
        format!("Restored {} rows in {} tables.\n{secrets}\n", summary.rows, summary.tables)
    })?;
    Ok(ExitCode::SUCCESS)
}
