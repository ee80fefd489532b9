//! Tables as they were, by name: `orders@v3` is a version, `orders@2026-11-20T06:00:00Z` what was the newest at that time.

use polder_types::moment;

use crate::{Error, Lake, Pin, Result, TableName};

/// Between the name and the version. No name of ours has it.
const MARK: char = '@';

/// The table's own name, and which of its versions is meant if it is not the one that is seen.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once(MARK).map_or((name, None), |(name, past)| (name, Some(past)))
}

/// The name of a version.
pub(super) fn numbered(name: &str, version: &str) -> String {
    format!("{name}{MARK}v{version}")
}

/// The name of what was the newest at a time, in whatever form that is written.
pub(super) fn timed(name: &str, at: &str) -> String {
    format!("{name}{MARK}{at}")
}

/// Which version that is. What is newer than what is seen is not to be seen.
pub(super) async fn version(lake: &Lake, name: &TableName, pin: &Pin, past: &str) -> Result<u64> {
    let number = past.strip_prefix(['v', 'V']).map(str::parse);
    match (number, moment(past)) {
        (Some(Ok(version)), _) if version <= pin.version => Ok(version),
        (Some(Ok(version)), _) => Err(Error::TooNew { table: name.clone(), newest: pin.version, version }),
        (_, Some(at)) => lake.version_at(name, pin, at).await,
        (_, None) => Err(Error::Version { table: name.clone(), text: past.to_owned() }),
    }
}
