//! Where files may be read: in the project, in folders that whoever runs the agent has named, and in buckets.

use std::path::{Path, PathBuf};

use polder_ingest::Source;

use crate::{Error, Result};

/// Folders that syncs may read beside their project, separated like those of `PATH`.
const ALLOWED: &str = "POLDER_FILES";

/// Files by their location, and whether they are part of the project.
pub(crate) fn open(path: &str) -> Result<(Source, bool)> {
    let Some(local) = path.strip_prefix("file://") else {
        return Ok((Source::open(path, Path::new("."), of_storage())?, !path.contains("://")));
    };
    let allowed: Vec<PathBuf> =
        std::env::var_os(ALLOWED).map(|paths| std::env::split_paths(&paths).collect()).unwrap_or_default();
    let root = allowed.iter().find(|root| !root.as_os_str().is_empty() && Path::new(local).starts_with(root));
    let Some(root) = root else {
        let names: Vec<String> = allowed.iter().map(|root| root.display().to_string()).collect();
        let allowed = if names.is_empty() { "there are none".to_owned() } else { names.join(", ") };
        return Err(Error::NotAllowed { path: local.to_owned(), allowed });
    };
    let within = Path::new(local).strip_prefix(root).unwrap_or(Path::new(local));
    Ok((Source::open(&within.to_string_lossy(), root, of_storage())?, false))
}

/// How buckets are reached, as `object_store` calls it.
fn of_storage() -> impl Iterator<Item = (String, String)> {
    const PREFIXES: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];
    let is_one = |(name, _): &(String, String)| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    std::env::vars().filter(is_one).map(|(name, value)| (name.to_ascii_lowercase(), value))
}
